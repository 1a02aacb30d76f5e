"""What each role must not do, one row an attempt: made so that it does no harm even where it is accepted.

What is written is what is there already; what is named does not exist; what is deleted is a locked canary. The two
attempts that would harm, disabling the key and scheduling its deletion, are made in a sandbox only, and undone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from holdfast.drills.canary import Canary

WRITER, RUNNER, OPERATOR, RESTORER, AUDITOR, BREAK_GLASS = (
    "backup-writer",
    "drill-runner",
    "backup-operator",
    "restore-operator",
    "auditor",
    "break-glass",
)
ROLES = (WRITER, RUNNER, OPERATOR, AUDITOR)
"""Who tries: the roles that can be taken on without a second factor."""
ELEVATED = (RESTORER, BREAK_GLASS)
"""Who must not be taken on without a second factor."""


@dataclass(frozen=True)
class Ground:
    """What attempts are made on, read by the caller beforehand.

    Args:
        canary: a locked object of this drill.
        key: ARN of the Region's backup key.
        key_policy, bucket_policy: as they are now; None when the caller may not read them.
        sealed: a data key under the backup key; None when the caller may not make one.
        drill_id: names what an accepted write would leave.
    """

    region: str
    bucket: str
    evidence_bucket: str
    canary: Canary
    key: str
    key_policy: str | None
    bucket_policy: str | None
    sealed: bytes | None
    drill_id: str
    role_arns: dict[str, str]


Client = Callable[[str], Any]


@dataclass(frozen=True)
class Attempt:
    """One thing to try.

    Args:
        id: what it is called in a record, after the role.
        call: the API call.
        resource: on what.
        make: makes it, with clients of the role.
        roles: who must be refused.
        sandbox_only: whether it would harm if it were accepted.
        in_home_region: whether it goes to IAM, which has no Region.
    """

    id: str
    call: str
    resource: Callable[[Ground], str]
    make: Callable[[Client, Ground], Any]
    roles: tuple[str, ...] = ROLES
    sandbox_only: bool = False
    in_home_region: bool = False


_NOBODY = "holdfast-drill-nobody"
_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def _canary(ground: Ground) -> str:
    return ground.canary.resource


def _bucket(ground: Ground) -> str:
    return f"s3://{ground.bucket}"


def _key(ground: Ground) -> str:
    return ground.key


def _version(ground: Ground) -> dict[str, str]:
    canary = ground.canary
    return {"Bucket": canary.bucket, "Key": canary.key, "VersionId": canary.version_id}


def _written(ground: Ground, prefix: str) -> dict[str, Any]:
    return {"Bucket": ground.bucket, "Key": f"{prefix}{ground.drill_id}/written", "Body": b""}


ATTEMPTS: tuple[Attempt, ...] = (
    Attempt(
        "delete-version",
        "s3:DeleteObject(VersionId)",
        _canary,
        lambda client, ground: client("s3").delete_object(**_version(ground)),
    ),
    Attempt(
        "bypass-governance",
        "s3:DeleteObject(VersionId, BypassGovernanceRetention)",
        _canary,
        lambda client, ground: client("s3").delete_object(**_version(ground), BypassGovernanceRetention=True),
    ),
    Attempt(
        "hide",
        "s3:DeleteObject",
        _canary,
        lambda client, ground: client("s3").delete_object(Bucket=ground.bucket, Key=ground.canary.key),
    ),
    Attempt(
        "legal-hold",
        "s3:PutObjectLegalHold(OFF)",
        _canary,
        lambda client, ground: client("s3").put_object_legal_hold(
            **_version(ground), LegalHold={"Status": "OFF"}, ChecksumAlgorithm="SHA256"
        ),
    ),
    Attempt(
        "set-versioning",
        "s3:PutBucketVersioning(as it is)",
        _bucket,
        lambda client, ground: client("s3").put_bucket_versioning(
            Bucket=ground.bucket, VersioningConfiguration={"Status": "Enabled"}
        ),
    ),
    Attempt(
        "set-public-access-block",
        "s3:PutPublicAccessBlock(everything blocked)",
        _bucket,
        lambda client, ground: client("s3").put_public_access_block(
            Bucket=ground.bucket,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        ),
    ),
    Attempt(
        "set-bucket-policy",
        "s3:PutBucketPolicy(as it is)",
        _bucket,
        lambda client, ground: client("s3").put_bucket_policy(Bucket=ground.bucket, Policy=ground.bucket_policy),
    ),
    Attempt(
        "delete-evidence",
        "s3:DeleteObject(evidence)",
        lambda ground: f"s3://{ground.evidence_bucket}",
        lambda client, ground: client("s3").delete_object(Bucket=ground.evidence_bucket, Key=_NOBODY),
    ),
    Attempt(
        "read-backups",
        "s3:GetObject",
        _canary,
        lambda client, ground: client("s3").get_object(**_version(ground)),
        roles=(WRITER, OPERATOR, AUDITOR),
    ),
    Attempt(
        "write-backup-set",
        "s3:PutObject(sets/)",
        _bucket,
        lambda client, ground: client("s3").put_object(**_written(ground, "sets/")),
        roles=(RUNNER, OPERATOR, AUDITOR),
    ),
    Attempt(
        "write-evidence",
        "s3:PutObject(evidence)",
        lambda ground: f"s3://{ground.evidence_bucket}",
        lambda client, ground: client("s3").put_object(
            **{**_written(ground, "access-control/"), "Bucket": ground.evidence_bucket}
        ),
        roles=(WRITER, OPERATOR, AUDITOR),
    ),
    Attempt(
        "decrypt",
        "kms:Decrypt",
        _key,
        lambda client, ground: client("kms").decrypt(CiphertextBlob=ground.sealed),
    ),
    Attempt(
        "set-key-policy",
        "kms:PutKeyPolicy(as it is)",
        _key,
        lambda client, ground: client("kms").put_key_policy(
            KeyId=ground.key, PolicyName="default", Policy=ground.key_policy
        ),
    ),
    Attempt(
        "disable-key",
        "kms:DisableKey",
        _key,
        lambda client, ground: client("kms").disable_key(KeyId=ground.key),
        sandbox_only=True,
    ),
    Attempt(
        "delete-key",
        "kms:ScheduleKeyDeletion",
        _key,
        lambda client, ground: client("kms").schedule_key_deletion(KeyId=ground.key, PendingWindowInDays=30),
        sandbox_only=True,
    ),
    Attempt(
        "make-access-key",
        "iam:CreateAccessKey(nobody)",
        lambda _: f"user/{_NOBODY}",
        lambda client, _: client("iam").create_access_key(UserName=_NOBODY),
        in_home_region=True,
    ),
    Attempt(
        "become-administrator",
        "iam:AttachRolePolicy(nobody, AdministratorAccess)",
        lambda _: f"role/{_NOBODY}",
        lambda client, _: client("iam").attach_role_policy(RoleName=_NOBODY, PolicyArn=_ADMINISTRATOR),
        in_home_region=True,
    ),
    Attempt(
        "widen-trust",
        "iam:UpdateAssumeRolePolicy(nobody)",
        lambda _: f"role/{_NOBODY}",
        lambda client, _: client("iam").update_assume_role_policy(
            RoleName=_NOBODY, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []})
        ),
        in_home_region=True,
    ),
    *(
        Attempt(
            f"become-{purpose}",
            f"sts:AssumeRole({purpose})",
            lambda ground, purpose=purpose: ground.role_arns[purpose],  # type: ignore[misc]
            lambda client, ground, purpose=purpose: client("sts").assume_role(  # type: ignore[misc]
                RoleArn=ground.role_arns[purpose], RoleSessionName="holdfast-drill"
            ),
            roles=tuple(each for each in ROLES if each != purpose),
        )
        for purpose in (WRITER, RUNNER, RESTORER, BREAK_GLASS)
    ),
)
"""Every attempt, in the order it is made by each role."""
