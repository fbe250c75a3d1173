"""Notes how a run ends: what went wrong outside of the checks, and what has interrupted it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from kuscia_conformance.environment.signals import first_signal, raise_if_interrupted
from kuscia_conformance.evidence.ending import Ending, Failure

#: What to do about pytest.
ABOUT_PLUGINS = "is it a plugin or a conftest.py of yours? otherwise please report it"
#: What pytest-xdist says of a worker that a signal has ended; Ctrl-C reaches all processes.
_INTERRUPT = "keyboard-interrupt"
#: The attribute of a pytest report that says why a check's result could not be written.
UNWRITTEN = "kuscia_unwritten"
#: The attribute of a pytest report that says how the controller has exited.
EXITED = "kuscia_exited"


def _finish_nothing(_: int) -> None:
    """Stands for the end of a run that has not begun."""


@dataclass(eq=False)
class Notes:
    """A pytest plugin that listens to what goes wrong. `finish` ends the run with an exit code."""

    #: How the run has ended, as far as that is known.
    ending: Ending = field(default_factory=Ending)
    finish: Callable[[int], None] = _finish_nothing
    _stopped: bool = False

    def failed(self, cause: str, text: str) -> None:
        """Notes an error that belongs to no single check; see `evidence.ending`."""
        failure = Failure(cause, text)
        if failure not in self.ending.failures:
            self.ending = replace(self.ending, failures=(*self.ending.failures, failure))

    def stopped(self, cause: str, text: str) -> None:
        """Notes an error because of which the run itself stops pytest."""
        self._stopped = True
        self.failed(cause, text)

    def interrupted(self, why: str = "") -> None:
        """Notes that the run ends before its last check; "" stands for a signal."""
        why = why or _by_signal()
        self.ending = replace(self.ending, interrupted=self.ending.interrupted or why)

    def explain(self, exit_code: int) -> None:
        """Notes what pytest's exit code says, if nothing else has said why the run ended."""
        if self.ending.failures or self.ending.interrupted:
            return
        if exit_code == pytest.ExitCode.INTERRUPTED:
            self.interrupted("" if first_signal() else "pytest has ended the run")
        elif exit_code not in (0, 1, 2, 5):
            self.failed("harness", f"pytest ended with code {int(exit_code)}\n  {ABOUT_PLUGINS}")

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        if self._stopped:
            return
        if type(excinfo.value) is KeyboardInterrupt:
            self.interrupted()
        elif not self._controller_exited:  # pytest or a plugin has stopped it, and says why
            self.interrupted(f"the run was ended: {excinfo.value}")

    @property
    def _controller_exited(self) -> bool:
        return any(failure.cause == "controller" for failure in self.ending.failures)

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        text = f"pytest ended with an internal error: {excinfo.exconly()}"
        self.failed("harness", f"{text}\n  {ABOUT_PLUGINS}")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed("author", report.longreprtext)

    def pytest_runtest_logstart(self) -> None:
        raise_if_interrupted()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if text := getattr(report, UNWRITTEN, ""):
            self.failed("harness", text)
        if text := getattr(report, EXITED, ""):
            self.failed("controller", text)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        if error == _INTERRUPT:
            self.interrupted()
        elif error:
            text = f"the worker {node.gateway.id} has ended: {error}"
            hint = "was it killed, or out of memory? run again, with fewer workers (-n)"
            self.failed("harness", f"{text}\n  {hint}")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, exitstatus: int) -> Generator[None, object, object]:
        """Ends the run even if another plugin fails in this hook; see `hooks` for the usual end."""
        try:
            return (yield)
        except KeyboardInterrupt:
            self.interrupted()
            self.finish(int(exitstatus))
            raise
        except Exception as error:
            text = f"a plugin of pytest failed at the end: {error!r}"
            self.failed("harness", f"{text}\n  {ABOUT_PLUGINS}")
            self.finish(int(exitstatus))
            raise


def _by_signal() -> str:
    """Returns that the run was interrupted, and by which signal if this process has got it."""
    name = first_signal()
    return f"the run was interrupted{f' by {name}' if name else ''}"
