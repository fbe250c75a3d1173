import re
from pathlib import Path

from reference_controller.__main__ import tables


def test_the_readme_has_the_tables_as_they_are():
    readme = Path(__file__).parent.parent.parent / "reference_controller" / "README.md"
    found = re.search(r"<!-- tables -->\n(.*)\n<!-- /tables -->", readme.read_text(), re.DOTALL)
    assert found is not None
    assert found[1] == tables()
