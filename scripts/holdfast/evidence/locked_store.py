"""The evidence bucket: every record under Object Lock, written once and read back before anybody says it is stored."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.translate import code_of, translated
from holdfast.clock import Clock
from holdfast.evidence.errors import EvidenceNotHeld, StoreNameTaken
from holdfast.evidence.files import MAX_BYTES
from holdfast.evidence.interface import Location
from holdfast.evidence.local_store import KEY_NAME, RECORD_NAME

PREFIX = "records/"
_CONFLICTS = frozenset({"PreconditionFailed", "412"})
_RACES = frozenset({"ConditionalRequestConflict", "409"})
_RACE_ATTEMPTS = 5
_SECOND = timedelta(seconds=1)
_MARGIN = timedelta(hours=1)
"""Added to the retention, so that neither the time on the way nor a clock apart makes a lock shorter than it may be."""


@dataclass(frozen=True)
class StoredVersion:
    """One version of an object, or a delete marker, as the bucket lists it."""

    name: str
    version_id: str
    is_latest: bool
    is_delete_marker: bool
    last_modified: datetime


@dataclass(frozen=True)
class StoredObject:
    """What the bucket holds under one version, its lock included."""

    data: bytes
    version_id: str
    mode: str | None
    retain_until: datetime | None
    checksum_sha256: str | None


class LockedStore:
    """Records in a bucket with Object Lock.

    It needs, on the bucket: `s3:ListBucket`; on `records/*`: `s3:PutObject`, `s3:PutObjectRetention`, `s3:GetObject`,
    `s3:GetObjectVersion`, `s3:GetObjectRetention`; and, under a customer-managed key, `kms:GenerateDataKey` and
    `kms:Decrypt`. Comparing also needs `s3:ListBucketVersions`.

    Args:
        client: a boto3 client of S3, in the Region of the bucket.
        bucket: `Names.evidence_bucket`.
        retention: how long a record is locked from now, at least.
        clock: what now is.
        mode: COMPLIANCE, which binds everybody and is what the bucket of an environment asks for, or GOVERNANCE.
        kms_key: a KMS key to encrypt under; by default what the bucket's own encryption says.
    """

    def __init__(
        self,
        client: Any,  # boto3 clients are made at run time
        bucket: str,
        *,
        retention: timedelta,
        clock: Clock,
        mode: str = "COMPLIANCE",
        kms_key: str | None = None,
    ) -> None:
        self._client, self.bucket = client, bucket
        self._retention, self._clock, self.mode = retention, clock, mode
        self._encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}

    def names(self) -> list[str]:
        """The names of records and keys in the bucket.

        Raises:
            ServiceError: S3 refuses or does not answer.
        """
        with translated("list the stored evidence"):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=PREFIX)
            names = [each["Key"].removeprefix(PREFIX) for page in pages for each in page.get("Contents", ())]
        return sorted(name for name in names if RECORD_NAME.fullmatch(name) or KEY_NAME.fullmatch(name))

    def read(self, name: str) -> bytes:
        """The current content under a name.

        Raises:
            ServiceError: there is none, or S3 refuses or does not answer.
        """
        return self.get(name).data

    def add(self, name: str, data: bytes) -> Location:
        """Store `data` under a free name with one PutObject, and read it back: bytes, version, lock and checksum.

        When exactly this is there already, its lock is read and nothing is written.

        Raises:
            StoreNameTaken: something else has the name.
            EvidenceNotHeld: the bucket took it, but does not hold it as asked.
            ServiceError: S3 refuses or does not answer.
        """
        until = (self._clock.now() + self._retention + _MARGIN).astimezone(UTC).replace(microsecond=0)
        version_id = self._put(name, data, until)
        stored = self.get(name, version_id)
        if version_id is None and stored.data != data:
            raise StoreNameTaken(name=name, store=f"s3://{self.bucket}")
        return self._checked(name, data, stored, until if version_id else None)

    def get(self, name: str, version_id: str | None = None) -> StoredObject:
        """One version, by default the current one.

        Raises:
            ServiceError: there is none, or S3 refuses or does not answer.
        """
        version = {"VersionId": version_id} if version_id else {}
        with translated("read evidence back"):
            reply = self._client.get_object(Bucket=self.bucket, Key=PREFIX + name, ChecksumMode="ENABLED", **version)
            data: bytes = reply["Body"].read(MAX_BYTES + 1)
        return StoredObject(
            data,
            str(reply.get("VersionId", "")),
            reply.get("ObjectLockMode"),
            until.astimezone(UTC) if (until := reply.get("ObjectLockRetainUntilDate")) else None,
            reply.get("ChecksumSHA256"),
        )

    def versions(self) -> Iterator[StoredVersion]:
        """Every version and delete marker of a record or key.

        Raises:
            ServiceError: S3 refuses or does not answer.
        """
        with translated("list the versions of the stored evidence"):
            pages = list(self._client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=PREFIX))
        for field, is_marker in (("Versions", False), ("DeleteMarkers", True)):
            for each in (entry for page in pages for entry in page.get(field, ())):
                name = each["Key"].removeprefix(PREFIX)
                if RECORD_NAME.fullmatch(name) or KEY_NAME.fullmatch(name):
                    yield StoredVersion(name, each["VersionId"], each["IsLatest"], is_marker, each["LastModified"])

    def _put(self, name: str, data: bytes, until: datetime) -> str | None:
        """Write once; the version that was made, or None when the name was taken."""
        with translated("store evidence"):
            for attempt in range(_RACE_ATTEMPTS):
                try:
                    reply = self._client.put_object(
                        Bucket=self.bucket,
                        Key=PREFIX + name,
                        Body=data,
                        ContentType="application/json" if name.endswith(".json") else "application/x-pem-file",
                        ChecksumSHA256=_checksum(data),
                        ObjectLockMode=self.mode,
                        ObjectLockRetainUntilDate=until,
                        IfNoneMatch="*",
                        **self._encryption,
                    )
                except ClientError as error:
                    if code_of(error) in _CONFLICTS:
                        return None
                    if code_of(error) not in _RACES or attempt == _RACE_ATTEMPTS - 1:
                        raise
                    self._clock.sleep(0.1 * 2**attempt)
                else:
                    return str(reply.get("VersionId", ""))
        raise AssertionError("unreachable")

    def _checked(self, name: str, data: bytes, stored: StoredObject, until: datetime | None) -> Location:
        """What was read back, when it is held as asked. `until` is None for what somebody else wrote before."""
        problem = None
        if stored.data != data:
            problem = "other content"
        elif not stored.version_id or stored.version_id == "null":
            problem = "no version"
        elif stored.mode not in {self.mode, "COMPLIANCE"}:
            problem = f"lock mode {stored.mode or 'none'} instead of {self.mode}"
        elif stored.retain_until is None:
            problem = "no retain-until date"
        elif stored.retain_until <= self._clock.now():
            problem = f"a lock that ended {stored.retain_until:%Y-%m-%d}"
        elif until and abs(stored.retain_until - until) > _SECOND:
            problem = f"a lock until {stored.retain_until:%Y-%m-%d} instead of {until:%Y-%m-%d}"
        elif stored.checksum_sha256 not in {_checksum(data), None}:
            problem = "another checksum"
        if problem or stored.mode is None or stored.retain_until is None:
            raise EvidenceNotHeld(bucket=self.bucket, key=PREFIX + name, problem=problem)
        return Location(
            bucket=self.bucket,
            key=PREFIX + name,
            version_id=stored.version_id,
            mode=stored.mode,
            retain_until=stored.retain_until,
            checksum_sha256=_checksum(data),
        )


def _checksum(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()
