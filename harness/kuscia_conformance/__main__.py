"""The process of the command `kuscia-conformance`, also as `python -m kuscia_conformance`.

A signal while Python loads the command, or while it ends, must show no traceback. At these moments
nothing exists that would have to be undone.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from typing import NoReturn

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
_HINT = "install it again, with the requirements of its lock file"


def main() -> NoReturn:
    """Runs the command, and exits with its code."""
    _handle(signal.SIG_DFL)
    command = _loaded()
    try:
        command()
    finally:
        _handle(signal.SIG_IGN)


def _loaded() -> Callable[[], NoReturn]:
    """Returns the command. Exits with 4 if the installation is damaged: Python would with 1."""
    try:
        from kuscia_conformance.cli.main import main as command
    except Exception as error:  # noqa: BLE001 - whatever is damaged
        sys.stderr.write(f"error: kuscia-conformance cannot be loaded: {error!r}\n  {_HINT}\n")
        sys.exit(4)
    return command


def _handle(how: signal.Handlers) -> None:
    """Sets what the signals do, unless the process was started with them ignored."""
    numbers = (getattr(signal, name, None) for name in _ENDING)  # Windows has no SIGHUP
    for number in numbers:
        if number and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, how)


if __name__ == "__main__":
    main()
