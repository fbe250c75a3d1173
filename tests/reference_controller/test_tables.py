"""Tests the tables in the README of the reference controller."""

import re
from pathlib import Path

from reference_controller.__main__ import tables


def test_the_readme_contains_the_current_tables():
    readme = Path(__file__).parent.parent.parent / "reference_controller" / "README.md"
    found = re.search(r"<!-- tables -->\n(.*)\n<!-- /tables -->", readme.read_text(), re.DOTALL)
    assert found is not None
    assert found[1] == tables()
