"""The obstore client of one bucket, told what a boto3 client of the same session would know."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies

from botocore.session import Session

from holdfast.clock import Clock

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Credential, S3Store

_CREDENTIALS_KEPT = timedelta(minutes=5)
"""How long a credential is used before botocore is asked again, which renews it where it must be."""


def bulk_store(
    session: Session,
    bucket: str,
    region: str,
    *,
    endpoint: str | None,
    ca_bundle: str | None,
    timeouts: tuple[int, int],
    clock: Clock,
) -> S3Store | None:
    """A client that tries each read once; None where it could not do as botocore does.

    Args:
        session: gives the credentials.
        bucket: what is read.
        region: where it is.
        endpoint: of a local S3, reached by path; None for AWS.
        ca_bundle: certificate authorities to trust; by default the public ones, or AWS_CA_BUNDLE.
        timeouts: seconds to connect, and seconds without a byte.
        clock: for the age of credentials.
    """
    from obstore.store import S3Store

    bundle = ca_bundle or os.environ.get("AWS_CA_BUNDLE")
    if getproxies() or not _is_readable(bundle):
        return None
    options: ClientConfig = {
        "connect_timeout": timedelta(seconds=timeouts[0]),
        "read_timeout": timedelta(seconds=timeouts[1]),
        "timeout": timedelta(minutes=10),
        "user_agent": "holdfast",
        "allow_http": endpoint is not None and endpoint.startswith("http://"),
    }
    if bundle:
        options["root_certificate"] = Path(bundle).read_bytes()
    local: dict[str, Any] = {} if endpoint is None else {"endpoint": endpoint, "virtual_hosted_style_request": False}
    return S3Store(
        bucket,
        region=region,
        client_options=options,
        retry_config={"max_retries": 0},
        credential_provider=_credentials_of(session, clock),
        **local,
    )


def _credentials_of(session: Session, clock: Clock) -> Callable[[], S3Credential]:
    def credentials() -> S3Credential:
        found = session.get_credentials()
        if found is None:
            raise PermissionError("there are no credentials")
        frozen = found.get_frozen_credentials()
        expires: datetime = clock.now() + _CREDENTIALS_KEPT
        return {
            "access_key_id": str(frozen.access_key),
            "secret_access_key": str(frozen.secret_key),
            "token": frozen.token,
            "expires_at": expires,
        }

    return credentials


def _is_readable(bundle: str | None) -> bool:
    return bundle is None or os.access(bundle, os.R_OK)
