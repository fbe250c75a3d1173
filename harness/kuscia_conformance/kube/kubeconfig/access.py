"""`Access`: an API server's address, and the credentials for it."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from kuscia_conformance.kube.kubeconfig import proxies
from kuscia_conformance.kube.kubeconfig.credentials import (
    Authorization,
    impersonation,
    simple_authorization,
)
from kuscia_conformance.kube.kubeconfig.fields import Fields
from kuscia_conformance.kube.kubeconfig.plugin import Plugin
from kuscia_conformance.kube.kubeconfig.tls import Context, context_of

if TYPE_CHECKING:
    from kuscia_conformance.kube.transport import Transport


@dataclass(frozen=True)
class Access:
    """An API server's address, and the credentials for it. `read_access` creates it."""

    server: str
    tls: ssl.SSLContext | None
    #: Returns the `Authorization` header, up to date at each call; None with a client certificate.
    authorization: Authorization
    #: The URL of the proxy that carries the requests: http, https or socks5.
    proxy: str | None = None
    #: Further headers of every request: whom the user wants to be.
    headers: tuple[tuple[str, str], ...] = ()
    #: Creates a transport other than HTTP, from this access and a user agent.
    connect: Callable[[Access, str], Transport] | None = None


def access_of(cluster: Fields, user: Fields) -> Access:
    """Returns the access to a cluster as a user. Raises UsageError if it cannot be used.

    As with kubectl, no credentials are sent to a server without TLS.
    """
    address = _address(cluster)
    tls = context_of(cluster, user)
    authorization = _authorization(cluster, user, tls)
    secure = address.scheme == "https"
    return Access(
        server=address.geturl().rstrip("/"),
        tls=tls if secure else None,
        authorization=authorization if secure else _anonymous,
        proxy=_proxy(cluster, address),
        headers=impersonation(user),
    )


def _anonymous() -> None:
    return None


def _address(cluster: Fields) -> SplitResult:
    server = cluster.get("server") or ""
    if not server:
        raise cluster.fault("server", "the cluster has no server")
    try:
        address = urlsplit(server if "://" in server else f"http://{server}")
        _ = address.port  # raises ValueError for a port that is no number
    except ValueError as error:
        raise _no_url(cluster, server) from error
    usable = address.hostname and not set(server) & set(' "<>\\^`{|}\t')
    if address.scheme not in ("http", "https") or not usable or not server.isprintable():
        raise _no_url(cluster, server)
    if address.username is not None:
        raise cluster.fault("server", "the server's address has a user name", "put it into users")
    return address._replace(query="", fragment="")


def _no_url(cluster: Fields, server: str) -> Exception:
    what = f"the server's address {server!r} is not a URL of the form https://host:port"
    return cluster.fault("server", what)


def _authorization(cluster: Fields, user: Fields, tls: Context) -> Authorization:
    simple = simple_authorization(user)
    if "exec" not in user:
        return simple or _anonymous
    plugin = Plugin(user["exec"], cluster, tls)
    plugin.check()
    plugin.authorization()  # once now, so that what is wrong with it ends the run before it begins
    return simple or plugin.authorization


def _proxy(cluster: Fields, address: SplitResult) -> str | None:
    proxy = cluster.get("proxy-url")
    if not proxy:
        return proxies.of_environment(address, os.environ)
    if not proxies.is_usable(proxy):
        what = f"proxy-url: {proxy!r} is not a URL of the form http://host:port"
        raise cluster.fault("proxy-url", what, "its scheme may be http, https or socks5")
    return str(proxy)
