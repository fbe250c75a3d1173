"""The programs of a controller: their command lines, and the kubeconfig that they get."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from kuscia_conformance.clusters import Cluster
from kuscia_conformance.clusters.process import UTF8, Process
from kuscia_conformance.errors import UsageError
from kuscia_conformance.kube.kubeconfig import write_minified

PREFIX = "cmd:"
KUBECONFIG = "{kubeconfig}"
#: A word in braces, but no ${variable} of a shell; and our placeholder without one of its braces.
_PLACEHOLDER = re.compile(r"(?<!\$)\{\s*[A-Za-z_][\w-]*\s*\}")
_UNBALANCED = re.compile(r"(?<!\$)\{\s*kubeconfig\b(?!\s*\})|(?<!\{)\bkubeconfig\}", re.IGNORECASE)
_NO_SHELL = "the command runs without a shell, which would understand ~, aliases and NAME=value"


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

    Raises UsageError for an empty command, open quotes, a placeholder other than `{kubeconfig}`, or
    one without its braces.
    """
    command = text.removeprefix(PREFIX)
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise UsageError(f"--controller {text}: {error}", hint="close the quotes") from error
    if not words or not words[0]:
        hint = 'as in --controller "cmd:./my-controller --kubeconfig {kubeconfig}"'
        raise UsageError(f"--controller {text}: there is no command after cmd:", hint=hint)
    unknown = [found for found in _PLACEHOLDER.findall(command) if found != KUBECONFIG]
    if unknown:
        hint = f"valid: {KUBECONFIG}"
        raise UsageError(f"--controller {text}: unknown placeholder {unknown[0]}", hint=hint)
    if _UNBALANCED.search(command):
        hint = f"write {KUBECONFIG}, with both braces"
        raise UsageError(f"--controller {text}: a placeholder lacks a brace", hint=hint)
    return Program(words[0], words)


def require_executable(word: str) -> None:
    """Raises UsageError unless the word names a program: by its path, or by a name on the PATH."""
    path, hint = Path(word), _NO_SHELL
    if "/" not in word and not shutil.which(word):
        fault = f"there is no program {word} on the PATH"
    elif "/" not in word or (path.is_file() and os.access(path, os.X_OK)):
        return
    elif path.is_dir():
        fault, hint = f"{word} is a folder", "name a program"
    elif path.is_file():
        fault, hint = f"{word} is not executable", f"run `chmod +x {word}`"
    else:
        fault = f"there is no program {word}" + ("" if path.is_absolute() else f" in {Path.cwd()}")
    raise UsageError(f"--controller: {fault}", hint=hint)


def own_kubeconfig(cluster: Cluster, work: Path) -> Path:
    """Writes a copy of the cluster's kubeconfig into the folder `work`, and returns its path.

    The copy has the cluster's context only, and paths of files in it are absolute. The controller
    gets the copy, so that it cannot change the user's own file.
    """
    path = work / "controller.kubeconfig"
    write_minified(path, cluster.kubeconfig, cluster.context)
    return path
