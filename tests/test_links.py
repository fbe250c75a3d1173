"""Every link between the project's own pages leads to a file or folder that exists."""

import re
import subprocess

import pytest

from tests.figures import ROOT

PAGES = subprocess.run(
    ["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.split()


@pytest.mark.parametrize("page", PAGES)
def test_a_link_to_a_file_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)", (ROOT / page).read_text())
    files = [link for link in links if "://" not in link]
    assert [link for link in files if not (ROOT / page).parent.joinpath(link).exists()] == []
