"""One Region's vault bucket, as a writer sees it: put an object under lock, or make sure it is there under lock.

What the read back proves. S3 computes the SHA-256 of what it receives and refuses the write when it is not the one in
the request (`x-amz-checksum-sha256`; PutObject, BadDigest), so a write that is answered holds the bytes that were
sent. A HeadObject of exactly the version that was written then shows the size, the digest in its metadata, the KMS
encryption, the lock mode and a retain-until date no earlier than was asked for. It does not read the content again:
the writer cannot decrypt, and S3 gives the checksum of a KMS-encrypted object only to those who can. Reading the
content is what a drill does.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from holdfast.aws.second_pass import Patience, patiently
from holdfast.aws.translate import code_of
from holdfast.backupsets.errors import ReadBackFailed, SetExists
from holdfast.backupsets.locks import LockTerms
from holdfast.environments.model import LockMode

Answer = TypeVar("Answer")

DIGEST_KEY = "sha256"
"""User metadata that holds the digest, for those who may not decrypt."""


class How(StrEnum):
    """What it took to have an object under lock."""

    WRITTEN = "written"
    REUSED = "reused"
    EXTENDED = "extended"


@dataclass(frozen=True)
class Secured:
    """An object that was read back under lock."""

    version_id: str
    how: How


class Vault:
    """Writes to one bucket. Safe to use from several threads.

    Args:
        s3: the Region's S3 client.
        region: the Region.
        bucket: the bucket.
        key_arn: the KMS key, by key or alias ARN.
        lock: what every object gets.
        patience: how to wait while S3 is busy.
    """

    def __init__(self, s3: Any, region: str, bucket: str, key_arn: str, lock: LockTerms, patience: Patience) -> None:
        self._s3, self.region, self.bucket, self.key_arn, self.lock = s3, region, bucket, key_arn, lock
        self._patience = patience

    def is_empty(self, prefix: str) -> bool:
        """Whether nothing current is below a prefix. The first call of a push, so that it shows what is wrong early."""
        reply = self._call(lambda: self._s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix, MaxKeys=1))
        return not reply.get("Contents")

    def secure(
        self, key: str, digest: str, size: int, load: Callable[[], bytes], *, expect_new: bool, rewrite: bool = False
    ) -> Secured:
        """Have an object with this content under the lock: reuse it, extend its lock, or write it.

        An object behind a delete marker, with another content or with a weaker kind of lock is written again, as a
        new version. What is there is known by its size and the digest in its metadata: a writer cannot decrypt, so it
        cannot tell content that was forged together with its metadata. A drill can, and `rewrite` mends it.

        Args:
            key: where.
            digest: SHA-256 of the content, hex.
            size: of the content, bytes.
            load: gives the content, if it has to be written.
            expect_new: write without looking first; S3 refuses if it is there after all.
            rewrite: write a new version whatever is there.

        Raises:
            ReadBackFailed: S3 does not say what it was asked for.
        """
        if rewrite:
            version = self._put(key, digest, load(), only_if_new=False)
            return self._read_back(key, str(version), digest, size, How.WRITTEN)
        head = None if expect_new else self._head(key)
        if head is None:
            version = self._put(key, digest, load(), only_if_new=True)
            if version is not None:
                return self._read_back(key, version, digest, size, How.WRITTEN)
            head = self._head(key)
        if head is not None and _is_content(head, digest, size):
            if self._is_locked_enough(head):
                return self._checked(key, head, str(head.get("VersionId")), digest, size, How.REUSED)
            if head.get("ObjectLockMode") in (None, self.lock.mode.value):
                return self._extend(key, str(head["VersionId"]), digest, size)
        version = self._put(key, digest, load(), only_if_new=False)
        return self._read_back(key, str(version), digest, size, How.WRITTEN)

    def write_document(self, key: str, data: bytes, *, metadata: Mapping[str, str]) -> Secured:
        """Write a manifest or commit, never over another one.

        Raises:
            SetExists: there is another document under this key.
            ReadBackFailed: S3 does not say what it was asked for.
        """
        digest = hashlib.sha256(data).hexdigest()
        version = self._put(key, digest, data, only_if_new=True, metadata=metadata)
        if version is None:
            head = self._head(key)
            if head is None or not _is_content(head, digest, len(data)):
                raise SetExists(key=key)
            version = str(head.get("VersionId"))
        return self._read_back(key, version, digest, len(data), How.WRITTEN)

    def _put(
        self, key: str, digest: str, body: bytes, *, only_if_new: bool, metadata: Mapping[str, str] | None = None
    ) -> str | None:
        """Write one object with one PutObject; None when there is one already."""
        arguments: dict[str, Any] = {
            "Bucket": self.bucket,
            "Key": key,
            "Body": body,
            "ChecksumSHA256": base64.b64encode(bytes.fromhex(digest)).decode("ascii"),
            "ServerSideEncryption": "aws:kms",
            "SSEKMSKeyId": self.key_arn,
            "BucketKeyEnabled": True,
            "ObjectLockMode": self.lock.mode.value,
            "ObjectLockRetainUntilDate": self.lock.retain_until,
            "Metadata": {DIGEST_KEY: digest, **(metadata or {})},
        }
        if only_if_new:
            arguments["IfNoneMatch"] = "*"
        try:
            reply = self._call(lambda: self._s3.put_object(**arguments))
        except ClientError as error:
            if code_of(error) in ("PreconditionFailed", "412"):
                return None
            raise
        return str(reply.get("VersionId") or "")

    def _extend(self, key: str, version: str, digest: str, size: int) -> Secured:
        """Lengthen a lock. S3 refuses when another push has lengthened it further meanwhile, which is as good."""
        retention = {"Mode": self.lock.mode.value, "RetainUntilDate": self.lock.retain_until}
        try:
            self._call(
                lambda: self._s3.put_object_retention(
                    Bucket=self.bucket, Key=key, VersionId=version, Retention=retention, ChecksumAlgorithm="SHA256"
                )
            )
        except ClientError as error:
            head = self._head(key, version) if code_of(error) == "AccessDenied" else None
            if head is None or not self._is_locked_enough(head):
                raise
        return self._read_back(key, version, digest, size, How.EXTENDED)

    def _head(self, key: str, version: str | None = None) -> Mapping[str, Any] | None:
        """What S3 says about an object; None when there is none or a delete marker hides it."""
        which = {"VersionId": version} if version else {}
        try:
            reply: Mapping[str, Any] = self._call(lambda: self._s3.head_object(Bucket=self.bucket, Key=key, **which))
        except ClientError as error:
            if code_of(error) in ("404", "NoSuchKey", "NotFound"):
                return None
            raise
        return reply

    def _read_back(self, key: str, version: str, digest: str, size: int, how: How) -> Secured:
        head = self._head(key, version)
        if head is None:
            raise ReadBackFailed(region=self.region, key=key, problem=f"version {version} is not there")
        return self._checked(key, head, version, digest, size, how)

    def _checked(self, key: str, head: Mapping[str, Any], version: str, digest: str, size: int, how: How) -> Secured:
        problem = self._problem(head, version, digest, size)
        if problem is not None:
            raise ReadBackFailed(region=self.region, key=key, problem=problem)
        return Secured(version, how)

    def _problem(self, head: Mapping[str, Any], version: str, digest: str, size: int) -> str | None:
        """What is wrong with what S3 says, if anything."""
        if version in ("", "None", "null") or head.get("VersionId") != version:
            return f"version {head.get('VersionId')!r} where {version!r} was written (is versioning on?)"
        if head.get("ContentLength") != size:
            return f"{head.get('ContentLength')} bytes where {size} were written"
        if not _is_content(head, digest, size):
            return "its metadata does not hold the digest that was written"
        if head.get("ServerSideEncryption") != "aws:kms":
            return f"encryption is {head.get('ServerSideEncryption')!r}, not aws:kms"
        if not self._is_locked_enough(head):
            return (
                f"lock is {head.get('ObjectLockMode')} until {head.get('ObjectLockRetainUntilDate')}, "
                f"asked for {self.lock.mode.value} until {self.lock.retain_until}"
            )
        return None

    def _is_locked_enough(self, head: Mapping[str, Any]) -> bool:
        until = head.get("ObjectLockRetainUntilDate")
        strong_enough = head.get("ObjectLockMode") in (self.lock.mode.value, LockMode.COMPLIANCE.value)
        return strong_enough and until is not None and until >= self.lock.retain_until

    def _call(self, call: Callable[[], Answer]) -> Answer:
        return patiently(call, self._patience)


def _is_content(head: Mapping[str, Any], digest: str, size: int) -> bool:
    return head.get("ContentLength") == size and head.get("Metadata", {}).get(DIGEST_KEY) == digest
