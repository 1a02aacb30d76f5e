"""An object made to be attacked: small, locked for the shortest time allowed, named after its drill."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from holdfast.aws.translate import code_of, translated
from holdfast.drills.context import Drill
from holdfast.drills.spec import DRILL_ID

ROLE = "drill-runner"
PREFIX = "canaries/"
STREAMS = "streams/"
"""What S3 replicates to the recovery Region."""
METADATA = "holdfast-drill"
SLACK = timedelta(days=1)
"""Longer than the shortest lock by so much, so that a shortened one is still long enough for the bucket's policy, and
it is the lock that has to refuse."""
_GONE = frozenset({"404", "NoSuchKey", "NoSuchVersion", "405", "MethodNotAllowed"})


class Canary(BaseModel):
    """One canary, as it was written and read back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: str
    bucket: str
    key: str
    version_id: str
    sha256: str
    mode: str
    retain_until: datetime

    @property
    def resource(self) -> str:
        """Its URL with the version."""
        return f"s3://{self.bucket}/{self.key}?versionId={self.version_id}"


def key_of(drill_id: str) -> str:
    """The key of a drill's canaries."""
    return f"{PREFIX}{drill_id}/canary"


def drill_of(key: str) -> str | None:
    """The drill a canary's key names; None for any other key. Canaries of replication lie below `streams/`."""
    prefix, _, rest = key.removeprefix(STREAMS).partition("/")
    drill_id, _, name = rest.partition("/")
    is_ours = f"{prefix}/" == PREFIX and name.startswith("canary") and "/" not in name and DRILL_ID.fullmatch(drill_id)
    return drill_id if is_ours else None


def plant(drill: Drill, region: str) -> Canary:
    """Write the canary of one Region, or take the one an earlier run of the drill wrote.

    Raises:
        ServiceError: S3 refuses or does not answer.
    """
    written = (step.outcome for step in drill.steps("plant-canary") if step.announced["region"] == region)
    known = next((outcome for outcome in written if outcome), None)
    if known:
        return Canary.model_validate(known)
    sessions, lock = drill.sessions, drill.environment.lock
    s3, bucket, key = sessions.client("s3", region, role=ROLE), drill.names.bucket_in(region), key_of(drill.drill_id)
    keep = min(lock.minimum + SLACK, lock.maximum)
    until = (sessions.server_clock(region, role=ROLE).time + keep).replace(microsecond=0)
    body = f"canary of {drill.drill_id} in {region}\n".encode()
    with drill.step("plant-canary", region=region, bucket=bucket, key=key) as step, translated("plant a canary"):
        version = _version_there(s3, bucket, key) or _put(drill, s3, region, key, body, until)
        reply = s3.head_object(Bucket=bucket, Key=key, VersionId=version)
        canary = Canary(
            region=region,
            bucket=bucket,
            key=key,
            version_id=version,
            sha256=hashlib.sha256(body).hexdigest(),
            mode=lock.mode.value,
            retain_until=reply.get("ObjectLockRetainUntilDate") or until,
        )
        step.done(**canary.model_dump(mode="json"))
    return canary


def changes(drill: Drill, canary: Canary) -> str:
    """What is different about a canary since it was planted, read back now; empty when nothing is.

    Raises:
        ServiceError: S3 refuses or does not answer.
    """
    s3 = drill.sessions.client("s3", canary.region, role=ROLE)
    with translated("read a canary back"):
        try:
            reply = s3.get_object(Bucket=canary.bucket, Key=canary.key, VersionId=canary.version_id)
            digest = hashlib.sha256(reply["Body"].read()).hexdigest()
        except ClientError as error:
            if code_of(error) in _GONE:
                return "the version is gone"
            raise
    mode, until = reply.get("ObjectLockMode"), reply.get("ObjectLockRetainUntilDate")
    wrong = []
    if digest != canary.sha256:
        wrong.append("other bytes")
    if mode != canary.mode:
        wrong.append(f"lock mode {mode} where {canary.mode} was set")
    if until != canary.retain_until:
        wrong.append(f"locked until {until} where {canary.retain_until} was set")
    return "; ".join(wrong)


def _version_there(s3: Any, bucket: str, key: str) -> str | None:
    """The version a killed run wrote and did not journal."""
    page = s3.list_object_versions(Bucket=bucket, Prefix=key)
    return next((str(each["VersionId"]) for each in page.get("Versions", ()) if each["Key"] == key), None)


def _put(drill: Drill, s3: Any, region: str, key: str, body: bytes, until: datetime) -> str:
    regions, accounts = drill.environment.regions, drill.environment.accounts
    account = accounts.workload if region == regions.primary else accounts.backup
    reply = s3.put_object(
        Bucket=drill.names.bucket_in(region),
        Key=key,
        Body=body,
        ChecksumSHA256=base64.b64encode(hashlib.sha256(body).digest()).decode("ascii"),
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=drill.names.alias_arn(drill.names.key_alias, account=account, region=region),
        BucketKeyEnabled=True,
        ObjectLockMode=drill.environment.lock.mode.value,
        ObjectLockRetainUntilDate=until,
        Metadata={METADATA: drill.drill_id},
    )
    return str(reply["VersionId"])
