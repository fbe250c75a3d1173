"""An outage of the watches, which a test orders: clients have to list again after it.

A client that loses its watches and cannot resume them (410, because the server has forgotten the
changes after the client's version) has to list, and has to notice what has changed meanwhile. A
server that runs for minutes never forgets anything, so this is how a test sees it happen:

    begin    every watch ends, except those of spared clients; new watches are refused (503)
    end      watches are possible again, from the present version on; older versions answer 410

The store keeps its log: spared clients, such as those of the test itself, notice nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError, expired
from kuscia_conformance.apiserver.storage.store import Store


@dataclass
class Outage:
    """The state of the outage; a server has one."""

    lasts: bool = False
    #: How the user agents begin of clients that the outage spares.
    spared: str = ""
    #: The version from which other clients can watch; older ones are forgotten.
    forgotten: int = 0

    def begin(self, store: Store, spared: str) -> None:
        """Ends the watches of all clients that are not spared."""
        self.lasts, self.spared = True, spared
        for collection in store.collections.values():
            collection.wake()

    def end(self, store: Store) -> None:
        """Lets watches begin again, from the store's present version on."""
        self.lasts, self.forgotten = False, store.version

    def cuts(self, user_agent: str) -> bool:
        """Returns whether the client can have no watch now."""
        return self.lasts and not user_agent.startswith(self.spared)

    def require_watchable(self, user_agent: str, version: int | None) -> None:
        """Raises StatusError: 503 during the outage, 410 for a version from before its end."""
        if self.cuts(user_agent):
            raise StatusError(503, "ServiceUnavailable", "the watches are cut off, as ordered")
        if version and version < self.forgotten and not user_agent.startswith(self.spared):
            raise expired(f"too old resource version: {version} ({self.forgotten})")
