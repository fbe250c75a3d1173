"""`kuscia-conformance down`: end what `up` has made."""

from __future__ import annotations

import click


@click.command(epilog="Example: kuscia-conformance down")
def down() -> None:
    """End the cluster and the controller that `up` has made, or what is left of them."""
    from harness.standing import take_down

    click.echo("ended" if take_down() else "nothing stands")
