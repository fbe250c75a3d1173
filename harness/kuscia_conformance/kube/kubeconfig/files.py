"""Finds the kubeconfigs that kubectl would read, merges them, and chooses a context.

    one file that is named   it must exist
    $KUBECONFIG              files separated by `:`; those that do not exist are left out
    ~/.kube/config           without $KUBECONFIG

If several files have a cluster, user or context of the same name, the first file decides. The
first file with a `current-context` decides that, too.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kuscia_conformance.errors import UsageError, choice
from kuscia_conformance.kube.kubeconfig.fields import Fields, fault, plain
from kuscia_conformance.kube.kubeconfig.text import read_fields

KINDS = {"clusters": "cluster", "users": "user", "contexts": "context"}


@dataclass(frozen=True)
class Chosen:
    """What a context stands for: a cluster, and a user, who may be empty."""

    context: Fields
    cluster: Fields
    user: Fields
    name: str


def default_files() -> list[Path]:
    """Returns the files that kubectl reads if none is named, whether they exist or not."""
    listed = [part for part in os.environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    return [Path(part).expanduser() for part in dict.fromkeys(listed)] or [_at_home()]


def _at_home() -> Path:
    try:
        return Path.home() / ".kube" / "config"
    except RuntimeError as error:
        raise UsageError(
            "there is no home directory in which to look for .kube/config",
            hint="name the kubeconfig",
        ) from error


def existing_files() -> list[Path]:
    """Returns those of the default files that exist."""
    return [file for file in default_files() if os.path.lexists(file)]


def choose(files: Sequence[Path], context: str | None) -> Chosen:
    """Returns what the context, or else the current context, of these files stands for.

    Raises UsageError if a file cannot be read, or if the context, its cluster or its user is
    missing.
    """
    contents = [read_fields(file) for file in files]
    named = {kind: _merged(contents, kind) for kind in KINDS}
    name, asking = _context(contents, context)
    found = _entry(named["contexts"], name, "context", asking)
    cluster = _entry(named["clusters"], found.get("cluster", ""), "cluster", found)
    user = Fields(found.file, found.line)
    if found.get("user"):
        user = _entry(named["users"], found["user"], "user", found)
    return Chosen(found, cluster, user, name)


def _context(contents: Sequence[Fields], context: str | None) -> tuple[str, Fields]:
    """Returns the name of the context, and the content of the file that names it."""
    if context:
        return context, Fields(contents[0].file, 0)
    for content in contents:
        if content.get("current-context"):
            return content["current-context"], content
    known = [each["name"] for content in contents for each in content.get("contexts") or ()]
    hint = f"name one after #, as in kubeconfig:{contents[0].file}#{known[0]}" if known else ""
    what = "it is empty" if not any(contents) else "it has no current-context"
    raise fault(contents[0].file, None, what, hint or "it names no cluster; is it the right file?")


def _merged(contents: Sequence[Fields], kind: str) -> dict[str, Fields]:
    """Returns the entries of a list by their names. Raises UsageError for two of one name."""
    found: dict[str, Fields] = {}
    for content in contents:
        names = set()
        for entry in content.get(kind) or ():
            name, value = _named(entry, KINDS[kind])
            if name in names:
                raise entry.fault("name", f"there are two {kind} of the name {name!r}")
            names.add(name)
            found.setdefault(name, value)
    return found


def _named(entry: Fields, key: str) -> tuple[str, Fields]:
    value = entry.get(key)
    entry.setdefault("name", "")
    return entry["name"], value if value is not None else Fields(entry.file, entry.line)


def _entry(known: dict[str, Fields], name: str, kind: str, asking: Fields) -> Fields:
    if name in known:
        return known[name]
    key = "current-context" if kind == "context" else kind
    if not name:
        raise asking.fault(key, f"the context names no {kind}")
    raise asking.fault(key, f"it has no {kind} {name!r}", choice(name, sorted(known), "it has"))


def flattened(chosen: Chosen) -> dict[str, Any]:
    """Returns a kubeconfig with only this context, in which no path is relative.

    It is what `kubectl config view --minify --raw` prints, without the fields that we do not read.
    """
    context = plain(chosen.context)
    users = [{"name": context["user"], "user": plain(chosen.user)}] if "user" in context else []
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": context["cluster"], "cluster": plain(chosen.cluster)}],
        "users": users,
        "contexts": [{"name": chosen.name, "context": context}],
        "current-context": chosen.name,
    }
