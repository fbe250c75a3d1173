"""`python -m tests.benchmarks requests|tasks|server|pass [--out FILE]` runs a benchmark.

The exit code is 1 if a figure is over its budget.
"""

import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from tests.benchmarks import passes, requests, server, tasks


@click.group()
def main():
    """Measure the cost of the reference controller and of the embedded server."""


def written(figures, out):
    """Prints the figures, writes them to `out`, and exits with 1 if they are over budget."""
    facts = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }
    text = json.dumps({**figures, **facts}, indent=2) + "\n"
    click.echo(text, nl=False)
    if out:
        out.write_text(text)
    sys.exit(0 if figures["ok"] else 1)


@main.command("requests")
@click.option("--cluster", default="controlplane", show_default=True)
@click.option("--kind-image", envvar="KUSCIA_CONFORMANCE_KIND_IMAGE")
@click.option("--out", type=click.Path(path_type=Path))
def count_requests(cluster, kind_image, out):
    """Count the API requests for one task."""
    written(requests.measure(cluster, kind_image), out)


@main.command("tasks")
@click.option("--few", default=tasks.FEW, show_default=True)
@click.option("--many", default=tasks.MANY, show_default=True)
@click.option("--out", type=click.Path(path_type=Path))
def time_tasks(few, many, out):
    """Time many tasks that are created together."""
    written(tasks.measure(few, many), out)


@main.command("server")
@click.option("--rounds", default=server.ROUNDS, show_default=True)
@click.option("--runs/--no-runs", default=True, show_default=True, help="Also run the suite.")
@click.option("--out", type=click.Path(path_type=Path))
def compare_servers(rounds, runs, out):
    """Compare the embedded API server with kube-apiserver."""
    written(server.measure(rounds, runs), out)


@main.command("pass")
@click.option("--out", type=click.Path(path_type=Path))
def time_passes(out):
    """Time a scheduling pass while many tasks wait."""
    written(passes.measure(), out)


if __name__ == "__main__":
    main()
