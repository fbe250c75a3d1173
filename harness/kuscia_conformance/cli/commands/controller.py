"""The command `controller`: runs the reference controller alone, on any cluster.

The options of the leader election have the names that Kubernetes' own components use.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kuscia_conformance.cli.commands import Finite

if TYPE_CHECKING:
    from reference_controller import Election

LEVELS = ("debug", "info", "warning", "error")
#: The longest duration that a Lease can hold, in seconds.
_LONGEST = 2**31 - 1


def _lease(option: str, default: Any, **how: Any) -> Callable[[Any], Any]:
    """Returns a click option of the leader election."""
    return click.option(
        f"--leader-elect-{option}", default=default, show_default=default is not None, **how
    )


@click.command(epilog="Example: kuscia-conformance controller --kubeconfig ~/.kube/config")
@click.option(
    "--kubeconfig",
    type=click.Path(path_type=Path),
    help="The cluster. Default: the kubeconfig that kubectl uses; in a pod, its service account.",
)
@click.option(
    "--context", metavar="NAME", help="A context of the kubeconfig. Default: the current one."
)
@click.option(
    "--log-level",
    type=click.Choice(LEVELS),
    default="info",
    show_default=True,
    help="Print messages of this level and above.",
)
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="PORT",
    help="Serve /metrics, /healthz and /readyz on this port. Default: do not serve them.",
)
@click.option(
    "--metrics-address",
    default="127.0.0.1",
    metavar="IP",
    show_default=True,
    help="The address on which --metrics-port is served.",
)
@click.option(
    "--leader-elect",
    is_flag=True,
    help="Work only while this process holds a Lease, so that several replicas can run.",
)
@_lease(
    "resource-namespace",
    None,
    metavar="NAME",
    help="The namespace of the Lease. Default: the namespace of the pod.",
)
@_lease("resource-name", "reference-controller", metavar="NAME", help="The name of the Lease.")
@_lease(
    "lease-duration",
    15,
    type=click.IntRange(1, _LONGEST),
    metavar="SECONDS",
    help="How long other replicas wait after the last renewal before they take the Lease.",
)
@_lease(
    "renew-deadline",
    10.0,
    type=Finite(0, _LONGEST),
    metavar="SECONDS",
    help="How long the holder tries to renew the Lease before it stops working.",
)
@_lease(
    "retry-period",
    2.0,
    type=Finite(0, _LONGEST),
    metavar="SECONDS",
    help="How long to wait between two attempts to take or renew the Lease.",
)
def controller(
    kubeconfig: Path | None, context: str | None, leader_elect: bool, **options: Any
) -> NoReturn:
    """Run the reference controller alone, until Ctrl-C or SIGTERM."""
    import reference_controller
    from kuscia_conformance.kube.kubeconfig import read_access

    prefix = "leader_elect_"
    lease = {name: options.pop(name) for name in list(options) if name.startswith(prefix)}
    election = _election(lease) if leader_elect else None
    how = reference_controller.Options(**options, election=election)
    sys.exit(reference_controller.main(read_access(kubeconfig, context), how))


def _election(options: dict[str, Any]) -> Election:
    """Returns the election that the options describe.

    Raises UsageError if no namespace is given outside a pod.
    """
    from kuscia_conformance.kube.kubeconfig import own_namespace
    from reference_controller import Election

    return Election(
        namespace=options["leader_elect_resource_namespace"] or own_namespace(),
        name=options["leader_elect_resource_name"],
        lease_duration=options["leader_elect_lease_duration"],
        renew_deadline=options["leader_elect_renew_deadline"],
        retry_period=options["leader_elect_retry_period"],
    )
