"""A certificate for 127.0.0.1, made for one run and trusted by nobody else.

The bucket policies Holdfast declares refuse what does not come over TLS, and the sandbox is to enforce them as they
are; so its S3 speaks TLS.
"""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from holdfast.sandbox.errors import SandboxNotWritable
from holdfast.sandbox.ports import LOOPBACK

_LIFETIME = timedelta(days=30)
_SLACK = timedelta(hours=1)


@dataclass(frozen=True)
class Certificate:
    """Where a certificate and its private key lie; the certificate is also the bundle that trusts it."""

    certificate: Path
    key: Path


def make_certificate(folder: Path, now: datetime) -> Certificate:
    """Write a self-signed P-256 certificate for 127.0.0.1 and localhost, valid 30 days, and its key (0600).

    Raises:
        SandboxNotWritable: when the files cannot be written.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "holdfast sandbox")])
    names = [x509.IPAddress(ipaddress.ip_address(LOOPBACK)), x509.DNSName("localhost")]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SLACK)
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = Certificate(folder / "certificate.pem", folder / "key.pem")
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(files.certificate, certificate.public_bytes(serialization.Encoding.PEM))
    _write(files.key, private)
    return files


def _write(path: Path, content: bytes) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        raise SandboxNotWritable(path=path, reason=error.strerror or error) from error
