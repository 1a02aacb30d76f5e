"""What the restricted roles may do and may never do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from holdfast.constructs.policies import sharing, weakening
from holdfast.constructs.policies.document import Conditions, Statement, allow, never
from holdfast.constructs.principals import Principals

_THROUGH_S3 = {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}


@dataclass(frozen=True)
class KeyAlias:
    """A KMS key named by its alias, because the key's own ARN is known only once another stack is applied.

    Args:
        region: Region of the key.
        account: account of the key.
        alias: the alias, `alias/` included.
    """

    region: str
    account: str
    alias: str

    @property
    def arn(self) -> str:
        """The ARN of the alias."""
        return f"arn:aws:kms:{self.region}:{self.account}:{self.alias}"

    @property
    def keys(self) -> str:
        """The ARN pattern of all keys of that account and Region; narrowed by `kms:ResourceAliases`."""
        return f"arn:aws:kms:{self.region}:{self.account}:key/*"


def trust(trusted: Principals) -> Statement:
    """Threat: a role anybody in the organisation can take on. Only the named principals of named accounts can."""
    return allow("TakeOnTheRole", ["sts:AssumeRole"], on=(), to=trusted)


def list_buckets(bucket_arns: Sequence[str]) -> Statement:
    """Threat: a write or read of which nobody can tell whether it happened, or how it is protected."""
    return allow("ListAndInspect", (*sharing.LIST, *sharing.INSPECT), on=bucket_arns)


def write(sid: str, bucket_arns: Sequence[str], under: Sequence[str]) -> Statement:
    """Threat: a writer that reaches what it did not write. Put and lock, under these prefixes only.

    `s3:PutObjectRetention` can only lengthen a COMPLIANCE lock.
    """
    return allow(sid, sharing.WRITE, on=_objects(bucket_arns, under))


def read(sid: str, bucket_arns: Sequence[str], under: Sequence[str]) -> Statement:
    """Threat: reading more than the work needs. Objects under these prefixes, their versions and their locks."""
    return allow(sid, sharing.READ, on=_objects(bucket_arns, under))


def use_keys(sid: str, actions: Sequence[str], keys: Sequence[KeyAlias]) -> Statement:
    """Threat: the use of any other key of the account. Only keys of these aliases, and only through S3.

    https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    """
    aliases = list(dict.fromkeys(key.alias for key in keys))
    when: Conditions = {**_THROUGH_S3, "ForAnyValue:StringEquals": {"kms:ResourceAliases": aliases}}
    return allow(sid, actions, on=[key.keys for key in keys], when=when)


def sign(key: KeyAlias) -> tuple[Statement, Statement]:
    """Threat: evidence signed by another key. The one of this alias, to sign with and to hand out its public half.

    KMS decides by the key, whatever the call names it by. An emulator may decide by the alias the call names, hence the
    second statement; for KMS itself an alias in `Resource` allows nothing.
    """
    actions = ("kms:DescribeKey", "kms:GetPublicKey", "kms:Sign")
    aliases = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": [key.alias]}}
    return allow("Sign", actions, on=[key.keys], when=aliases), allow("SignByAlias", actions, on=[key.arn])


def publish(namespace: str) -> Statement:
    """Threat: an alarm kept quiet by made-up figures of another. Metrics of this namespace only.

    IAM knows no resource for `cloudwatch:PutMetricData`, and this condition for it
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html).
    """
    when: Conditions = {"StringEquals": {"cloudwatch:namespace": namespace}}
    return allow("PublishFigures", ["cloudwatch:PutMetricData"], on=["*"], when=when)


def never_destroy() -> Statement:
    """Threat: a stolen role that deletes, hides, or weakens backups, whatever policy is attached to it later."""
    keys = ("kms:CreateGrant", "kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion")
    return never("NeverDestroy", (*weakening.DELETE, *weakening.WEAKEN, *keys))


def never_climb() -> Statement:
    """Threat: a stolen role that gives itself more. No IAM, no other role."""
    return never("NeverClimb", ("iam:*", "organizations:*", "sts:AssumeRole"))


def never_decrypt() -> Statement:
    """Threat: the writer's credential, which lies on every machine that is backed up, reading all backups."""
    return never("NeverDecrypt", ("kms:Decrypt", "kms:ReEncrypt*"))


def _objects(bucket_arns: Sequence[str], under: Sequence[str]) -> list[str]:
    return [arn for bucket in bucket_arns for arn in sharing.objects(bucket, under)]
