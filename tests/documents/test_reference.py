"""Tests the table of operators."""

import re
import subprocess
import sys

from kuscia_conformance.documents.__main__ import table
from kuscia_conformance.features.folders import (
    suite_folder,
)


def test_the_readme_contains_the_current_table_of_operators():
    text = (suite_folder("fixtures") / "README.md").read_text()
    found = re.search(r"<!-- operators -->\n(.*)\n<!-- /operators -->", text, re.DOTALL)
    assert found is not None
    assert found[1] == table()


def test_the_documents_command_prints_the_table_of_operators():
    command = [sys.executable, "-m", "kuscia_conformance.documents"]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert printed == table() + "\n"
