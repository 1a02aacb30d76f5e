"""Who a restore reads as: the restore role, with a second factor, for one tenant, narrowed to the sets of the plan."""

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

RESTORE_OPERATOR, BREAK_GLASS, DRILL_RUNNER = "restore-operator", "break-glass", "drill-runner"
_LONGEST_POLICY = 2000
"""STS takes 2048 characters (AssumeRole, Policy)."""
_SANDBOX = "the sandbox checks no second factor and knows no policy variables: read as the drill runner, narrowed"


@dataclass(frozen=True)
class Elevated:
    """What was reached.

    Args:
        by_tenant: sessions to read each tenant's sets with, by session tag.
        role: purpose of the role.
        mfa: whether STS checked a second factor.
        remark: what is not as it is at AWS.
    """

    by_tenant: Mapping[str, Sessions]
    role: str
    mfa: bool
    remark: str = ""

    def sessions_of(self, item: Item) -> Sessions:
        """Who reads an item."""
        return self.by_tenant[tag_of(item.tenant)]


def elevated_for(
    plan: RestorePlan, sessions: Sessions, *, factor: SecondFactor | None, break_glass: bool, restore_id: str
) -> Elevated:
    """Take on the restore role for a plan.

    The sandbox's STS checks no second factor, and its IAM knows no policy variables, which is what the restore role is
    made of. There the drill runner's role is taken on, narrowed to the same sets; the answer says so.

    Args:
        plan: what is read.
        sessions: of the person who restores.
        factor: the second factor; may be missing in a sandbox only.
        break_glass: take on the break-glass role first, to show that this person may.
        restore_id: the session's name in the trail.

    Raises:
        NeedsSecondFactor: none was given.
        SecondFactorRefused: STS does not accept it.
        ServiceError: the role cannot be taken on.
    """
    environment = sessions.environment
    if factor is None and not environment.sandbox:
        raise NeedsSecondFactor(environment=environment.environment)
    tags = sorted({tag_of(item.tenant) for item in plan.items})
    purpose = DRILL_RUNNER if environment.sandbox else RESTORE_OPERATOR
    before = [Task(BREAK_GLASS)] if break_glass and not environment.sandbox else []
    tasks = [
        Task(purpose, {} if environment.sandbox else {"tenant": tag}, only_sets(plan, tag, Names(environment)))
        for tag in tags
    ]
    held = elevate(sessions, [*before, *tasks], region=plan.region, factor=factor, name=restore_id)
    by_tenant = dict(zip(tags, held[len(before) :], strict=True))
    return Elevated(by_tenant, purpose, mfa=not environment.sandbox, remark=_SANDBOX if environment.sandbox else "")


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
