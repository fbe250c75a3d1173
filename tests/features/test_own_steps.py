"""Tests the import of the steps that an author keeps in a conftest.py."""

import pytest

from kuscia_conformance.errors import UsageError
from kuscia_conformance.features.own_steps import load_own_steps

FAULTS = {
    "import sys; sys.exit(1)": "SystemExit: 1",
    "import pytest; pytest.skip('not here', allow_module_level=True)": "Skipped: not here",
    "def f(:": "SyntaxError: invalid syntax",
    "import missing_module": "ModuleNotFoundError: No module named 'missing_module'",
}


@pytest.mark.parametrize(("code", "said"), FAULTS.items(), ids=FAULTS.values())
def test_a_file_that_cannot_be_imported_is_named(code, said, tmp_path):
    (tmp_path / "conftest.py").write_text(code)
    with pytest.raises(UsageError, match=rf"conftest\.py: cannot be imported: {said}"):
        load_own_steps([tmp_path / "mine.feature"])


def test_a_file_may_change_the_path_of_imports(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.path", ["somewhere"])
    (tmp_path / "conftest.py").write_text("import sys\nsys.path.remove(sys.path[0])\n")
    load_own_steps([tmp_path / "mine.feature"])
