"""Keys, certificates and a kubeconfig for a control plane that a run starts itself.

The certificates are valid for one day, for loopback and for the `kubernetes` service. They carry
all extensions that RFC 5280 requires, because Python 3.13 and later refuse a certificate without
them.
"""

from __future__ import annotations

import base64
import datetime
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_AUTHORITY = NAME = "kuscia-conformance"
_NAMES = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
_ADDRESSES = ("127.0.0.1", "10.96.0.1")


def write_certificates(folder: Path) -> None:
    """Writes ca.crt, the server's tls.crt and tls.key, and sa.key, which signs tokens.

    Only the owner can read the keys.
    """
    authority, server, accounts = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    root = _certificate(_AUTHORITY, authority, authority, _of_an_authority())
    leaf = _certificate("kube-apiserver", server, authority, [_alternatives()])
    for file, certificate in (("ca.crt", root), ("tls.crt", leaf)):
        (folder / file).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    for file, key in (("tls.key", server), ("sa.key", accounts)):
        path = folder / file
        path.touch(mode=0o600)
        path.write_bytes(_pem(key))


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def _certificate(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    extensions: Sequence[x509.ExtensionType],
) -> x509.Certificate:
    # The validity begins five minutes ago, since two clocks of one machine may differ a little.
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=5)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(_AUTHORITY))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=1))
    )
    for extension in (*extensions, *_identifiers(key, signer)):
        critical = isinstance(extension, x509.BasicConstraints | x509.KeyUsage)
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(signer, hashes.SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _identifiers(
    key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey
) -> list[x509.ExtensionType]:
    return [
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
        x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
    ]


def _of_an_authority() -> list[x509.ExtensionType]:
    usage = x509.KeyUsage(
        key_cert_sign=True,
        crl_sign=True,
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return [x509.BasicConstraints(ca=True, path_length=None), usage]


def _alternatives() -> x509.SubjectAlternativeName:
    names = [x509.DNSName(name) for name in _NAMES]
    return x509.SubjectAlternativeName(
        [*names, *(x509.IPAddress(ip_address(address)) for address in _ADDRESSES)]
    )


def write_kubeconfig(folder: Path, port: int, token: str) -> Path:
    """Writes and returns the kubeconfig of a server on loopback, readable only by its owner.

    It trusts the authority of the folder's ca.crt, and authenticates with the token.
    """
    authority = base64.b64encode((folder / "ca.crt").read_bytes()).decode()
    server = {"server": f"https://127.0.0.1:{port}", "certificate-authority-data": authority}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": NAME, "cluster": server}],
        "users": [{"name": NAME, "user": {"token": token}}],
        "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": NAME}}],
        "current-context": NAME,
    }
    path = folder / "kubeconfig"
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(content))
    return path
