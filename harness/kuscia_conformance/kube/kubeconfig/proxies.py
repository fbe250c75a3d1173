"""Decides whether a proxy carries the requests to a server, as kubectl (client-go) does.

`proxy-url` of the cluster comes first, and holds for every address. Else `HTTPS_PROXY` or
`HTTP_PROXY` hold, but not for loopback addresses and not for what `NO_PROXY` names. The rules of
`NO_PROXY` are those of Go's package golang.org/x/net/http/httpproxy. Python's own differ: they know
no networks (10.0.0.0/8), and `.example.com` also stands for `example.com`.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from kuscia_conformance.errors import UsageError

SCHEMES = ("http", "https", "socks5")
PORTS = {"http": 80, "https": 443}


def of_environment(server: SplitResult, environment: Mapping[str, str]) -> str | None:
    """Returns the URL of the proxy that the environment names for a server, or None.

    A proxy without a scheme is an HTTP proxy. Raises UsageError for a proxy that is not a URL.
    """
    upper = f"{server.scheme.upper()}_PROXY"
    name = next((name for name in (upper, upper.lower()) if environment.get(name)), None)
    excepted = environment.get("NO_PROXY") or environment.get("no_proxy") or ""
    if name is None or _direct(server, excepted):
        return None
    # Both forms of socks5 let the proxy look up names; aiohttp-socks knows only the first.
    proxy = environment[name].replace("socks5h://", "socks5://", 1)
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    if not is_usable(proxy):
        text = f"{name}: {environment[name]!r} is not a URL of the form http://host:port"
        raise UsageError(text, hint="its scheme may be http, https or socks5")
    return proxy


def is_usable(proxy: str) -> bool:
    """Returns whether the URL names a proxy: a scheme that we know, a host, a port."""
    try:
        parts = urlsplit(proxy)
        return bool(parts.scheme in SCHEMES and parts.hostname and parts.port != 0)
    except ValueError:  # the port is no number, or a bracket of an IPv6 address is missing
        return False


def _direct(server: SplitResult, excepted: str) -> bool:
    host = (server.hostname or "").lower()
    if host == "localhost" or is_loopback(host):
        return True
    port = server.port or PORTS[server.scheme]
    rules = (part.strip().lower() for part in excepted.split(","))
    return any(_matches(rule, host, port) for rule in rules if rule)


def is_loopback(host: str) -> bool:
    """Returns whether the host is an address on loopback. A name is not an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _matches(rule: str, host: str, port: int) -> bool:
    """Returns whether one entry of NO_PROXY names the host: `*`, a network, an address, a name."""
    if rule == "*":
        return True
    if "/" in rule:
        return _within(host, rule)
    name, only = _split(rule)
    if only and only != str(port):
        return False
    if _same_address(name, host):
        return True
    name = name.removeprefix("*")
    return host.endswith(name if name.startswith(".") else f".{name}") or host == name


def _split(rule: str) -> tuple[str, str]:
    """Returns the name and the port of a rule; "" without a port. IPv6 may have brackets."""
    if rule.startswith("["):
        name, _, rest = rule[1:].partition("]")
        return name, rest.removeprefix(":")
    return (rule, "") if rule.count(":") > 1 else (rule.partition(":")[0], rule.partition(":")[2])


def _within(host: str, network: str) -> bool:
    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False


def _same_address(name: str, host: str) -> bool:
    try:
        return ip_address(name) == ip_address(host)
    except ValueError:
        return False
