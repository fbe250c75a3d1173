"""Connections through a SOCKS5 proxy, by aiohttp-socks."""

from __future__ import annotations

from typing import Any

import aiohttp
from aiohttp_socks import (
    ProxyConnectionError,
    ProxyConnector,
    ProxyError,
    ProxyTimeoutError,
)

#: Callers know only the errors of aiohttp. A proxy that hangs up ends in an EOFError.
FAULTS = (ProxyError, ProxyConnectionError, ProxyTimeoutError, EOFError)


class SocksConnector(ProxyConnector):
    """A connector of aiohttp. The proxy looks up the names of hosts, as with kubectl."""

    async def _wrap_create_connection(self, *args: Any, **named: Any) -> Any:
        try:
            return await super()._wrap_create_connection(*args, **named)
        except FAULTS as error:
            key, why = named["req"].connection_key, OSError(0, f"the SOCKS proxy: {error}")
            raise aiohttp.ClientProxyConnectionError(key, why) from error
