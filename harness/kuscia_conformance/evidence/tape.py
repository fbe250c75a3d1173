"""The tape of one step: what it asked, what was answered, and how long it waited.

    Tape     in a run: asks the cluster and keeps the answer
    Played   in a replay: gives the recorded answers in their order, and asks nothing

A step gets everything that is not in the history of events through `ask`, and all waiting goes
through `wait`. So the same functions judge a running check and a recorded one. Answers are JSON
values in the scenario's own names. An error of the API server is an answer, too.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NoReturn

from kuscia_conformance.environment.journal import machine_time
from kuscia_conformance.errors import ApiError, NotRecorded, Unreachable, api_error
from kuscia_conformance.kube.objects import Obj

#: Stands for "the caller has no use for a missing answer".
_REQUIRED: Any = object()


@dataclass
class Wait:
    """One wait of a step: when it began, how many seconds it may take, and how it ended."""

    began: datetime
    seconds: float
    #: How many versions the history had when the wait ended; None while it lasts.
    length: int | None = None
    found: bool = False

    @property
    def deadline(self) -> datetime:
        """The moment after which no event counts."""
        return self.began + timedelta(seconds=self.seconds)

    def end(self, length: int, *, found: bool) -> None:
        """Says that the wait has ended, with so many versions in the history."""
        self.length, self.found = length, found

    def to_dict(self) -> Obj:
        began = self.began.isoformat()
        deadline = self.deadline.isoformat()
        return {
            "began": began,
            "seconds": self.seconds,
            "deadline": deadline,
            "length": self.length,
            "found": self.found,
        }

    @classmethod
    def from_dict(cls, data: Obj) -> Wait:
        """Returns the wait that `to_dict` wrote. Raises KeyError or TypeError for other data."""
        began = datetime.fromisoformat(data["began"])
        return cls(began, data["seconds"], data["length"], data["found"])


@dataclass
class Tape:
    """Records the answers and the waits of the step that runs."""

    #: The clock of the cluster, which gives each answer its moment.
    now: Callable[[], datetime] = machine_time
    answers: list[Obj] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)

    def ask(self, question: str, live: Callable[[], Any], missing: Any = _REQUIRED) -> Any:  # noqa: ARG002
        """Returns what `live` returns, a JSON value, and records it; so with an ApiError.

        `missing` is for replays: it is the answer if the run did not ask this question.
        """
        try:
            answer = live()
        except ApiError as error:
            self._keep(question, "error", error_data(error))
            raise
        self._keep(question, "answer", answer)
        return answer

    def _keep(self, question: str, word: str, said: Any) -> None:
        at = self.now().isoformat(timespec="milliseconds")
        self.answers.append({"asked": question, "at": at, word: said})

    def wait(self, now: Callable[[], datetime], seconds: float) -> Wait:
        """Returns a wait that begins now."""
        self.waits.append(Wait(now(), seconds))
        return self.waits[-1]

    def clear(self) -> None:
        """Forgets everything, for the next step."""
        self.answers, self.waits = [], []


class Played(Tape):
    """Plays a recorded tape: gives each answer once, in the order in which it was recorded.

    `on_wait` is called with the recorded wait before each wait, None if the run did not wait here.
    """

    def __init__(
        self,
        answers: Iterable[Obj],
        waits: Iterable[Wait],
        on_wait: Callable[[Wait | None], None],
    ) -> None:
        super().__init__()
        self._left: dict[str, deque[Obj]] = defaultdict(deque)
        for answer in answers:
            self._left[answer["asked"]].append(answer)
        self._waits, self._on_wait = deque(waits), on_wait

    def ask(self, question: str, live: Callable[[], Any], missing: Any = _REQUIRED) -> Any:  # noqa: ARG002
        """Returns the recorded answer, or raises the recorded error.

        Without one it returns `missing`; raises NotRecorded if the caller needs an answer.
        """
        if self._left[question]:
            found = self._left[question].popleft()
            return _raise(found["error"]) if "error" in found else found["answer"]
        if missing is _REQUIRED:
            raise NotRecorded(f"the run has no record of: {question}")
        return missing

    def wait(self, now: Callable[[], datetime], seconds: float) -> Wait:
        """Returns a wait that begins when the recorded one began, and lasts `seconds`."""
        recorded = self._waits.popleft() if self._waits else None
        self._on_wait(recorded)
        return Wait(recorded.began if recorded else now(), seconds)


def error_data(error: ApiError) -> Obj:
    """Returns an answer of the API server that is an error, as JSON."""
    return {
        "code": error.code,
        "reason": error.reason,
        "message": str(error.message),
        "status": error.status,
    }


def error_from(data: Obj) -> ApiError:
    """Returns the error that `error_data` described."""
    if not data["code"]:
        return Unreachable(data["message"])
    error = api_error(data["code"], data["status"])
    return type(error)(data["code"], data["reason"], data["message"], data["status"])


def _raise(data: Obj) -> NoReturn:
    raise error_from(data)
