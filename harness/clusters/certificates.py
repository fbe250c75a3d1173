"""The keys and certificates of a control plane of our own: valid for a day, for loopback only."""

from __future__ import annotations

import datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_NAMES = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
_ADDRESSES = ("127.0.0.1", "10.96.0.1")


def write_certificates(folder: Path) -> None:
    """Write ca.crt, tls.crt and tls.key (the server's), and sa.key, which signs tokens."""
    authority, server, accounts = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    issuer = _name("kuscia-conformance")
    root = _certificate(issuer, authority, issuer, authority, _authority())
    leaf = _certificate(_name("kube-apiserver"), server, issuer, authority, _alternatives())
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
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    signer: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    # The certificate is made a little before now, since clocks of one machine may differ by a tick.
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=5)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=1))
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        .sign(signer, hashes.SHA256())
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _authority() -> x509.BasicConstraints:
    return x509.BasicConstraints(ca=True, path_length=None)


def _alternatives() -> x509.SubjectAlternativeName:
    names = [x509.DNSName(name) for name in _NAMES]
    return x509.SubjectAlternativeName(
        [*names, *(x509.IPAddress(ip_address(address)) for address in _ADDRESSES)]
    )
