"""Everything that a user may set: one table, from which each place takes its options.

An option is `--kuscia-NAME` in pytest, so that no other plugin and no conftest wants the same
name; `--NAME` in `kuscia-conformance run`; `KUSCIA_CONFORMANCE_NAME` in the environment; and
`kuscia_conformance_NAME` in pytest's ini file. `chosen` reads all of these, in this order, as
text. `environment.settings.read_settings` makes `Settings` of it, once per run.

Pytest loads this module in every session, so it imports the standard library alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PYTEST_PREFIX = "kuscia-"
ENVIRONMENT_PREFIX = "KUSCIA_CONFORMANCE_"
INI_PREFIX = "kuscia_conformance_"
#: Where the worker of a parallel run finds the settings that its parent has read.
WORKER_SETTINGS = "kuscia_settings"


@dataclass(frozen=True)
class Option:
    """One setting, by its short name."""

    name: str
    help: str
    default: str = ""
    metavar: str = ""
    flag: bool = False
    #: Whether it may be given several times.
    multiple: bool = False

    @property
    def key(self) -> str:
        """The name as an identifier."""
        return self.name.replace("-", "_")

    @property
    def dest(self) -> str:
        """The name under which pytest keeps the value."""
        return "kuscia_" + self.key

    @property
    def in_pytest(self) -> str:
        """The option as a user of pytest writes it."""
        return f"--{PYTEST_PREFIX}{self.name}"

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return ENVIRONMENT_PREFIX + self.key.upper()

    @property
    def ini(self) -> str:
        """The key that sets it in pytest's ini file."""
        return INI_PREFIX + self.key


OPTIONS = (
    Option(
        "cluster",
        "where to run: embedded, kind[:NAME], controlplane or kubeconfig[:PATH[#CONTEXT]]",
        "embedded",
        "KIND",
    ),
    Option(
        "clock",
        "of the embedded cluster: real, or virtual, which goes on to the next moment at which "
        "anything happens; default: virtual with the reference controller, real with any other",
        metavar="real|virtual",
    ),
    Option("seed", "what chance comes from where the clock is virtual", "1", "N"),
    Option(
        "pace",
        "by how many milliseconds the embedded cluster holds back the answer to a write",
        "8",
        "MS",
    ),
    Option(
        "controller",
        "what to test: reference, cmd:COMMAND with {kubeconfig} in it (several times, if it takes "
        "several programs), or none if one runs already",
        "reference",
        "KIND",
        multiple=True,
    ),
    Option("setup", "manifests to apply before the controller starts", metavar="FILE"),
    Option("task-defaults", "labels and annotations that every task is to have", metavar="FILE"),
    Option(
        "nodes",
        "how many nodes the scenarios share: kind's workers, simulated ones; for kubeconfig the "
        "names of the nodes to use, comma-separated",
        "6",
        "N|NAMES",
    ),
    Option(
        "install-crds",
        "for kubeconfig: replace resource definitions that differ from the suite's, until the end",
        flag=True,
    ),
    Option("keep", "leave the kind cluster standing, to be used again as kind:NAME", flag=True),
    Option(
        "kind-image",
        "node image for kind, where the default one cannot be pulled",
        metavar="IMAGE",
    ),
    Option(
        "workload-image",
        "what the pods run: an image with a shell and busybox's tools",
        "busybox:1.36",
        "IMAGE",
    ),
    Option(
        "assets",
        "folder of kube-apiserver, etcd and kube-controller-manager, for controlplane",
        metavar="DIR",
    ),
    Option(
        "out", "folder for report and evidence; an older run in it is replaced", "results", "DIR"
    ),
    Option(
        "only",
        "run only these checks, requirements, areas or features; comma-separated, with * and ?",
        metavar="NAMES",
    ),
    Option("reuse", "run on the environment that `kuscia-conformance up` has made", flag=True),
    Option(
        "update",
        "write status documents that are missing or do not match, from what was seen; "
        "read them before you keep them",
        flag=True,
    ),
    Option(
        "pause-on-failure",
        "stop at a failure before it is cleaned up, until Enter is pressed",
        flag=True,
    ),
    Option(
        "keep-on-failure",
        "leave what the first failing scenario has made, and end the run",
        flag=True,
    ),
    Option(
        "timeout-scale", "stretch all timeouts by this factor, on a slow machine", "1", "FACTOR"
    ),
)


@dataclass(frozen=True)
class Chosen:
    """What the user has chosen: for every option its texts, several only where it may repeat."""

    texts: Mapping[str, Sequence[str]]
    #: The keys of the options that the command line gives.
    given: frozenset[str]


def _no_ini(_: str) -> str:
    return ""


def chosen(given: Mapping[str, Any], ini: Callable[[str], str] = _no_ini) -> Chosen:
    """Returns the texts of every option, by key.

    `given` holds what the command line says, by key: a text, True for a flag, a sequence of
    texts for an option that may be repeated; None or nothing where an option is left out.
    """
    texts = {option.key: texts_of(option, given.get(option.key), ini) for option in OPTIONS}
    return Chosen(texts, frozenset(key for key, value in given.items() if value))


def texts_of(option: Option, given: Any, ini: Callable[[str], str] = _no_ini) -> Sequence[str]:
    """Returns the texts of the command line, else the environment, the ini file, the default."""
    if option.multiple and given:
        return tuple(given)
    if given is not None and not option.multiple:
        return (str(given),)
    return (os.environ.get(option.variable) or ini(option.ini) or option.default,)


_SHORT = re.compile(rf"(?<![\w-])--({'|'.join(option.name for option in OPTIONS)})(?![\w-])")


def as_pytest_says(text: str) -> str:
    """Returns a message with the options in it named as pytest names them."""
    return _SHORT.sub(rf"--{PYTEST_PREFIX}\1", text)


def renamed(unknown: Sequence[str]) -> str:
    """Returns the message for options that pytest does not know and that were ours until 0.1."""
    names = {f"--{option.name}": option.in_pytest for option in OPTIONS}
    old = [word for word in (argument.partition("=")[0] for argument in unknown) if word in names]
    return "; ".join(f"{word} is called {names[word]} in pytest" for word in dict.fromkeys(old))
