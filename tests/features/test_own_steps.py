"""Tests the import of the steps that an author keeps in a conftest.py."""

import pytest

from kuscia_conformance.errors import UsageError
from kuscia_conformance.features.own_steps import load_own_steps

FAULTS = {
    "import sys\nsys.exit(0)": ":2: cannot be imported: SystemExit: 0",
    "\ndef f():\n    raise SystemExit(1)\nf()": ":4: cannot be imported: SystemExit: 1",
    "import pytest; pytest.skip('no', allow_module_level=True)": (
        ":1: cannot be imported: Skipped: no"
    ),
    "def f(:": ": cannot be imported: SyntaxError: invalid syntax",
    "import missing_module": ": cannot be imported: ModuleNotFoundError: No module",
}


@pytest.mark.parametrize(("code", "said"), FAULTS.items(), ids=FAULTS.values())
def test_a_file_that_cannot_be_imported_is_named(code, said, tmp_path):
    (tmp_path / "conftest.py").write_text(code)
    with pytest.raises(UsageError, match=rf"conftest\.py{said}"):
        load_own_steps([tmp_path / "mine.feature"])


def test_a_file_may_change_the_path_of_imports(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.path", ["somewhere"])
    (tmp_path / "conftest.py").write_text("import sys\nsys.path.remove(sys.path[0])\n")
    load_own_steps([tmp_path / "mine.feature"])
