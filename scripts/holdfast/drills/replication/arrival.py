"""Waiting for a canary to be readable in the recovery Region, and what its replica is like.

The measure is the replica alone: what the source says of its own replication is recorded and never believed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from holdfast.aws.translate import code_of, translated
from holdfast.drills.canary import ROLE
from holdfast.drills.context import Drill
from holdfast.drills.replication.canaries import StreamCanary

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 5.0


class Arrival(BaseModel):
    """What became of one canary.

    Args:
        lag_seconds: from the moment S3 had taken it to the moment it was read in the recovery Region; None when it did
            not arrive in time.
        source_status: what the source says: `PENDING`, `COMPLETED`, `FAILED`; None when it says nothing.
        replica_status: `REPLICA` for what replication wrote; anything else was written by somebody.
        wrong: what is wrong with its bytes; empty when nothing is.
        unprotected: what is wrong with its version, key and lock; empty when nothing is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    lag_seconds: float | None = None
    source_status: str | None = None
    replica_status: str | None = None
    wrong: str = ""
    unprotected: str = ""


@dataclass(frozen=True)
class Replica:
    """An object as it was read in the recovery Region."""

    content: bytes
    headers: Mapping[str, Any]


def wait_for(drill: Drill, canary: StreamCanary, until: float, own_keys: frozenset[str]) -> Arrival:
    """Read until the canary is there or the time is over.

    Args:
        drill: whose canary it is.
        canary: what was written.
        until: reading of the monotonic clock at which it is too late.
        own_keys: names of the recovery Region's own key.

    Raises:
        ServiceError: a Region refuses or does not answer.
    """
    pause, clock = _FIRST_PAUSE, drill.clock
    with translated("wait for a replica"):
        while (replica := _read(drill, canary)) is None and clock.monotonic() < until:
            clock.sleep(min(pause, max(0.0, until - clock.monotonic())))
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        status = _source_status(drill, canary)
    if replica is None:
        return Arrival(key=canary.key, source_status=status)
    same_run = canary.run == drill.journal.run
    lag = clock.monotonic() - canary.written if same_run else (clock.now() - canary.written_at).total_seconds()
    return Arrival(
        key=canary.key,
        lag_seconds=round(max(0.0, lag), 3),
        source_status=status,
        replica_status=replica.headers.get("ReplicationStatus"),
        wrong=wrong_content(canary, replica),
        unprotected=wrong_protection(canary, replica, own_keys),
    )


def wrong_content(canary: StreamCanary, replica: Replica) -> str:
    """What is wrong with the bytes of a replica; empty when nothing is."""
    if len(replica.content) != canary.size:
        return f"{len(replica.content)} bytes where {canary.size} were written"
    return "" if hashlib.sha256(replica.content).hexdigest() == canary.sha256 else "other bytes"


def wrong_protection(canary: StreamCanary, replica: Replica, own_keys: frozenset[str]) -> str:
    """What is wrong with version, key and lock of a replica; empty when nothing is.

    S3 replicates the version id and the lock, and encrypts under the key its rule names:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html

    Args:
        canary: what was written.
        replica: what was read.
        own_keys: names of the key it must lie under.
    """
    wrong = []
    if replica.headers.get("VersionId") != canary.version_id:
        wrong.append("another version than the one that was written")
    key = replica.headers.get("SSEKMSKeyId")
    if key not in own_keys:
        wrong.append(f"encrypted under {key or 'no key of KMS'}")
    mode, until = replica.headers.get("ObjectLockMode"), replica.headers.get("ObjectLockRetainUntilDate")
    if mode != canary.mode or not isinstance(until, datetime) or until < canary.retain_until - timedelta(seconds=1):
        wrong.append(f"locked {mode} until {until} where {canary.mode} until {canary.retain_until} was set")
    return "; ".join(wrong)


def _read(drill: Drill, canary: StreamCanary) -> Replica | None:
    s3 = drill.sessions.client("s3", drill.environment.regions.recovery, role=ROLE)
    try:
        reply = s3.get_object(Bucket=drill.names.replica_bucket, Key=canary.key)
    except ClientError as error:
        if code_of(error) in ("NoSuchKey", "404"):
            return None
        raise
    return Replica(reply["Body"].read(), reply)


def _source_status(drill: Drill, canary: StreamCanary) -> str | None:
    s3 = drill.sessions.client("s3", drill.environment.regions.primary, role=ROLE)
    reply = s3.head_object(Bucket=drill.names.vault_bucket, Key=canary.key, VersionId=canary.version_id)
    status: str | None = reply.get("ReplicationStatus")
    return status
