"""The facts about a run that its report shows: when, where, of what, and with which options."""

from __future__ import annotations

import asyncio
import hashlib
import platform
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from kuscia_conformance import __version__
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.environment.settings import Settings, Timeouts
from kuscia_conformance.errors import ApiError
from kuscia_conformance.features.folders import suite_folder
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access

#: Settings that say nothing about what is tested: where files go, and what a person looks at.
_LEFT_OUT = frozenset({"out", "only", "setup", "task_defaults", "pause_on_failure", "claims"})


def now() -> str:
    """Returns the machine's time as an RFC 3339 text in UTC, with whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def facts_of(
    settings: Settings, cluster: str, can: Collection[str], kubernetes: str
) -> dict[str, Any]:
    """Returns the facts that are known before the first check.

    `kubernetes` is the server's version.
    """
    return {
        "began": now(),
        "suite": {"name": "kuscia-conformance", "version": __version__, "commit": commit()},
        "python": f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        "cluster": {
            "name": cluster,
            "kubernetes": kubernetes,
            "clock": "virtual" if settings.virtual else "real",
            "can": sorted(can),
        },
        "controller": ", ".join(settings.controller),
        "claims": list(settings.claims),
        "only": list(settings.only),
        "options": _options(settings),
        "setup": _file(settings.setup),
        "taskDefaults": _content(settings.task_defaults),
        "timeouts": asdict(Timeouts().scaled(settings.timeout_scale)),
    }


def commit() -> str:
    """Returns the commit of the checkout that the suite runs from, `+` after it for changes.

    Returns "" for an installed suite, or without git.
    """
    folder = suite_folder("features")
    if "_suite" in folder.parts:
        return ""
    revision = _git(folder, "rev-parse", "HEAD")
    changed = revision and _git(folder, "status", "--porcelain", "--untracked-files=no")
    return f"{revision}+" if changed else revision


def _git(folder: Path, *arguments: str) -> str:
    # Without the option, `git status` would write into the user's checkout.
    command = ["git", "--no-optional-locks", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def kubernetes_version(environment: Environment) -> str:
    """Returns the version of the API server, such as `v1.34.4`; "" if it does not say."""
    return asyncio.run(_version(environment))


async def _version(environment: Environment) -> str:
    access = read_access(environment.kubeconfig, environment.context)
    try:
        async with Api(access, "kuscia-conformance") as api:
            return str((await api.raw("/version")).get("gitVersion", ""))
    except ApiError:
        return ""


def _options(settings: Settings) -> dict[str, Any]:
    values: dict[str, Any] = orjson.loads(settings.to_json())
    return {name: value for name, value in values.items() if name not in _LEFT_OUT}


def _file(path: Path | None) -> dict[str, str] | None:
    """Returns the file's name and digest: its content tells more than its place."""
    if path is None:
        return None
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _content(values: Mapping[str, Any]) -> dict[str, Any] | None:
    if not values:
        return None
    text = orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    return {**values, "sha256": hashlib.sha256(text).hexdigest()}
