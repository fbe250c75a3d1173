"""The table of all options, `OPTIONS`. The command line, pytest and the environment use it.

    where                      how the option `only` is written
    `kuscia-conformance run`   --only
    pytest                     --kuscia-only, because other plugins may have an `--only`
    environment                KUSCIA_CONFORMANCE_ONLY
    pytest's ini file          kuscia_conformance_only

`chosen` reads their texts: the command line wins over the environment, the environment over the
ini file, the ini file over the default. `environment.settings.read_settings` turns the texts into
`Settings`, once per run.

pytest loads this module in every session, so it imports only the standard library.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

PYTEST_PREFIX = "kuscia-"
ENVIRONMENT_PREFIX = "KUSCIA_CONFORMANCE_"
INI_PREFIX = "kuscia_conformance_"
#: The variable for `run --workers`, which is not among OPTIONS: pytest has `-n` of pytest-xdist.
WORKERS = f"{ENVIRONMENT_PREFIX}WORKERS"
#: Environment variables beside OPTIONS. STATE is the folder of the background environment.
OTHER_VARIABLES = (f"{ENVIRONMENT_PREFIX}STATE", WORKERS)
#: The key under which a worker of pytest-xdist receives the settings of its parent.
WORKER_SETTINGS = "kuscia_settings"
#: The key under which it hears whether its parent names a cluster: then all features are collected.
WORKER_NAMES_A_CLUSTER = "kuscia_names_a_cluster"


@dataclass(frozen=True)
class Option:
    """One option, with its short name and its help text."""

    name: str
    help: str
    default: str = ""
    metavar: str = ""
    flag: bool = False
    #: Whether the option may be given several times.
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
        "The cluster to run on: embedded, kind[:NAME], controlplane or "
        "kubeconfig[:PATH[#CONTEXT]].",
        "embedded",
        "KIND",
    ),
    Option(
        "clock",
        "The clock of the embedded cluster: real, or virtual, which skips the time in which "
        "nothing happens. Default: virtual with the reference controller, real with any other.",
        metavar="real|virtual",
    ),
    Option("seed", "The seed of all random choices, where the clock is virtual.", "1", "N"),
    Option(
        "pace",
        "Delay each answer of the embedded cluster to a write by this many milliseconds.",
        "8",
        "MS",
    ),
    Option(
        "controller",
        "The controller to test: reference; cmd:COMMAND, a command that gets the "
        "kubeconfig's path as {kubeconfig}; or none, if a controller runs already. Repeat the "
        "option for several programs.",
        "reference",
        "KIND",
        multiple=True,
    ),
    Option("setup", "Manifests to apply before the controller starts.", metavar="FILE"),
    Option("task-defaults", "Labels and annotations to add to every task.", metavar="FILE"),
    Option(
        "nodes",
        "How many nodes the scenarios share: workers of kind, or simulated nodes. For kubeconfig: "
        "the names of the nodes to use, separated by commas.",
        "6",
        "N|NAMES",
    ),
    Option(
        "install-crds",
        "For kubeconfig: replace resource definitions that differ from the suite's, and restore "
        "them at the end.",
        flag=True,
    ),
    Option("keep", "Keep the kind cluster at the end, to be used again as kind:NAME.", flag=True),
    Option(
        "kind-image",
        "The node image for kind, if the default image cannot be pulled.",
        metavar="IMAGE",
    ),
    Option(
        "workload-image",
        "The image of the pods: it must have a shell and the tools of busybox.",
        "busybox:1.36",
        "IMAGE",
    ),
    Option(
        "assets",
        "For controlplane: the folder with kube-apiserver, etcd and kube-controller-manager.",
        metavar="DIR",
    ),
    Option(
        "out",
        "The folder for the report and the evidence. An older run in it is replaced.",
        "results",
        "DIR",
    ),
    Option(
        "only",
        "Run only these checks, requirements, areas or features, separated by commas. * stands for "
        "any text, ? for one character.",
        metavar="NAMES",
    ),
    Option(
        "claim",
        "The optional features that the controller claims to have, separated by commas, or all. "
        "Checks of other optional features do not run. Default: all for the reference controller, "
        "none for any other.",
        metavar="FEATURES",
    ),
    Option("reuse", "Run on the cluster that `kuscia-conformance up` has started.", flag=True),
    Option(
        "update",
        "Write the status documents that are missing or do not match, from the status that was "
        "seen. A document is replaced whole, with its comments. Read them before you keep them.",
        flag=True,
    ),
    Option(
        "pause-on-failure",
        "After a failure, wait for Enter before the scenario is cleaned up.",
        flag=True,
    ),
    Option(
        "keep-on-failure",
        "After the first failure, end the run and keep the objects of the scenario.",
        flag=True,
    ),
    Option(
        "timeout-scale", "Multiply all timeouts by this factor, on a slow machine.", "1", "FACTOR"
    ),
)


CLUSTER = next(option for option in OPTIONS if option.name == "cluster")


@dataclass(frozen=True)
class Chosen:
    """The texts of every option by key, with defaults.

    Only an option that may be repeated has more than one text.
    """

    texts: Mapping[str, Sequence[str]]
    #: The keys of the options that are on the command line.
    given: frozenset[str]

    @contextmanager
    def naming_sources(self) -> Iterator[None]:
        """Names in a UsageError of the context where each option with its value was set."""
        from kuscia_conformance.errors import UsageError

        try:
            yield
        except UsageError as error:
            error.message = self.in_words(error.message)
            raise

    def in_words(self, text: str) -> str:
        """Returns the text with `VARIABLE=x` for `--option x` if it was set in the environment.

        An option that was set in the ini file is named `KEY = x (ini file)`.
        """
        for option in OPTIONS:
            value = self.texts[option.key][0] if self.texts[option.key] else ""
            if option.key not in self.given and value and value != option.default:
                said = rf"(?<![\w-])--{option.name}(?![\w-])( {re.escape(value)})?"
                text = re.sub(said, partial(_set, option, value), text)
        return text


def _set(option: Option, value: str, found: re.Match[str]) -> str:
    """Returns how the environment or the ini file sets an option, for an option in a text."""
    shown = value if found[1] else ""
    if os.environ.get(option.variable):
        return f"{option.variable}={shown}" if shown else option.variable
    return f"{option.ini} = {shown} (ini file)" if shown else f"{option.ini} (ini file)"


def _no_ini(_: str) -> str:
    return ""


def chosen(given: Mapping[str, Any], ini: Callable[[str], str] = _no_ini) -> Chosen:
    """Returns the texts of every option, by key.

    `given` has the values of the command line by key: a text, True for a flag, or a sequence of
    texts for an option that may be repeated. An option that was left out is None or missing.
    `ini` returns the value of a key in pytest's ini file. Raises UsageError for an environment
    variable of ours that sets no option, because a misspelt one would have no effect.
    """
    _refuse_unknown_variables()
    texts = {option.key: texts_of(option, given.get(option.key), ini) for option in OPTIONS}
    return Chosen(texts, frozenset(key for key, value in given.items() if value or value == ""))


def _refuse_unknown_variables() -> None:
    known = [*OTHER_VARIABLES, *(option.variable for option in OPTIONS)]
    for name in sorted(os.environ):
        if name.startswith(ENVIRONMENT_PREFIX) and name not in known:
            from difflib import get_close_matches

            from kuscia_conformance.errors import UsageError

            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"valid: {', '.join(known)}"
            raise UsageError(f"the environment variable {name} sets no option", hint=hint)


def texts_of(option: Option, given: Any, ini: Callable[[str], str] = _no_ini) -> Sequence[str]:
    """Returns the texts from the command line, else environment, else ini file, else default."""
    if option.multiple and given:
        return tuple(given)
    if given is not None and not option.multiple:
        return (str(given),)
    return (os.environ.get(option.variable) or ini(option.ini) or option.default,)


_SHORT = re.compile(rf"(?<![\w-])--({'|'.join(option.name for option in OPTIONS)})(?![\w-])")


def names_a_cluster(given: Any, ini: Callable[[str], str]) -> bool:
    """Returns whether the command line, the environment or the ini file names a cluster.

    `given` is the option's value on the command line, None without it.
    """
    return any(texts_of(replace(CLUSTER, default=""), given, ini))


def as_pytest_says(text: str) -> str:
    """Returns the message with each option written as in pytest: `--kuscia-only` for `--only`."""
    return _SHORT.sub(rf"--{PYTEST_PREFIX}\1", text)


def renamed(unknown: Sequence[str]) -> str:
    """Returns a message about options that the suite renamed after 0.1, or "" without any.

    `unknown` are the arguments that pytest does not know.
    """
    names = {f"--{option.name}": option.in_pytest for option in OPTIONS}
    old = [word for word in (argument.partition("=")[0] for argument in unknown) if word in names]
    return "; ".join(f"{word} is called {names[word]} in pytest" for word in dict.fromkeys(old))
