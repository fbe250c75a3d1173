"""Makes the TLS context from the certificates of a kubeconfig.

Keys are never written to a path: OpenSSL reads them from files that have no name, so a killed run
leaves none behind.
"""

from __future__ import annotations

import ssl
import tempfile
from contextlib import ExitStack
from typing import Any

from kuscia_conformance.kube.kubeconfig.fields import Fields

AUTHORITY, CERTIFICATE, KEY = "certificate-authority", "client-certificate", "client-key"


class Context(ssl.SSLContext):
    """A client's TLS context that can demand another name than the host's (`tls-server-name`)."""

    #: The name that the server's certificate must have; None for the host's name.
    name: str | None = None

    def wrap_bio(self, incoming: Any, outgoing: Any, *rest: Any, **named: Any) -> ssl.SSLObject:
        """Begins a connection. asyncio and uvloop begin each one here."""
        if self.name is not None:
            named["server_hostname"] = self.name
        return super().wrap_bio(incoming, outgoing, *rest, **named)


def context_of(cluster: Fields, user: Fields) -> Context:
    """Returns the TLS context for a cluster and a user.

    Raises UsageError if a certificate or key cannot be read or used.
    """
    # `create_default_context` is stricter than kubectl from Python 3.13 on: it refuses authorities
    # without certain extensions, such as those of older k3s.
    context = Context(ssl.PROTOCOL_TLS_CLIENT)
    context.name = cluster.get("tls-server-name") or None
    authority = cluster.content(AUTHORITY)
    if cluster.get("insecure-skip-tls-verify"):
        if authority is not None:
            what = "insecure-skip-tls-verify and certificate-authority exclude one another"
            raise cluster.fault("insecure-skip-tls-verify", what, "remove one of the two")
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    elif authority is None:
        context.load_default_certs()
    else:
        _trust(context, cluster, authority)
    _identify(context, user)
    return context


def _trust(context: Context, cluster: Fields, authority: bytes) -> None:
    try:
        context.load_verify_locations(cadata=authority.decode())
    except (ssl.SSLError, ValueError) as error:
        key = AUTHORITY if AUTHORITY in cluster else f"{AUTHORITY}-data"
        raise cluster.fault(key, f"{key} has no certificate in PEM form") from error


def _identify(context: Context, user: Fields) -> None:
    certificate, key = user.content(CERTIFICATE), user.content(KEY)
    if certificate is None:
        return
    of = next(name for name in (f"{CERTIFICATE}-data", CERTIFICATE) if name in user)
    if key is None:
        raise user.fault(of, "there is a client-certificate without a client-key")
    try:
        present(context, certificate, key)
    except (ssl.SSLError, ValueError) as error:
        what = f"the client-certificate and the client-key cannot be used: {_why(error)}"
        raise user.fault(of, what, "both must be PEM, belong together, and have no password") from (
            error
        )


def _why(error: Exception) -> str:
    return str(getattr(error, "reason", None) or error).replace("_", " ").lower()


def present(context: ssl.SSLContext, certificate: bytes, key: bytes) -> None:
    """Has the context identify the client by the certificate. Raises SSLError if it cannot."""
    with ExitStack() as files:
        paths = []
        for content in (certificate, key):
            file = files.enter_context(tempfile.TemporaryFile())
            file.write(content)
            file.seek(0)
            paths.append(f"/dev/fd/{file.fileno()}")
        # With a password OpenSSL does not ask for one on the terminal.
        context.load_cert_chain(paths[0], paths[1], password=b"-")
