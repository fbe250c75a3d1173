"""Connections through a SOCKS5 proxy, by aiohttp-socks."""

from __future__ import annotations

from typing import Any

import aiohttp
from aiohttp_socks import ProxyConnector, ProxyError


class SocksConnector(ProxyConnector):
    """A connector of aiohttp. The proxy looks up the names of hosts, as with kubectl."""

    async def _wrap_create_connection(self, *args: Any, **named: Any) -> Any:
        try:
            return await super()._wrap_create_connection(*args, **named)
        except ProxyError as error:  # it is no error of aiohttp's, and callers know only those
            key, why = named["req"].connection_key, OSError(0, f"the SOCKS proxy refuses: {error}")
            raise aiohttp.ClientProxyConnectionError(key, why) from error
