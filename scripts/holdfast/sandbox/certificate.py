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
from typing import TYPE_CHECKING

from holdfast.sandbox.errors import SandboxNotWritable
from holdfast.sandbox.ports import LOOPBACK

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

_LIFETIME = timedelta(days=30)
_SLACK = timedelta(hours=1)


@dataclass(frozen=True)
class Certificate:
    """Where a certificate, its private key and the authority to trust lie."""

    authority: Path
    certificate: Path
    key: Path


def make_certificate(folder: Path, now: datetime) -> Certificate:
    """Write a P-256 certificate for 127.0.0.1 and localhost, valid 30 days, its key (0600) and its authority.

    The authority signs this one certificate: its private key is never written. A certificate that is its own
    authority would be simpler; strict clients (rustls) refuse one. Python refuses, from 3.13 on, an authority that does
    not say what its key is for (RFC 5280, 4.2.1.3).

    Raises:
        SandboxNotWritable: when the files cannot be written.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _signed("holdfast sandbox authority", authority_key, authority_key, None, now)
    certificate = _signed("holdfast sandbox", key, authority_key, authority, now)
    files = Certificate(folder / "authority.pem", folder / "certificate.pem", folder / "key.pem")
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(files.authority, authority.public_bytes(serialization.Encoding.PEM))
    _write(files.certificate, certificate.public_bytes(serialization.Encoding.PEM))
    _write(files.key, private)
    return files


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    signing_key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate | None,
    now: datetime,
) -> x509.Certificate:
    """An authority when no other is given, else a server's certificate signed by it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if authority is None else authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SLACK)
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
    )
    if authority is None:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_key_usage(signs_certificates=True), critical=True)
    else:
        names = [x509.IPAddress(ipaddress.ip_address(LOOPBACK)), x509.DNSName("localhost")]
        builder = (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        )
    return builder.sign(signing_key, hashes.SHA256())


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    """For an authority to sign certificates and nothing else, for a server to sign the handshake and nothing else."""
    from cryptography import x509

    return x509.KeyUsage(
        key_cert_sign=signs_certificates,
        crl_sign=False,
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write(path: Path, content: bytes) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        raise SandboxNotWritable(path=path, reason=error.strerror or error) from error
