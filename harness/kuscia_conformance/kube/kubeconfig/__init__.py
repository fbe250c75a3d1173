"""How to reach a cluster: reads kubeconfigs as kubectl does, and returns an `Access`.

    files ── `Fields` ──► choose: context, cluster, user ──► credentials, plugin, tls, proxies
                                                                          └──► `Access`

Comes in: a file and a context, or neither. Goes out: an `Access`, or a UsageError with file and
line. The room must not know HTTP. It does not use a Kubernetes client: on the cases in
`tests/kube/kubeconfigs.py` others differ from kubectl in 32 (kubernetes_asyncio 36.1), 41 (the
official client 37.0) and 44 (lightkube 1.0) of 106, and write private keys into temporary files.

    text         the text of a file: encodings, types, lines
    fields       mappings that know their file and their lines
    files        which files there are, merging, the choice of a context
    credentials  tokens, passwords, impersonation
    plugin       credentials from a program (`exec`)
    tls          certificates
    proxies      `proxy-url`, HTTPS_PROXY and NO_PROXY
    in_cluster   the service account of a pod
"""

from __future__ import annotations

from pathlib import Path

import yaml

from kuscia_conformance.kube.kubeconfig.access import Access, access_of
from kuscia_conformance.kube.kubeconfig.files import Chosen, choose, existing_files, flattened
from kuscia_conformance.kube.kubeconfig.in_cluster import own_namespace, service_account

__all__ = ["Access", "own_namespace", "read_access", "write_minified"]


def read_access(path: Path | str | None = None, context: str | None = None) -> Access:
    """Returns the access that a kubeconfig describes, for `context` or for its current context.

    Without `path` it looks where kubectl does ($KUBECONFIG, ~/.kube/config). If no such file
    exists, it uses the service account of the pod in which this program runs.

    Raises UsageError, with file and line, if a file is missing or wrong, or does not have the
    context. Raises ClusterError if the program that has the credentials (`exec`) fails.
    """
    chosen = _chosen(path, context)
    return access_of(chosen.cluster, chosen.user)


def write_minified(copy: Path, path: Path | str | None = None, context: str | None = None) -> None:
    """Writes a kubeconfig that has only one context, as its current one, and absolute paths.

    Only its owner can read it. Raises UsageError as `read_access` does.
    """
    content = flattened(_chosen(path, context))
    copy.touch(mode=0o600)
    copy.write_text(yaml.safe_dump(content))


def _chosen(path: Path | str | None, context: str | None) -> Chosen:
    files = [Path(path).expanduser()] if path else existing_files()
    return choose(files, context) if files else service_account(context)
