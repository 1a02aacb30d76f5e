"""Objects written in the primary Region to be found in the recovery Region."""

from __future__ import annotations

import base64
import hashlib
import random
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from holdfast.aws.translate import code_of, translated
from holdfast.drills.canary import METADATA, PREFIX, SLACK, STREAMS
from holdfast.drills.context import Drill

SIZES = (1024, 64 * 1024, 1024 * 1024)
"""Bytes: a small one, a middling one, and one that takes a moment."""
_STEP = "plant-stream-canary"


class StreamCanary(BaseModel):
    """One canary as it was written.

    Args:
        written_at: what S3's clock in the primary Region said before it was written.
        written: reading of the drill's monotonic clock when S3 had taken it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    version_id: str
    sha256: str
    size: int
    mode: str
    retain_until: datetime
    written_at: datetime
    written: float
    run: int


def folder_of_drill(drill_id: str) -> str:
    """The prefix of a drill's canaries."""
    return f"{STREAMS}{PREFIX}{drill_id}/"


def plant_all(drill: Drill) -> list[StreamCanary]:
    """Write each canary, as the caller, or take the one an earlier run of the drill wrote.

    Raises:
        ServiceError: S3 refuses or does not answer.
    """
    return [_plant(drill, number, size) for number, size in enumerate(SIZES)]


def planted(drill: Drill) -> list[StreamCanary]:
    """The canaries this drill has written so far."""
    return [StreamCanary.model_validate(step.outcome) for step in drill.steps(_STEP) if step.outcome]


def body_of(drill_id: str, number: int, size: int) -> bytes:
    """What a canary holds: its drill and number, then noise that anybody can make again."""
    head = f"canary {number} of {drill_id}\n".encode()
    return head + random.Random(f"{drill_id}/{number}").randbytes(size - len(head))  # noqa: S311  repeatable


def _plant(drill: Drill, number: int, size: int) -> StreamCanary:
    key = f"{folder_of_drill(drill.drill_id)}canary-{number}"
    known = next((each for each in planted(drill) if each.key == key), None)
    if known:
        return known
    region, lock = drill.environment.regions.primary, drill.environment.lock
    s3, now = drill.sessions.client("s3", region), drill.sessions.server_clock(region).time
    until = (now + min(lock.minimum + SLACK, lock.maximum)).replace(microsecond=0)
    body = body_of(drill.drill_id, number, size)
    with drill.step(_STEP, region=region, key=key) as step, translated("plant a canary to be replicated"):
        version = _there(s3, drill.names.vault_bucket, key) or _put(drill, s3, key, body, until)
        canary = StreamCanary(
            key=key,
            version_id=version,
            sha256=hashlib.sha256(body).hexdigest(),
            size=size,
            mode=lock.mode.value,
            retain_until=until,
            written_at=now,
            written=drill.clock.monotonic(),
            run=drill.journal.run,
        )
        step.done(**canary.model_dump(mode="json"))
    return canary


def _there(s3: Any, bucket: str, key: str) -> str | None:
    """The version a killed run wrote and did not journal."""
    try:
        return str(s3.head_object(Bucket=bucket, Key=key)["VersionId"])
    except ClientError as error:
        if code_of(error) in ("404", "NoSuchKey"):
            return None
        raise


def _put(drill: Drill, s3: Any, key: str, body: bytes, until: datetime) -> str:
    environment = drill.environment
    alias = drill.names.alias_arn(
        drill.names.key_alias, account=environment.accounts.workload, region=environment.regions.primary
    )
    reply = s3.put_object(
        Bucket=drill.names.vault_bucket,
        Key=key,
        Body=body,
        ChecksumSHA256=base64.b64encode(hashlib.sha256(body).digest()).decode("ascii"),
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=alias,
        BucketKeyEnabled=True,
        ObjectLockMode=environment.lock.mode.value,
        ObjectLockRetainUntilDate=until,
        Metadata={METADATA: drill.drill_id},
    )
    return str(reply["VersionId"])
