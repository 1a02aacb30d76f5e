"""The certificate of a run is one that the strictest clients take, and only for this machine."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

import pytest

from holdfast.sandbox.certificate import make_certificate


@pytest.fixture
def certificate(tmp_path):
    return make_certificate(tmp_path, datetime.now(UTC))


def handshake(certificate, *, name: str) -> None:
    """Between a client as strict as those of Python 3.13 on are unasked, and a server, in memory."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate.certificate, certificate.key)
    client = ssl.create_default_context(cafile=str(certificate.authority))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        client.wrap_bio(to_client, to_server, server_hostname=name),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(4):
        for side in sides:
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert sides[0].version() is not None
    assert sides[0].getpeercert()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_strict_client_takes_it(certificate, name):
    handshake(certificate, name=name)


@pytest.mark.parametrize("name", ["127.0.0.2", "s3.amazonaws.com"])
def test_it_is_for_no_other_name(certificate, name):
    with pytest.raises(ssl.SSLCertVerificationError, match=r"mismatch|not valid for"):
        handshake(certificate, name=name)


def test_another_run_is_not_trusted(tmp_path, certificate):
    (tmp_path / "other").mkdir()
    other = make_certificate(tmp_path / "other", datetime.now(UTC))
    with pytest.raises(ssl.SSLCertVerificationError, match="verify failed"):
        handshake(type(certificate)(other.authority, certificate.certificate, certificate.key), name="localhost")


def test_keys_are_for_their_owner_only(certificate):
    assert certificate.key.stat().st_mode & 0o777 == 0o600
