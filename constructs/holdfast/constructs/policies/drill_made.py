"""How what a drill made is told from everything else: by the tags it is given when it is made, and by nothing later.

Whoever could tag a resource afterwards could make a drill's of what is not one; so no role of a drill tags anything but
what it makes (`ec2:CreateAction`, names of instances).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from holdfast.constructs.policies.document import Conditions, Statement, allow

DRILL_TAG, ENVIRONMENT_TAG = "holdfast:drill", "holdfast:environment"
DRILL_ID = "drill-????????T??????Z-????????"
"""What the id of a drill looks like. The tag of the environment alone is on much that is real."""
_TOUCH = (
    "ec2:DeleteSnapshot",
    "ec2:DeleteVolume",
    "rds:DeleteDBInstance",
    "rds:ModifyDBInstance",
)


@dataclass(frozen=True)
class DrillMade:
    """Where drills restore snapshots to, and how what they make there is told.

    Args:
        environment: the value of `holdfast:environment` on what its drills make.
        account: the account they restore in.
        regions: the Regions they restore in.
    """

    environment: str
    account: str
    regions: tuple[str, ...]

    @property
    def as_asked(self) -> Conditions:
        """The request gives these tags to what it makes."""
        return self._tagged("aws:RequestTag")

    @property
    def as_tagged(self) -> Conditions:
        """The resource has these tags."""
        return self._tagged("aws:ResourceTag")

    @property
    def volumes(self) -> str:
        """ARN pattern of the volumes of the account. Which Regions, `never_elsewhere` says once for all."""
        return f"arn:aws:ec2:*:{self.account}:volume/*"

    @property
    def snapshots(self) -> str:
        """ARN pattern of EBS snapshots: they have no account in theirs."""
        return "arn:aws:ec2:*::snapshot/*"

    def databases(self, kind: str, name: str = "*") -> str:
        """ARN pattern of resources of RDS, such as `db`, of the account."""
        return f"arn:aws:rds:*:{self.account}:{kind}:{name}"

    def _tagged(self, key: str) -> Conditions:
        return {
            "StringEquals": {f"{key}/{ENVIRONMENT_TAG}": self.environment},
            "StringLike": {f"{key}/{DRILL_TAG}": DRILL_ID},
        }


def look_at_keys(made: DrillMade) -> Statement:
    """Threat: a copy under a key that is lost with the rest. Whose key it is, is asked by its ARN and by its alias."""
    return allow("LookAtKeys", ["kms:DescribeKey"], on=[f"arn:aws:kms:*:{made.account}:*"])


def never_touch_what_no_drill_made() -> Statement:
    """Threat: a drill, or who stole its role, that deletes or changes what is real. Denied but for what has the tag.

    The condition holds as well for what has no such tag at all.
    """
    when: Conditions = {"StringNotLike": {f"aws:ResourceTag/{DRILL_TAG}": DRILL_ID}}
    return Statement("NeverTouchWhatIsReal", "Deny", _TOUCH, ("*",), conditions=when)


def never_elsewhere(made: DrillMade) -> Statement:
    """Threat: a stolen role that works where nobody looks. Nothing of EBS, RDS or KMS outside these Regions."""
    when: Conditions = {"StringNotEquals": {"aws:RequestedRegion": made.regions}}
    return Statement("NeverElsewhere", "Deny", ("ebs:*", "ec2:*", "kms:*", "rds:*"), ("*",), conditions=when)


def never_harm_snapshots() -> Statement:
    """Threat: a drill that ends what it proves, or gives it away. Snapshots, their locks and keys stay as they are."""
    actions = (
        "ec2:AttachVolume",
        "ec2:ModifySnapshotAttribute",
        "ec2:ModifySnapshotTier",
        "ec2:UnlockSnapshot",
        "kms:DisableKey",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "rds:DeleteDBInstanceAutomatedBackup",
        "rds:DeleteDBSnapshot",
        "rds:ModifyDBSnapshotAttribute",
    )
    return Statement("NeverHarmSnapshots", "Deny", actions, ("*",))


def by_keys(datasets: Sequence[Mapping[str, str]]) -> dict[tuple[str, ...], dict[str, list[str]]]:
    """The tags of datasets, those with the same keys together: IAM takes several values of a key for one or the other.

    A dataset with several tags is let in with any mixture of the values of those that have the same keys.
    """
    found: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for tags in datasets:
        if tags:
            values = found.setdefault(tuple(sorted(tags)), {key: [] for key in sorted(tags)})
            for key, value in tags.items():
                values[key] += [] if value in values[key] else [value]
    return found
