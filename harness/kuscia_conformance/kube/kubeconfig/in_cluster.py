"""The service account of the pod in which this program runs."""

from __future__ import annotations

import os
from pathlib import Path

from kuscia_conformance.errors import UsageError
from kuscia_conformance.kube.kubeconfig.fields import Fields
from kuscia_conformance.kube.kubeconfig.files import Chosen, default_files

#: Where Kubernetes mounts a pod's token, CA certificate and namespace.
SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def service_account(context: str | None) -> Chosen:
    """Returns the cluster and the user of the pod, as a kubeconfig would describe them.

    Raises UsageError outside a pod, if the pod has no service account mounted, or if a context is
    asked for: a pod has none.
    """
    missing = f"there is no {' and no '.join(map(str, default_files()))}"
    if context:
        raise UsageError(f"{missing} that could have the context {context!r}")
    host = os.environ.get("KUBERNETES_SERVICE_HOST")
    port = os.environ.get("KUBERNETES_SERVICE_PORT")
    if not (host and port and (SERVICE_ACCOUNT / "token").is_file()):
        raise UsageError(
            f"{missing}, and this program does not run in a pod with a service account",
            hint="pass a kubeconfig, or mount a service account's token into the pod",
        )
    cluster, user, found = (Fields(SERVICE_ACCOUNT / "kubeconfig", 0) for _ in range(3))
    cluster["server"] = f"https://{f'[{host}]' if ':' in host else host}:{port}"
    cluster["certificate-authority"] = str(SERVICE_ACCOUNT / "ca.crt")
    user["tokenFile"] = str(SERVICE_ACCOUNT / "token")
    found.update(cluster="in-cluster", user="in-cluster")
    return Chosen(found, cluster, user, "in-cluster")


def own_namespace() -> str:
    """Returns the namespace of the pod in which this program runs.

    Raises UsageError outside a pod, or if the pod has no service account mounted.
    """
    try:
        return (SERVICE_ACCOUNT / "namespace").read_text().strip()
    except OSError as error:
        raise UsageError(
            f"cannot read {SERVICE_ACCOUNT / 'namespace'}: "
            "this program does not run in a pod with a service account",
            hint="pass the namespace of the lease: --leader-elect-resource-namespace NAME",
        ) from error
