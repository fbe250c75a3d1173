"""The controller under test: one context manager per way to have one, and a table of them.

`reference` starts ours in a process of its own; `none` tests what runs on the cluster already.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.clusters import Cluster
from harness.process import Process

Start = Callable[[Cluster, Path], AbstractContextManager["Controller"]]


@dataclass(frozen=True)
class Controller:
    """A controller at work; `log` is the file it writes to, if it is ours."""

    name: str
    log: Path | None = None
    #: What we have started, and may kill.
    processes: tuple[Process, ...] = ()


@contextmanager
def reference(cluster: Cluster, logs: Path) -> Iterator[Controller]:
    """The reference controller, in a process of its own; ready once it watches."""
    log = logs / "controller.log"
    command = [
        sys.executable,
        "-P",
        "-m",
        "harness",
        "controller",
        "--kubeconfig",
        str(cluster.kubeconfig),
    ]
    if cluster.context:
        command += ["--context", cluster.context]
    with Process("reference controller", command, log=log, ready="ready") as process:
        yield Controller("reference", log, (process,))


@contextmanager
def none(_: Cluster, __: Path) -> Iterator[Controller]:
    """Whatever runs on the cluster already."""
    yield Controller("none")


CONTROLLERS: Mapping[str, Start] = {"reference": reference, "none": none}
