import re

from harness.documents.__main__ import table
from harness.settings import suite_folder


def test_the_readme_has_the_operators_as_they_are():
    text = (suite_folder("fixtures") / "README.md").read_text()
    found = re.search(r"<!-- operators -->\n(.*)\n<!-- /operators -->", text, re.DOTALL)
    assert found is not None
    assert found[1] == table()
