"""`kuscia-conformance controller`: the reference controller alone, on any kubeconfig.

The options of the leader election are those of Kubernetes' own components.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from reference_controller import Election

LEVELS = ("debug", "info", "warning", "error")


def _lease(option: str, default: Any, **how: Any) -> Callable[[Any], Any]:
    return click.option(
        f"--leader-elect-{option}", default=default, show_default=default is not None, **how
    )


@click.command(epilog="Example: kuscia-conformance controller --kubeconfig ~/.kube/config")
@click.option(
    "--kubeconfig",
    type=click.Path(path_type=Path),
    help="Default: as kubectl finds it; in a pod, its service account.",
)
@click.option("--context", metavar="NAME", help="Default: the kubeconfig's current one.")
@click.option("--log-level", type=click.Choice(LEVELS), default="info", show_default=True)
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="PORT",
    help="Serve /metrics, /healthz and /readyz there; default: not at all.",
)
@click.option("--metrics-address", default="127.0.0.1", metavar="IP", show_default=True)
@click.option("--leader-elect", is_flag=True, help="Work only while holding a Lease.")
@_lease("resource-namespace", None, metavar="NAME", help="Default: the pod's own.")
@_lease("resource-name", "reference-controller", metavar="NAME")
@_lease("lease-duration", 15, type=click.IntRange(1), metavar="SECONDS")
@_lease("renew-deadline", 10.0, metavar="SECONDS")
@_lease("retry-period", 2.0, metavar="SECONDS")
def controller(
    kubeconfig: Path | None, context: str | None, leader_elect: bool, **options: Any
) -> NoReturn:
    """Run the reference controller until it is told to end."""
    import reference_controller
    from kuscia_conformance.kube.kubeconfig import read_access

    prefix = "leader_elect_"
    lease = {name: options.pop(name) for name in list(options) if name.startswith(prefix)}
    election = _election(lease) if leader_elect else None
    how = reference_controller.Options(**options, election=election)
    sys.exit(reference_controller.main(read_access(kubeconfig, context), how))


def _election(options: dict[str, Any]) -> Election:
    """The election as asked for. UsageError if the namespace is not named outside a pod."""
    from kuscia_conformance.kube.kubeconfig import own_namespace
    from reference_controller import Election

    return Election(
        namespace=options["leader_elect_resource_namespace"] or own_namespace(),
        name=options["leader_elect_resource_name"],
        lease_duration=options["leader_elect_lease_duration"],
        renew_deadline=options["leader_elect_renew_deadline"],
        retry_period=options["leader_elect_retry_period"],
    )
