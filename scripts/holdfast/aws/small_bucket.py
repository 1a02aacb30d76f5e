"""The reader of small objects of one bucket, told what a boto3 client of the same session would know."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from urllib.request import getproxies

from botocore.httpsession import get_cert_path
from botocore.session import Session

from holdfast.aws.connection import Address
from holdfast.aws.signature import Signed
from holdfast.aws.small_reads import SmallReads
from holdfast.clock import Clock

_CREDENTIALS_KEPT = timedelta(minutes=5)
"""How long a credential is used before botocore is asked again, which renews it where it must be."""


def small_reads(
    session: Session,
    bucket: str,
    region: str,
    *,
    url: str,
    by_path: bool,
    ca_bundle: str | None,
    seconds: float,
    clock: Clock,
    check: Callable[[], None],
) -> SmallReads | None:
    """A reader that asks once for each object; None where it could not do as botocore does.

    Args:
        session: gives the credentials.
        bucket: what is read.
        region: where it is.
        url: of S3, as boto3 calls it.
        by_path: the bucket is named in the path, not in the name of the host.
        ca_bundle: certificate authorities to trust; by default botocore's, or AWS_CA_BUNDLE.
        seconds: without a byte.
        clock: for signatures and the age of credentials.
        check: called before each request; raises when the bucket must not be read.
    """
    parts = urlsplit(url)
    bundle = ca_bundle or os.environ.get("AWS_CA_BUNDLE") or get_cert_path(verify=True)
    if getproxies() or (not by_path and "." in bucket):
        return None
    try:
        tls = ssl.create_default_context(cafile=bundle) if parts.scheme == "https" else None
        host = parts.netloc if by_path else f"{bucket}.{parts.netloc}"
        address = Address.of(f"{parts.scheme}://{host}", tls)
    except (OSError, ValueError):
        return None
    folder = f"/{bucket}/" if by_path else "/"
    signer = _Signer(session, region, clock)

    def request(key: str) -> bytes:
        check()
        return signer.get(address.host, folder + key)

    return SmallReads(address, request, seconds=seconds)


class _Signer:
    """Signs with the credentials of a session, asked for now and then."""

    def __init__(self, session: Session, region: str, clock: Clock) -> None:
        self._session, self._region, self._clock = session, region, clock
        self._signed: Signed | None = None
        self._until: datetime | None = None

    def get(self, host: str, path: str) -> bytes:
        """A signed request for an object."""
        now = self._clock.now()
        if self._signed is None or self._until is None or now > self._until:
            self._signed, self._until = self._find(), now + _CREDENTIALS_KEPT
        return self._signed.get(host, path, now)

    def _find(self) -> Signed:
        found = self._session.get_credentials()
        if found is None:
            return Signed(self._region, "", "", None)  # refused, and boto3 finds out why
        frozen = found.get_frozen_credentials()
        return Signed(self._region, str(frozen.access_key), str(frozen.secret_key), frozen.token)
