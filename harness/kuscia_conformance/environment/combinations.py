"""Which options go together. An option that was set, and could have no effect, is refused.

Only options of the command line are: a variable or an ini file may hold for several clusters.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from kuscia_conformance.clusters.address import address_of
from kuscia_conformance.errors import UsageError

#: The keys of options that concern one kind of cluster, with that kind.
ONLY_FOR = {
    "pace": "embedded",
    "assets": "controlplane",
    "keep": "kind",
    "kind_image": "kind",
    "workload_image": "kind",
    "install_crds": "kubeconfig",
}
#: The keys of the options that `up` takes. With `--reuse` it has set them already.
SET_BY_UP = (
    "cluster",
    "controller",
    "setup",
    "nodes",
    "install_crds",
    "kind_image",
    "workload_image",
    "assets",
)


class Options(Protocol):
    """What is asked here of `environment.settings.Settings`, which calls this module."""

    @property
    def cluster(self) -> str: ...

    @property
    def controller(self) -> tuple[str, ...]: ...

    @property
    def virtual(self) -> bool: ...

    @property
    def reuse(self) -> bool: ...

    @property
    def keep(self) -> bool: ...

    @property
    def keep_on_failure(self) -> bool: ...

    @property
    def pause_on_failure(self) -> bool: ...

    @property
    def setup(self) -> Path | None: ...


def require_sense(settings: Options, given: Collection[str], *, stays: bool) -> None:
    """Raises UsageError for options that do not go together.

    `given` has the keys of the options on the command line. `stays` says that the environment goes
    on after the command, as that of `up` does.
    """
    if settings.virtual:
        _require_sense_of_the_clock(settings)
    if settings.controller == ("none",) and not stays:
        _require_a_controller(settings)
    kept = settings.reuse or (settings.keep and address_of(settings.cluster).kind == "kind")
    if settings.keep_on_failure and not kept:
        text = "--keep-on-failure: this cluster is deleted or restored when the run ends"
        raise UsageError(text, hint="use --reuse, or --cluster kind with --keep")
    _require_effect(settings, given)


def require_not_set_by_up(given: Collection[str]) -> None:
    """Raises UsageError for options that do not go with `--reuse`."""
    for key in SET_BY_UP:
        if key in given:
            name = _named(key)
            text = f"--reuse and {name} do not go together: `up` has set that already"
            raise UsageError(text, hint=f"leave {name} out here and give it to `up`")


def _named(key: str) -> str:
    return f"--{key.replace('_', '-')}"


def _require_effect(settings: Options, given: Collection[str]) -> None:
    """Raises UsageError for an option on the command line that would change nothing."""
    kind = address_of(settings.cluster).kind
    where = "--reuse" if settings.reuse else f"--cluster {settings.cluster}"
    for key, for_kind in ONLY_FOR.items():
        if key in given and kind != for_kind:
            text = f"{_named(key)} has no effect with {where}"
            raise UsageError(text, hint=f"it is for --cluster {for_kind}; leave it out here")
    if "seed" in given and not settings.virtual:
        hint = "a virtual clock needs --cluster embedded and --controller reference"
        raise UsageError("--seed has no effect on a real clock", hint=hint)


def _require_a_controller(settings: Options) -> None:
    """Raises UsageError if no controller can run: none knows a cluster that is not made yet.

    A kind cluster that has a name may exist, and one with real pods can get its controller from
    `--setup`.
    """
    address = address_of(settings.cluster)
    is_kind = address.kind == "kind" and (address.argument or settings.setup)
    if settings.reuse or address.kind == "kubeconfig" or is_kind:
        return
    raise UsageError(
        f"--controller none: no controller can run on {settings.cluster} yet, because this run "
        "makes that cluster",
        hint="start the cluster with `kuscia-conformance up --controller none`, then your "
        "controller, then `run --reuse`; or start both yourself, the cluster perhaps with "
        "`kuscia-conformance serve`, and use --cluster kubeconfig:PATH",
    )


def _require_sense_of_the_clock(settings: Options) -> None:
    if settings.cluster != "embedded":
        raise UsageError(
            f"--clock virtual: the clock of {settings.cluster} cannot be set",
            hint="use it with --cluster embedded",
        )
    if settings.controller != ("reference",):
        raise UsageError(
            f"--clock virtual: --controller {', '.join(settings.controller)} uses the real clock",
            hint="use it with --controller reference",
        )
    if settings.pause_on_failure or settings.keep_on_failure:
        text = "--clock virtual: the cluster stands still while the run waits or after its end"
        raise UsageError(text, hint="use --clock real to look at a failure")
