"""How to reach a cluster: reads a kubeconfig with the official client, and returns an `Access`.

No other module imports `kubernetes`. It is imported inside functions, because the import takes
most of a second and many commands do not need it.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import yaml

from kuscia_conformance.errors import ClusterError, UsageError

if TYPE_CHECKING:
    from kuscia_conformance.kube.transport import Transport

#: Where Kubernetes mounts a pod's token, CA certificate and namespace.
SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


@dataclass(frozen=True)
class Access:
    """An API server's address, and the credentials for it. `read_access` creates it."""

    server: str
    tls: ssl.SSLContext | None
    #: Returns the `Authorization` header, up to date at each call; None with a client certificate.
    authorization: Callable[[], str | None]
    proxy: str | None = None
    #: The name that the server's certificate must have, if it is not the host's name.
    server_name: str | None = None
    #: Creates a transport other than HTTP, from this access and a user agent.
    connect: Callable[[Access, str], Transport] | None = None


def read_access(path: Path | str | None = None, context: str | None = None) -> Access:
    """Returns the access that a kubeconfig describes, for `context` or for its current context.

    Without `path` and `context` it looks where kubectl does ($KUBECONFIG, ~/.kube/config). If no
    such file exists, it uses the service account of the pod in which this program runs.

    Raises UsageError, naming the file, if the file is missing, is not a kubeconfig, or does not
    have the context. Raises ClusterError if the certificates in it cannot be loaded.
    """
    from kubernetes import client, config

    configuration = client.Configuration()
    try:
        _load(config, configuration, path, context)
    except (config.ConfigException, yaml.YAMLError, OSError, TypeError, AttributeError) as error:
        raise _explain(error, path, context) from error
    return _access(configuration)


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


def _load(config: Any, configuration: Any, path: Path | str | None, context: str | None) -> None:
    if path is None and context is None and not _default_kubeconfig_exists(config):
        config.load_incluster_config(client_configuration=configuration)
        return
    config.load_kube_config(
        config_file=str(path) if path else None,
        context=context,
        client_configuration=configuration,
        persist_config=False,
    )


def _default_kubeconfig_exists(config: Any) -> bool:
    location = str(config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION)
    return any(Path(part).expanduser().exists() for part in location.split(":") if part)


def _explain(error: Exception, path: Path | str | None, context: str | None) -> UsageError:
    from kubernetes import config

    where = str(path) if path else "the default kubeconfig"
    if path is None and context is None and not _default_kubeconfig_exists(config):
        return UsageError(
            f"there is no {config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION}, "
            f"and this program does not run in a pod with a service account: {error}",
            hint="pass a kubeconfig, or mount a service account's token into the pod",
        )
    if path and not Path(path).is_file():
        return UsageError(
            f"kubeconfig {path}: there is no such file",
            hint="check the path; a cluster that is starting writes the file when it is ready",
        )
    if context and "context" in str(error):
        known = ", ".join(_contexts(path)) or "none"
        return UsageError(
            f"kubeconfig {where}: it has no context {context!r}", hint=f"it has: {known}"
        )
    return UsageError(f"kubeconfig {where}: {' '.join(str(error).split())}")


def _contexts(path: Path | str | None) -> list[str]:
    from kubernetes import config as untyped

    config: Any = untyped

    try:
        found, _ = config.list_kube_config_contexts(config_file=str(path) if path else None)
    except (config.ConfigException, yaml.YAMLError, OSError, TypeError):
        return []
    return [context["name"] for context in found]


def _access(configuration: Any) -> Access:
    address = urlsplit(configuration.host)
    if not address.hostname:
        raise UsageError(f"kubeconfig: the server's address {configuration.host!r} is not a URL")
    return Access(
        server=configuration.host.rstrip("/"),
        tls=_tls(configuration) if address.scheme == "https" else None,
        authorization=lambda: _authorization(configuration),
        proxy=None if _is_loopback(address.hostname) else configuration.proxy,
        server_name=getattr(configuration, "tls_server_name", None),
    )


def _authorization(configuration: Any) -> str | None:
    setting = configuration.auth_settings().get("BearerToken")
    return setting["value"] if setting else None


def _tls(configuration: Any) -> ssl.SSLContext:
    try:
        tls = ssl.create_default_context(cafile=configuration.ssl_ca_cert)
        if configuration.cert_file:
            tls.load_cert_chain(configuration.cert_file, configuration.key_file)
    except (OSError, ssl.SSLError) as error:
        raise ClusterError(f"kubeconfig: its certificates cannot be used: {error}") from error
    if not configuration.verify_ssl:
        tls.check_hostname = False
        tls.verify_mode = ssl.CERT_NONE
    return tls


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
