"""Bucket policy statements about what is written: encrypted with the bucket's key, locked, and for long enough.

A write that names neither encryption nor lock gets the bucket's defaults, which are right; so is one that names them
rightly. What these statements refuse is a write that names something weaker. `Explicit` refuses silence as well.
"""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.constructs.object_lock import ObjectLock
from holdfast.constructs.policies.document import Conditions, Statement, deny
from holdfast.constructs.principals import Principals

_ENCRYPTION = "s3:x-amz-server-side-encryption"
_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"
_MODE = "s3:object-lock-mode"
_DAYS = "s3:object-lock-remaining-retention-days"


def only_kms(bucket_arn: str) -> Statement:
    """Threat: a backup stored under a key that AWS or the writer controls. Other encryption than SSE-KMS is denied."""
    return _deny_write(
        "OnlyKms", bucket_arn, {"StringNotEquals": {_ENCRYPTION: "aws:kms"}, "Null": _given(_ENCRYPTION)}
    )


def only_this_key(bucket_arn: str, keys: Sequence[str]) -> Statement:
    """Threat: backups encrypted with the attacker's own key, to be held for ransom. Any other key is denied.

    The header may hold the ARN of the key or of its alias.
    """
    return _deny_write("OnlyThisKey", bucket_arn, {"StringNotEquals": {_KEY: keys}, "Null": _given(_KEY)})


def key_is_named(bucket_arn: str) -> Statement:
    """Threat: SSE-KMS asked for without a key means the AWS-managed one, whose policy is not ours. Denied."""
    return _deny_write("KeyIsNamed", bucket_arn, {"Null": {**_given(_ENCRYPTION), _KEY: "true"}})


def only_this_mode(bucket_arn: str, lock: ObjectLock) -> Statement:
    """Threat: a backup locked in a mode that can be bypassed. Any other lock mode is denied."""
    return _deny_write(
        "OnlyThisLockMode", bucket_arn, {"StringNotEquals": {_MODE: lock.mode.value}, "Null": _given(_MODE)}
    )


def lock_is_long_enough(bucket_arn: str, lock: ObjectLock) -> Statement:
    """Threat: a backup locked for a moment only, deleted after it. Shorter locks are denied, replicas included."""
    return _deny_retention("LockIsLongEnough", bucket_arn, {"NumericLessThan": {_DAYS: str(lock.minimum.days)}})


def lock_is_not_endless(bucket_arn: str, lock: ObjectLock) -> Statement:
    """Threat: a mistyped year, or malice, that locks for a century what nobody may delete. Longer locks are denied.

    One day of slack keeps rounding and clock skew from refusing a lock of exactly the maximum.
    """
    return _deny_retention("LockIsNotEndless", bucket_arn, {"NumericGreaterThan": {_DAYS: str(lock.maximum.days + 1)}})


def encryption_is_explicit(bucket_arn: str, optional_under: Sequence[str]) -> Statement:
    """Threat: a writer that relies on a default somebody changed. A write that names no encryption is denied."""
    return _deny_silence("EncryptionIsExplicit", bucket_arn, _ENCRYPTION, optional_under)


def lock_is_explicit(bucket_arn: str, optional_under: Sequence[str]) -> Statement:
    """Threat: a writer that relies on a default somebody changed. A write that names no lock is denied."""
    return _deny_silence("LockIsExplicit", bucket_arn, _MODE, optional_under)


def never_overwritten(bucket_arn: str) -> Statement:
    """Threat: evidence replaced by a later version under the same name. Only writes with `If-None-Match` pass.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
    """
    when = {"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}}
    return _deny_write("NeverOverwritten", bucket_arn, when)


def only_these_writers(bucket_arn: str, writers: Principals) -> Statement:
    """Threat: records slipped in by somebody who may write to S3 but runs no drills. All other writers are denied."""
    return deny("OnlyTheseWriters", ["s3:PutObject"], on=[f"{bucket_arn}/*"], except_for=writers)


def _given(key: str) -> dict[str, str]:
    return {key: "false"}


def _deny_write(sid: str, bucket_arn: str, when: Conditions) -> Statement:
    return deny(sid, ["s3:PutObject"], on=[f"{bucket_arn}/*"], when=when)


def _deny_retention(sid: str, bucket_arn: str, when: Conditions) -> Statement:
    actions = ("s3:PutObject", "s3:PutObjectRetention", "s3:ReplicateObject")
    return deny(sid, actions, on=[f"{bucket_arn}/*"], when=when)


def _deny_silence(sid: str, bucket_arn: str, key: str, optional_under: Sequence[str]) -> Statement:
    when = {"Null": {key: "true"}}
    if not optional_under:
        return _deny_write(sid, bucket_arn, when)
    return deny(sid, ["s3:PutObject"], not_on=[f"{bucket_arn}/{prefix}*" for prefix in optional_under], when=when)
