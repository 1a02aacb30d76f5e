"""Taking canaries away once their locks have ended, and delete markers at any time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import code_of, translated
from holdfast.drills.canary import PREFIX, ROLE, drill_of
from holdfast.drills.interface import Cleaned, Left, together
from holdfast.drills.refusals import DENIED

_NOT_OURS = "only an administrator of the bucket may remove it"


def take_away(
    sessions: Sessions, region: str, *, prefix: str = PREFIX, keep_off: frozenset[str] = frozenset()
) -> Cleaned:
    """Remove, as the caller, what lies below a prefix of canaries: markers, and versions whose lock has ended.

    Args:
        sessions: clients of the environment.
        region: one of its Regions.
        prefix: `canaries/`, or the folder of one drill.
        keep_off: ids of drills that are alive.

    Raises:
        ServiceError: S3 refuses or does not answer.
    """
    now = sessions.server_clock(region, role=ROLE).time
    bucket = sessions.names.bucket_in(region)
    with translated(f"take canaries away from {bucket}"):
        found = [each for each in _below(sessions, region, prefix) if drill_of(each["Key"]) not in keep_off]
        return together(_take(sessions, region, bucket, each, now) for each in found)


def _below(sessions: Sessions, region: str, prefix: str) -> Iterator[dict[str, Any]]:
    """Versions and delete markers that are canaries, markers first: under one a version cannot be seen."""
    s3 = sessions.client("s3", region, role=ROLE)
    pages = list(
        s3.get_paginator("list_object_versions").paginate(Bucket=sessions.names.bucket_in(region), Prefix=prefix)
    )
    for kind in ("DeleteMarkers", "Versions"):
        for each in (entry for page in pages for entry in page.get(kind, ())):
            if drill_of(each["Key"]):
                yield {**each, "is_marker": kind == "DeleteMarkers"}


def _take(sessions: Sessions, region: str, bucket: str, each: dict[str, Any], now: datetime) -> Cleaned:
    key, version = each["Key"], each["VersionId"]
    resource = f"s3://{bucket}/{key}?versionId={version}"
    until = None if each["is_marker"] else _locked_until(sessions, region, bucket, key, version)
    if until is not None and until > now:
        return Cleaned(left=(Left(resource=resource, because="it is locked", until=until),))
    try:
        sessions.client("s3", region).delete_object(Bucket=bucket, Key=key, VersionId=version)
    except ClientError as error:
        if code_of(error) not in DENIED:
            raise
        return Cleaned(left=(Left(resource=resource, because=_NOT_OURS),))
    return Cleaned(removed=(resource,))


def _locked_until(sessions: Sessions, region: str, bucket: str, key: str, version: str) -> datetime | None:
    s3 = sessions.client("s3", region, role=ROLE)
    reply = s3.head_object(Bucket=bucket, Key=key, VersionId=version)
    until: datetime | None = reply.get("ObjectLockRetainUntilDate")
    return until
