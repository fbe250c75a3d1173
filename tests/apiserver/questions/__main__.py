"""`python -m tests.apiserver.questions record` stores the answers of kube-apiserver.

`check` compares a server's answers with the stored ones.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from kuscia_conformance.clusters import ClusterOptions, cluster
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.kube.kubeconfig import Access, read_access
from kuscia_conformance.kube.objects import Obj
from tests.apiserver.questions.ask import ask, custom_kinds
from tests.apiserver.questions.compare import compare, complaints
from tests.apiserver.questions.files import (
    Question,
    answers_of,
    differences,
    keep_answers,
    questions,
)

_KUBECONFIG = click.option("--kubeconfig", type=click.Path(exists=True, dir_okay=False))
_ONLY = click.option("--only", multiple=True, help="a question; may be given several times")
_CLUSTER = click.option("--cluster", "kind", default="controlplane", show_default=True)


@click.group()
def main():
    """Send the questions to a server."""


@main.command()
@_KUBECONFIG
@_CLUSTER
@_ONLY
def record(kubeconfig, kind, only):
    """Store the answers of a server."""
    _each(kubeconfig, kind, only, lambda question, answers: keep_answers(question.name, answers))


@main.command()
@_KUBECONFIG
@_CLUSTER
@_ONLY
def check(kubeconfig, kind, only):
    """Compare the answers of a server with the stored ones."""
    known = differences() if kind == "embedded" else []

    def look(question: Question, answers: list[Obj]) -> None:
        found = compare(answers_of(question.name) or [], answers)
        if wrong := complaints(question.name, found, known):
            raise click.ClickException("\n" + "\n".join(wrong))

    _each(kubeconfig, kind, only, look)


def _each(kubeconfig, kind, only, use) -> None:
    chosen = [question for question in questions() if not only or question.name in only]
    with _access(kubeconfig, kind) as access:
        failed = asyncio.run(_ask_all(access, chosen, use))
    click.echo(f"{len(chosen)} questions, {failed} failed")
    sys.exit(bool(failed))


async def _ask_all(access: Access, chosen: list[Question], use) -> int:
    failed = 0
    async with custom_kinds(access):
        for question in chosen:
            try:
                use(question, await ask(access, question))
            except click.ClickException as error:
                failed += 1
                click.echo(f"{question.name}: {error.message}")
            except Exception:  # noqa: BLE001 - one failed question must not stop the others
                failed += 1
                click.echo(f"{question.name}: {traceback.format_exc()}")
    return failed


@contextmanager
def _access(kubeconfig, kind) -> Iterator[Access]:
    if kubeconfig:
        yield read_access(kubeconfig)
        return
    with tempfile.TemporaryDirectory() as work:
        options = ClusterOptions(
            kind, definitions=suite_folder("fixtures") / "crds", work=Path(work), say=click.echo
        )
        with cluster(options) as made:
            yield read_access(made.kubeconfig)


if __name__ == "__main__":
    main()
