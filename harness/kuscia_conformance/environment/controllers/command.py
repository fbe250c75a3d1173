"""The programs of a controller: their command lines, and the kubeconfig that they get."""

from __future__ import annotations

import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

from kuscia_conformance.clusters import Cluster
from kuscia_conformance.clusters.process import UTF8, Process
from kuscia_conformance.errors import UsageError

PREFIX = "cmd:"
KUBECONFIG = "{kubeconfig}"
_PLACEHOLDER = re.compile(r"\{[a-z_-]+\}")
#: The entries of a kubeconfig that name files, relative to its own folder.
_FILES = ("certificate-authority", "client-certificate", "client-key", "tokenFile")


@dataclass(frozen=True)
class Program:
    """A command, split into words.

    `ready` is the text that the program writes to its log once it is ready; None if unknown.
    """

    name: str
    words: tuple[str, ...]
    ready: str | None = None

    def process(self, number: int, cluster: Cluster, work: Path, logs: Path) -> Process:
        """Returns the process, not yet started.

        `number` counts the programs of a controller from 1, and makes the log's name unique.
        """
        kubeconfig = own_kubeconfig(cluster, work)
        return Process(
            self.name,
            [word.replace(KUBECONFIG, str(kubeconfig)) for word in self.words],
            log=logs / ("controller.log" if number == 1 else f"controller-{number}.log"),
            ready=self.ready,
            environment={**UTF8, "KUBECONFIG": str(kubeconfig)},
        )


def reference() -> Program:
    """Returns the suite's own controller; it is ready once it has listed all objects."""
    words = (
        sys.executable,
        "-P",
        "-m",
        "kuscia_conformance",
        "controller",
        "--kubeconfig",
        KUBECONFIG,
    )
    return Program("reference controller", words, ready="ready")


def program_from(text: str) -> Program:
    """Returns the program for `cmd:COMMAND`, split into words as a shell does.

    Raises UsageError for an empty command, open quotes, or a placeholder but `{kubeconfig}`.
    """
    command = text.removeprefix(PREFIX)
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise UsageError(f"--controller {text}: {error}", hint="close the quotes") from error
    if not words:
        hint = 'as in --controller "cmd:./my-controller --kubeconfig {kubeconfig}"'
        raise UsageError(f"--controller {text}: there is no command after cmd:", hint=hint)
    unknown = [found for found in _PLACEHOLDER.findall(command) if found != KUBECONFIG]
    if unknown:
        hint = f"valid: {KUBECONFIG}"
        raise UsageError(f"--controller {text}: unknown placeholder {unknown[0]}", hint=hint)
    return Program(words[0], words)


def own_kubeconfig(cluster: Cluster, work: Path) -> Path:
    """Writes a copy of the cluster's kubeconfig into the folder `work`, and returns its path.

    In the copy the cluster's context is the current one, and paths of files are absolute. The
    controller gets the copy, so that it cannot change the user's own file.
    """
    content = yaml.safe_load(cluster.kubeconfig.read_text())
    if cluster.context:
        content["current-context"] = cluster.context
    for entry in (*(content.get("clusters") or ()), *(content.get("users") or ())):
        holder = entry.get("cluster") or entry.get("user") or {}
        for field in _FILES:
            if holder.get(field):
                holder[field] = str(cluster.kubeconfig.resolve().parent / holder[field])
    path = work / "controller.kubeconfig"
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(content))
    return path
