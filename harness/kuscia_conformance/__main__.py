"""The process of the command `kuscia-conformance`, also as `python -m kuscia_conformance`.

A signal while Python loads the command, or while it ends, must show no traceback. At these moments
nothing exists that would have to be undone.
"""

from __future__ import annotations

import signal
from typing import NoReturn

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


def main() -> NoReturn:
    """Runs the command, and exits with its code."""
    _handle(signal.SIG_DFL)
    from kuscia_conformance.cli.main import main as command

    try:
        command()
    finally:
        _handle(signal.SIG_IGN)


def _handle(how: signal.Handlers) -> None:
    """Sets what the signals do, unless the process was started with them ignored."""
    numbers = (getattr(signal, name, None) for name in _ENDING)  # Windows has no SIGHUP
    for number in numbers:
        if number and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, how)


if __name__ == "__main__":
    main()
