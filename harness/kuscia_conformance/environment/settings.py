"""The settings of a run: the user's options, read and checked once.

    pytest_plugin.options   collects each option's text, from the command line, the environment,
                            the ini file or the default
    read_settings           checks the texts and turns them into `Settings`
    Settings.to_json        hands the settings to the other processes of the run

No other module looks at options, so that every process of a run uses the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Self

import orjson

from kuscia_conformance.clusters import require_known
from kuscia_conformance.clusters.address import address_of
from kuscia_conformance.environment import controllers
from kuscia_conformance.environment.combinations import require_not_set_by_up, require_sense
from kuscia_conformance.environment.setup_manifests import read_setup, read_task_defaults
from kuscia_conformance.errors import UsageError
from kuscia_conformance.features.selection import ALL


@dataclass(frozen=True)
class Settings:
    """Every option with its effective value."""

    cluster: str
    controller: tuple[str, ...]
    #: Whether the clock is virtual, and the seed of all random choices on a virtual clock.
    virtual: bool
    seed: int
    #: The delay of the embedded cluster's answer to each write, in seconds.
    pace: float
    nodes: int
    #: The names of existing nodes, if `--nodes` lists names instead of a number.
    node_names: tuple[str, ...]
    install_crds: bool
    keep: bool
    kind_image: str
    workload_image: str
    assets: str
    out: Path
    only: tuple[str, ...]
    timeout_scale: float
    #: The optional features that the controller claims to have; "all" stands for every feature.
    claims: tuple[str, ...] = ()
    reuse: bool = False
    update: bool = False
    pause_on_failure: bool = False
    keep_on_failure: bool = False
    setup: Path | None = None
    #: The labels and annotations of `--task-defaults`, which are added to every task.
    task_defaults: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """Returns the settings as JSON, for other processes of the run."""
        return orjson.dumps(vars(self), default=str)

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Returns the settings that `to_json` wrote.

        JSON has neither tuples nor paths: lists become tuples, and texts of paths become paths.
        """
        data: dict[str, Any] = orjson.loads(text)
        lists = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
        setup = Path(data["setup"]) if data["setup"] else None
        return cls(**{**data, **lists, "out": Path(data["out"]), "setup": setup})


@dataclass(frozen=True)
class Timeouts:
    """How long a check waits for an expected state, in seconds, before it fails.

    `--timeout-scale` multiplies all of them, for slow machines.
    """

    #: For a status document to match; pods may have to start or end first.
    status: float = 20
    #: For pods that have room to be bound.
    bound: float = 12
    #: For pods to run, or to be ready.
    pods: float = 30
    #: For the objects of a deleted task to be gone: pods have a grace period, and the garbage
    #: collector needs time.
    gone: float = 60
    #: For other scenarios' pods to leave a borrowed node.
    node: float = 60
    #: By how much these times were multiplied. Times that a feature itself names are, too.
    factor: float = 1

    def of(self, seconds: str | None) -> float:
        """Returns the seconds that a feature names, times `factor`; without them `status`."""
        return float(seconds) * self.factor if seconds else self.status

    def scaled(self, factor: float) -> Timeouts:
        """Returns timeouts that are all `factor` times as long."""
        return Timeouts(*(getattr(self, each.name) * factor for each in fields(self)))


def read_settings(
    chosen: Mapping[str, Sequence[str]], given: Collection[str] = (), *, stays: bool = False
) -> Settings:
    """Returns the settings that the options' texts in `chosen` describe.

    `chosen` has the texts by the option's key, such as `timeout_scale`. `given` holds the keys of
    the options that stand on the command line: one that has no effect is refused there, while it
    is ignored in the environment or the ini file. `stays` says that the environment goes on after
    the command. Without `--clock` the clock is virtual where that is possible.

    Raises UsageError for invalid values, and for options that do not go together.
    """
    _require_text(chosen)
    texts = {key: "".join(values[:1]) for key, values in chosen.items()}
    cluster = _cluster(texts, given)
    names = _node_names(cluster, texts["nodes"], given="nodes" in given)
    nodes = str(len(names)) if names else texts["nodes"]
    settings = Settings(
        cluster=cluster,
        controller=_controller(chosen["controller"]),
        virtual=_is_virtual(texts["clock"]),
        seed=_number("seed", texts["seed"], int, at_least=0, at_most=2**63 - 1),
        pace=_number("pace", texts["pace"], float, at_least=0, at_most=10_000) / 1000,
        nodes=_number("nodes", nodes, int, at_least=2, at_most=1000),
        node_names=names,
        install_crds=_flag("install-crds", texts["install_crds"]),
        keep=_flag("keep", texts["keep"]),
        kind_image=texts["kind_image"],
        workload_image=texts["workload_image"],
        assets=texts["assets"],
        out=Path(texts["out"]),
        only=names_of_only(texts["only"], given="only" in given),
        timeout_scale=_number(
            "timeout-scale", texts["timeout_scale"], float, at_least=0.1, at_most=1000
        ),
        reuse=_flag("reuse", texts["reuse"]),
        update=_flag("update", texts["update"]),
        pause_on_failure=_flag("pause-on-failure", texts["pause_on_failure"]),
        keep_on_failure=_flag("keep-on-failure", texts["keep_on_failure"]),
        claims=_names(texts["claim"] or _claimed(chosen["controller"])),
        setup=_setup(texts["setup"]),
        task_defaults=read_task_defaults(_file("task-defaults", texts["task_defaults"])),
    )
    if not texts["clock"]:
        settings = replace(settings, virtual=_could_be_virtual(settings))
    require_sense(settings, given, stays=stays)
    return settings


def _require_text(chosen: Mapping[str, Sequence[str]]) -> None:
    """Raises UsageError for an option with bytes that are no text: no report could hold them."""
    for key, values in chosen.items():
        for value in values:
            if "\0" in value or value != value.encode(errors="replace").decode():
                raise UsageError(f"--{key.replace('_', '-')} {value!a}: this is not UTF-8")


def names_of_only(text: str, *, given: bool) -> tuple[str, ...]:
    """Returns the names. Raises UsageError for an option without any: all checks would run."""
    names = _names(text)
    if not names and (given or text):
        raise UsageError("--only: names no check", hint="leave the option out to run all checks")
    return names


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _claimed(controllers: Sequence[str]) -> str:
    """Returns what a controller claims that says nothing: the reference controller has it all."""
    return ALL if tuple(controllers) == ("reference",) else ""


def _could_be_virtual(settings: Settings) -> bool:
    """Checks whether the suite controls everything that has a clock, and no person looks on."""
    looks_on = settings.pause_on_failure or settings.keep_on_failure
    is_ours = settings.cluster == "embedded" and settings.controller == ("reference",)
    return is_ours and not looks_on


def _node_names(cluster: str, text: str, *, given: bool) -> tuple[str, ...]:
    """Returns the names in `--nodes`; empty for a number, and for clusters that the run makes.

    On a cluster of the user's a number has no effect, so one on the command line is refused.
    """
    if address_of(cluster).kind != "kubeconfig" or (text.strip().isdecimal() and not given):
        return ()
    names = _names(text)
    if len(names) < 2:
        raise UsageError(
            f"--nodes {text}: expected the names of two nodes or more, separated by commas",
            hint="a task of two domains needs a node for each",
        )
    return names


def _number(
    name: str, text: str, kind: Callable[[str], Any], *, at_least: float, at_most: float
) -> Any:
    try:
        value = kind(text)
    except ValueError:
        value = None
    if value is None or not at_least <= value <= at_most:
        raise UsageError(f"--{name} {text}: expected a number from {at_least} to {at_most}")
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
        raise UsageError(f"--{name} {text}: expected true or false")
    return words[text.lower()]


def _controller(chosen: Sequence[str]) -> tuple[str, ...]:
    controllers.require_programs(chosen)
    return tuple(chosen)


def _setup(text: str) -> Path | None:
    """Returns the file, which is read here so that a mistake in it is told at once."""
    file = _file("setup", text)
    if file:
        read_setup(file)
    return file


def _file(name: str, text: str) -> Path | None:
    path = Path(text)
    if text and not exists(path, f"--{name} {text}"):
        raise UsageError(f"--{name} {text}: there is no such file")
    if text and path.is_dir():
        raise UsageError(f"--{name} {text}: this is a folder", hint="name a file")
    return path if text else None


def exists(path: Path, what: str) -> bool:
    """Returns whether there is such a file or folder.

    Raises UsageError, with `what` in front, for a path that no file can have, for example because
    it is too long, or that the user may not look at.
    """
    try:
        str(path).encode()
        return path.exists()
    except OSError as error:
        raise UsageError(f"{what}: cannot be read: {error.strerror}") from error
    except UnicodeEncodeError as error:
        raise UsageError(f"{what!a}: this is not UTF-8") from error


def _cluster(texts: Mapping[str, str], given: Collection[str]) -> str:
    if not _flag("reuse", texts["reuse"]):
        require_known(texts["cluster"])
        return texts["cluster"]
    require_not_set_by_up(given)
    return "that of `up`"
