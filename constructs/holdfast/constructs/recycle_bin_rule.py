"""A rule of the Recycle Bin: what is deleted can still be had back for a while."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.limits import matches, require, whole_days

_GUIDE = "https://docs.aws.amazon.com/ebs/latest/userguide/recycle-bin.html"
_TAGS = 50


class Recycled(StrEnum):
    """What the Recycle Bin keeps."""

    EBS_SNAPSHOT = "EBS_SNAPSHOT"
    EC2_IMAGE = "EC2_IMAGE"


class RecycleBinRule(Construct):
    """Keeps deleted snapshots or images, those of Data Lifecycle Manager's own expiry included, and charges for them.

    A locked rule cannot be changed or deleted until somebody unlocks it and the delay has passed: an attacker who
    deletes snapshots cannot empty the bin as well before anybody notices. AWS locks only rules for the whole Region.

    Args:
        kind: snapshots or images.
        keep: how long they can be had back; whole days, 1 to 365.
        unlock_delay: locks the rule; whole days, 7 to 30, between unlocking it and its end. By default it is not
            locked.
        tags: only resources with one of these tags, at most 50; such a rule cannot be locked. By default all of the
            Region.
        description: up to 255 characters.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        RecycleBinRule(
            stack,
            "RecycleBin",
            kind=Recycled.EBS_SNAPSHOT,
            keep=timedelta(days=14),
            unlock_delay=timedelta(days=7),
        )

    Raises:
        OutsideLimit: a value is outside a limit of the Recycle Bin, or a rule by tag is to be locked.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        kind: Recycled,
        keep: timedelta,
        unlock_delay: timedelta | None = None,
        tags: Mapping[str, str] | None = None,
        description: str = "Deleted backups can be had back",
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        chosen = tags or {}
        days = whole_days(keep, least=1, most=365, construct="RecycleBinRule", field="keep", reference=_GUIDE)
        matches(
            description,
            r"[\S ]{0,255}",
            construct="RecycleBinRule",
            field="description",
            allowed="up to 255 characters on one line",
            reference="https://docs.aws.amazon.com/recyclebin/latest/APIReference/API_CreateRule.html",
        )
        require(
            len(chosen) <= _TAGS and not (chosen and unlock_delay),
            construct="RecycleBinRule",
            field="tags",
            value=f"{len(chosen)} tags" + (", locked" if unlock_delay else ""),
            allowed=f"at most {_TAGS}, and none for a rule that is locked",
            reference="https://docs.aws.amazon.com/ebs/latest/userguide/recycle-bin-lock.html",
        )
        aws.RbinRule(
            self,
            "Resource",
            resource_type=kind.value,
            description=description,
            retention_period={"retention_period_value": days, "retention_period_unit": "DAYS"},
            resource_tags=[
                aws.RbinRuleResourceTags(resource_tag_key=key, resource_tag_value=value)
                for key, value in chosen.items()
            ]
            or None,
            lock_configuration=_lock(unlock_delay),
            provider=provider,
        )


def _lock(delay: timedelta | None) -> aws.RbinRuleLockConfiguration | None:
    if delay is None:
        return None
    days = whole_days(delay, least=7, most=30, construct="RecycleBinRule", field="unlock_delay", reference=_GUIDE)
    return aws.RbinRuleLockConfiguration(unlock_delay={"unlock_delay_value": days, "unlock_delay_unit": "DAYS"})
