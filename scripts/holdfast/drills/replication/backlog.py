"""What lies below `streams/` in the primary Region and not, or not yet, in the recovery Region."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.translate import code_of, translated
from holdfast.drills.canary import PREFIX, ROLE, STREAMS
from holdfast.drills.checks import Check, CheckKind, compare, passed, skipped
from holdfast.drills.context import Drill
from holdfast.drills.restored_tree import Names

NEWEST = 200
"""So many of the newest objects are looked at."""


@dataclass(frozen=True)
class Streamed:
    """One object of the source."""

    key: str
    written_at: datetime
    size: int


def backlog(drill: Drill, limit: timedelta) -> tuple[Check, ...]:
    """Ask for each of the newest objects in both Regions.

    One that is younger than the limit may be pending. One whose replication failed, one that is older and not there,
    and one that is there with another size, fail the check. The recovery point of the replica is its newest object
    that is really there, by S3's own time of it.

    Raises:
        ServiceError: a Region refuses or does not answer.
    """
    with translated("compare the newest streamed objects"):
        newest = _newest(drill)
        now = drill.sessions.server_clock(drill.environment.regions.recovery, role=ROLE).time
        missing, pending, there = Names(), 0, None
        for each in newest:
            status = _status(drill, each.key)
            replica = _head(drill, drill.environment.regions.recovery, drill.names.replica_bucket, each.key)
            if replica is not None and replica["ContentLength"] == each.size:
                there = there or each
            elif status == "FAILED":
                missing.add(each.key.encode(), "replication FAILED")
            elif replica is not None:
                missing.add(each.key.encode(), f"{replica['ContentLength']} bytes where {each.size} were written")
            elif now - each.written_at > limit:
                missing.add(each.key.encode(), f"{status or 'no status'} since {each.written_at:%Y-%m-%dT%H:%M:%SZ}")
            else:
                pending += 1
    if not newest:
        reason = "nothing was streamed yet, so only the canaries were timed"
        return (skipped("backlog", CheckKind.LAG, reason, essential=False),)
    return (
        compare(
            "backlog",
            CheckKind.LAG,
            expected=f"{len(newest)} newest objects replicated, or pending for less than {limit.total_seconds():.0f} s",
            observed=f"{len(newest)} newest objects replicated, or pending for less than {limit.total_seconds():.0f} s"
            if not missing.count
            else f"{missing.count} of {len(newest)} not replicated, {pending} pending",
            because=f"not in the recovery Region: {missing.words}",
        ),
        _recovery_point(there, now, limit),
    )


def _recovery_point(there: Streamed | None, now: datetime, limit: timedelta) -> Check:
    """How old the newest object is that the recovery Region really holds: what would be left if the other were lost."""
    id_ = "newest-object-in-the-replica"
    if there is None:
        return compare(
            id_, CheckKind.LAG, expected="an object", observed="none", because="the replica holds none of them"
        )
    age = max(0.0, (now - there.written_at).total_seconds())
    return passed(
        id_, CheckKind.LAG, expected=f"pending for at most {limit.total_seconds():.0f} s", observed=f"{age:.0f} s old"
    )


def _newest(drill: Drill) -> list[Streamed]:
    """The newest objects below `streams/`, canaries apart; memory for `NEWEST` of them."""
    s3 = drill.sessions.client("s3", drill.environment.regions.primary, role=ROLE)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=drill.names.vault_bucket, Prefix=STREAMS)
    found = (
        Streamed(each["Key"], each["LastModified"], each["Size"])
        for page in pages
        for each in page.get("Contents", ())
        if not each["Key"].startswith(f"{STREAMS}{PREFIX}")
    )
    return heapq.nlargest(NEWEST, found, key=lambda each: (each.written_at, each.key))


def _status(drill: Drill, key: str) -> str | None:
    head = _head(drill, drill.environment.regions.primary, drill.names.vault_bucket, key)
    status: str | None = (head or {}).get("ReplicationStatus")
    return status


def _head(drill: Drill, region: str, bucket: str, key: str) -> dict[str, Any] | None:
    try:
        reply: dict[str, Any] = drill.sessions.client("s3", region, role=ROLE).head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if code_of(error) in ("404", "NoSuchKey"):
            return None
        raise
    return reply
