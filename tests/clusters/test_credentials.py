"""Tests the certificates of a control plane with a client that verifies strictly."""

import ssl
import stat

import pytest

from kuscia_conformance.clusters.credentials import write_certificates


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    write_certificates(folder)
    return folder


def shake_hands(folder, name):
    """Performs a TLS handshake in memory, with VERIFY_X509_STRICT as Python 3.13 has by default."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    asking = ssl.create_default_context(cafile=folder / "ca.crt")
    asking.verify_flags |= ssl.VERIFY_X509_STRICT
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = asking.wrap_bio(back, there, server_hostname=name)
    server = serving.wrap_bio(there, back, server_side=True)
    for side in (client, server, client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return client


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "kubernetes.default.svc"])
def test_a_strict_client_accepts_the_server(folder, name):
    assert shake_hands(folder, name).version() == "TLSv1.3"


def test_a_client_refuses_the_server_under_another_name(folder):
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(folder, "elsewhere.example")


@pytest.mark.parametrize("key", ["tls.key", "sa.key"])
def test_only_the_owner_can_read_the_keys(folder, key):
    assert stat.S_IMODE((folder / key).stat().st_mode) == 0o600
