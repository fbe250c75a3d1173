"""What the user has chosen: command line, then environment, then ini file, then default.

The options themselves stand in one table, `kuscia_conformance_plugin.OPTIONS`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import kuscia_conformance_plugin as table

from harness.errors import UsageError
from harness.setup import read_task_defaults


@dataclass(frozen=True)
class Settings:
    """Every option with its effective value."""

    cluster: str
    controller: tuple[str, ...]
    #: Whether the clock is virtual, and what chance comes from then.
    virtual: bool
    seed: int
    #: By how much the embedded cluster holds back the answer to a write, in seconds.
    pace: float
    nodes: int
    #: What `--nodes` says if it says names, of nodes that exist.
    node_names: tuple[str, ...]
    install_crds: bool
    keep: bool
    kind_image: str
    workload_image: str
    assets: str
    out: Path
    only: tuple[str, ...]
    timeout_scale: float
    reuse: bool = False
    update: bool = False
    pause_on_failure: bool = False
    keep_on_failure: bool = False
    setup: Path | None = None
    #: What every task is to have besides what its feature says: metadata.
    task_defaults: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Timeouts:
    """How long a check waits for what ought to come, in seconds."""

    #: A status document to be reached, on the way to which pods start or end.
    status: float = 20
    #: Pods to be bound that have room.
    bound: float = 12
    #: Pods to run, or to be ready.
    pods: float = 30
    #: What a deleted task brought to be gone: grace, and a garbage collector's turn.
    gone: float = 60
    #: A borrowed node to be empty of other scenarios' pods.
    node: float = 60
    #: How much longer than usual: what a feature asks for itself is stretched by it, too.
    factor: float = 1

    def scaled(self, factor: float) -> Timeouts:
        return Timeouts(*(getattr(self, each.name) * factor for each in fields(self)))


def read_settings(chosen: Mapping[str, Any], ini: Callable[[str], str] = lambda _: "") -> Settings:
    """The settings, from the options given (by key; None where not given) and the ini file.

    Raises UsageError for a value that cannot be.
    """
    values = {option.key: _value(option, chosen, ini) for option in table.OPTIONS}
    cluster = _cluster(chosen, values)
    names = _node_names(cluster, values["nodes"])
    nodes = str(len(names)) if names else values["nodes"]
    settings = Settings(
        cluster=cluster,
        controller=_controller(chosen.get("controller"), values["controller"]),
        virtual=_is_virtual(values["clock"]),
        seed=_number("seed", values["seed"], int, at_least=0),
        pace=_number("pace", values["pace"], float, at_least=0) / 1000,
        nodes=_number("nodes", nodes, int, at_least=2),
        node_names=names,
        install_crds=_flag("install-crds", values["install_crds"]),
        keep=_flag("keep", values["keep"]),
        kind_image=values["kind_image"],
        workload_image=values["workload_image"],
        assets=values["assets"],
        out=Path(values["out"]),
        only=tuple(name.strip() for name in values["only"].split(",") if name.strip()),
        timeout_scale=_number("timeout-scale", values["timeout_scale"], float, at_least=0.1),
        reuse=_flag("reuse", values["reuse"]),
        update=_flag("update", values["update"]),
        pause_on_failure=_flag("pause-on-failure", values["pause_on_failure"]),
        keep_on_failure=_flag("keep-on-failure", values["keep_on_failure"]),
        setup=_file("setup", values["setup"]),
        task_defaults=read_task_defaults(_file("task-defaults", values["task_defaults"])),
    )
    if not values["clock"]:
        settings = replace(settings, virtual=_could_be_virtual(settings))
    _require_sense(settings)
    return settings


def _require_sense(settings: Settings) -> None:
    """UsageError for options that do not go together."""
    if settings.virtual:
        _require_sense_of_the_clock(settings)
    stays = settings.reuse or (settings.keep and settings.cluster.startswith("kind"))
    if settings.keep_on_failure and not stays:
        text = "--keep-on-failure: this cluster goes, or is put back, when the run ends"
        raise UsageError(text, hint="use `kuscia-conformance up` and --reuse, or kind with --keep")


def _could_be_virtual(settings: Settings) -> bool:
    """Where nobody has said which clock: whether all that has one is ours, and nobody looks on."""
    looks_on = settings.pause_on_failure or settings.keep_on_failure
    is_ours = settings.cluster == "embedded" and settings.controller == ("reference",)
    return is_ours and not looks_on


def _require_sense_of_the_clock(settings: Settings) -> None:
    if settings.cluster != "embedded":
        raise UsageError(
            f"--clock virtual: the clock of {settings.cluster} cannot be set",
            hint="use it with --cluster embedded",
        )
    if settings.controller != ("reference",):
        raise UsageError(
            f"--clock virtual: {', '.join(settings.controller)} has a clock of its own",
            hint="use it with --controller reference",
        )
    if settings.pause_on_failure or settings.keep_on_failure:
        text = "--clock virtual: nothing goes on once the run waits for you, or has ended"
        raise UsageError(text, hint="look at a failure with --clock real")


def _value(option: table.Option, chosen: Mapping[str, Any], ini: Callable[[str], str]) -> str:
    if (given := chosen.get(option.key)) is not None and not option.multiple:
        return str(given)
    environment = os.environ.get(table.ENVIRONMENT_PREFIX + option.key.upper())
    return environment or ini(table.INI_PREFIX + option.key) or option.default


def _node_names(cluster: str, text: str) -> tuple[str, ...]:
    """The nodes that `--nodes` names; none where it is a number, as it is of clusters we make."""
    if cluster.partition(":")[0] != "kubeconfig" or text.strip().isdigit():
        return ()
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if len(names) < 2:
        raise UsageError(
            f"--nodes {text}: expected the names of two nodes or more, separated by commas",
            hint="a task of two domains needs a node for each",
        )
    return names


def _number(name: str, text: str, kind: Callable[[str], Any], *, at_least: float) -> Any:
    try:
        value = kind(text)
    except ValueError:
        value = None
    if value is None or not value >= at_least:
        raise UsageError(f"--{name} {text}: expected a number, {at_least:g} or more")
    return value


def _is_virtual(text: str) -> bool:
    if text not in ("", "real", "virtual"):
        raise UsageError(f"--clock {text}: expected real or virtual")
    return text == "virtual"


def _flag(name: str, text: str) -> bool:
    words = {
        "": False,
        "0": False,
        "false": False,
        "no": False,
        "1": True,
        "true": True,
        "yes": True,
    }
    if text.lower() not in words:
        raise UsageError(f"{name} = {text}: expected true or false")
    return words[text.lower()]


def _controller(given: Sequence[str] | None, otherwise: str) -> tuple[str, ...]:
    from harness import controllers

    chosen = tuple(given or (otherwise,))
    controllers.programs(chosen)
    return chosen


def _file(name: str, text: str) -> Path | None:
    if text and not Path(text).is_file():
        raise UsageError(f"--{name} {text}: there is no such file")
    return Path(text) if text else None


def _cluster(chosen: Mapping[str, Any], values: Mapping[str, str]) -> str:
    if not _flag("reuse", values["reuse"]):
        return values["cluster"]
    for name in ("cluster", "controller", "setup"):
        if chosen.get(name):
            text = f"--reuse and --{name}: what `up` has made is used as it is"
            raise UsageError(text, hint=f"leave --{name} out here, and give it to `up`")
    return "that of `up`"


def suite_folder(name: str) -> Path:
    """`features` or `fixtures`: of the installed package, or of the checkout."""
    spec = find_spec("harness")
    if spec is None or not spec.submodule_search_locations:
        raise UsageError("the package harness cannot be found; is kuscia-conformance installed?")
    package = Path(next(iter(spec.submodule_search_locations)))
    installed = package / "_suite" / name
    return installed if installed.is_dir() else package.parent / name
