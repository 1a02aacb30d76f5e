"""Who a restore reads as: the restore role, with a second factor, for one tenant, narrowed to the sets of the plan.

By break-glass as well: what that leaves out is the approval. The break-glass role administers keys, and who may take it
on must not be able to decrypt (ADR 19), so nobody could be asked to show both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from holdfast.aws.elevation import SecondFactor, Task, elevate
from holdfast.aws.sessions import Sessions
from holdfast.environments.names import Names
from holdfast.restore.errors import NeedsSecondFactor
from holdfast.restore.plan import Item, RestorePlan
from holdfast.restore.scope import tag_of

RESTORE_OPERATOR = "restore-operator"
_LONGEST_POLICY = 2000
"""STS takes 2048 characters (AssumeRole, Policy)."""


@dataclass(frozen=True)
class Elevated:
    """What was reached.

    Args:
        by_tenant: sessions to read each tenant's sets with, by session tag.
        role: purpose of the role.
        mfa: whether STS checked a second factor.
    """

    by_tenant: Mapping[str, Sessions]
    role: str
    mfa: bool

    def sessions_of(self, item: Item) -> Sessions:
        """Who reads an item."""
        return self.by_tenant[tag_of(item.tenant)]


def elevated_for(plan: RestorePlan, sessions: Sessions, *, factor: SecondFactor | None, restore_id: str) -> Elevated:
    """Take on the restore role for a plan, once for each tenant in it.

    Args:
        plan: what is read.
        sessions: of the person who restores.
        factor: the second factor.
        restore_id: the session's name in the trail.

    Raises:
        NeedsSecondFactor: none was given.
        SecondFactorRefused: STS does not accept it.
        ServiceError: the role cannot be taken on.
    """
    environment = sessions.environment
    if factor is None:
        raise NeedsSecondFactor(environment=environment.environment)
    tags = sorted({tag_of(item.tenant) for item in plan.items})
    tasks = [Task(RESTORE_OPERATOR, {"tenant": tag}, only_sets(plan, tag, Names(environment))) for tag in tags]
    held = elevate(sessions, tasks, region=plan.region, factor=factor, name=restore_id)
    by_tenant = dict(zip(tags, held, strict=True))
    return Elevated(by_tenant, RESTORE_OPERATOR, mfa=True)


def only_sets(plan: RestorePlan, tag: str, names: Names) -> dict[str, Any]:
    """The session policy: the sets of the plan that carry this tag, in the plan's Region, and nothing else."""
    import json

    folders = [f"{item.dataset}/{tag}" for item in plan.items if tag_of(item.tenant) == tag]
    policy = _policy(names.bucket_in(plan.region), folders)
    if len(json.dumps(policy, separators=(",", ":"))) > _LONGEST_POLICY:
        policy = _policy(names.bucket_in(plan.region), [f"*/{tag}"])
    return policy


def _policy(bucket: str, folders: Iterable[str]) -> dict[str, Any]:
    arn = f"arn:aws:s3:::{bucket}"
    keys = [f"{kind}/{folder}/*" for folder in folders for kind in ("objects", "sets")]
    allow = {"Effect": "Allow"}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                **allow,
                "Action": ["s3:ListBucket", "s3:ListBucketVersions"],
                "Resource": arn,
                "Condition": {"StringLike": {"s3:prefix": keys}},
            },
            {
                **allow,
                "Action": ["s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectRetention"],
                "Resource": [f"{arn}/{key}" for key in keys],
            },
            {**allow, "Action": ["kms:Decrypt", "kms:DescribeKey"], "Resource": "*"},
        ],
    }
