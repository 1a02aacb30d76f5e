"""A policy of Data Lifecycle Manager: snapshots of EBS volumes and EC2 instances, or EC2 images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.limits import matches, require
from holdfast.constructs.policies import aws_service
from holdfast.constructs.policies.document import ROLE_POLICY
from holdfast.constructs.service_role import Purpose, ServiceRole
from holdfast.constructs.snapshot_schedule import SnapshotSchedule

_API = "https://docs.aws.amazon.com/dlm/latest/APIReference/API_PolicyDetails.html"
_SCHEDULES, _TAGS = 4, 50


class SnapshotTarget(StrEnum):
    """What a `SnapshotPolicy` looks at and makes."""

    VOLUMES = "volumes"
    """A snapshot of each volume that has the tags."""

    INSTANCES = "instances"
    """Snapshots of all volumes of each instance that has the tags, taken at the same moment."""

    IMAGES = "images"
    """An image (AMI) of each instance that has the tags."""


class SnapshotPolicy(Construct):
    """Snapshots on a schedule, deleted by age or number, copied to other Regions under keys of their own.

    Data Lifecycle Manager locks nothing: what it makes can be deleted by whoever may, and comes back only from the
    Recycle Bin (`RecycleBinRule`). It is for quick restores close by; what must outlive an attacker is AWS Backup's.

    Args:
        description: what the policy is for: up to 500 letters, digits, spaces, - and _.
        account: the account it is in.
        role_name: name of the role Data Lifecycle Manager works with; made here.
        target: volumes, instances, or images of instances.
        tags: resources with *any* of these tags, 1 to 50.
        schedules: 1 to 4, each name once.
        without_boot_volume: whether boot volumes of instances are left out. By default they are not.
        reboot: whether instances are rebooted for an image, so that it is consistent. By default they are not.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        copy = RegionalCopy("us-west-2", "arn:aws:kms:us-west-2:111122223333:key/1234abcd", keep=timedelta(days=30))
        SnapshotPolicy(
            stack,
            "Snapshots",
            description="Volumes of the metrics store",
            account="111122223333",
            role_name="metrics-snapshots",
            target=SnapshotTarget.VOLUMES,
            tags={"service": "metrics"},
            schedules=[
                SnapshotSchedule(
                    "every 6 hours", every=timedelta(hours=6), keep=timedelta(days=7), copies=(copy,),
                    fast_restore=["us-east-1a"], fast_restore_for=timedelta(days=1),
                )
            ],
        )

    Raises:
        OutsideLimit: a value is outside a limit of Data Lifecycle Manager.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        description: str,
        account: str,
        role_name: str,
        target: SnapshotTarget,
        tags: Mapping[str, str],
        schedules: Sequence[SnapshotSchedule],
        without_boot_volume: bool = False,
        reboot: bool = False,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        matches(
            description,
            r"[0-9A-Za-z _-]{1,500}",
            construct="SnapshotPolicy",
            field="description",
            allowed="1 to 500 letters, digits, spaces, - and _",
            reference="https://docs.aws.amazon.com/dlm/latest/APIReference/API_CreateLifecyclePolicy.html",
        )
        _check(target, tags, schedules, without_boot_volume=without_boot_volume, reboot=reboot)
        images = target is SnapshotTarget.IMAGES
        self.role = ServiceRole(
            self,
            "Role",
            role_name=role_name,
            account=account,
            purpose=Purpose.IMAGES if images else Purpose.SNAPSHOTS,
            provider=provider,
        )
        keys = list(dict.fromkeys(copy.key_arn for schedule in schedules for copy in schedule.copies))
        allowed = [*self.role.attachments, *self._copies_under(keys, role_name)]
        aws.DlmLifecyclePolicy(
            self,
            "Resource",
            description=description,
            execution_role_arn=self.role.role_arn,
            policy_details=aws.DlmLifecyclePolicyPolicyDetails(
                policy_type="IMAGE_MANAGEMENT" if images else "EBS_SNAPSHOT_MANAGEMENT",
                resource_types=["VOLUME" if target is SnapshotTarget.VOLUMES else "INSTANCE"],
                target_tags=dict(tags),
                schedule=[_schedule(schedule) for schedule in schedules],
                parameters=_parameters(target, without_boot_volume=without_boot_volume, reboot=reboot),
            ),
            depends_on=allowed,
            provider=provider,
        )

    def _copies_under(self, keys: Sequence[str], role_name: str) -> list[aws.IamRolePolicy]:
        """Let the role use the keys of its copies; AWS's own policy for it names no key."""
        if not keys:
            return []
        return [
            aws.IamRolePolicy(
                self.role,
                "CopyKeys",
                name=f"{role_name}-copies",
                role=self.role.role_name,
                policy=ROLE_POLICY.render(
                    [aws_service.copy_under(keys), aws_service.hand_on_keys(keys)], construct="SnapshotPolicy"
                ),
                provider=self.role.provider,
            )
        ]


def _parameters(target: SnapshotTarget, *, without_boot_volume: bool, reboot: bool) -> dict[str, bool] | None:
    if target is SnapshotTarget.IMAGES:
        return {"no_reboot": not reboot}
    return {"exclude_boot_volume": True} if without_boot_volume else None


def _schedule(schedule: SnapshotSchedule) -> aws.DlmLifecyclePolicyPolicyDetailsSchedule:
    by_clock = {"interval": schedule.hours, "interval_unit": "HOURS", "times": [schedule.at]}
    return aws.DlmLifecyclePolicyPolicyDetailsSchedule(
        name=schedule.name,
        copy_tags=schedule.copy_tags,
        tags_to_add=dict(schedule.tags) or None,
        create_rule={"cron_expression": schedule.cron} if schedule.cron else by_clock,
        retain_rule={"count": schedule.count} if schedule.count else _for_days(schedule.keep.days),
        cross_region_copy_rule=[
            aws.DlmLifecyclePolicyPolicyDetailsScheduleCrossRegionCopyRule(
                target=copy.region,
                encrypted=True,
                cmk_arn=copy.key_arn,
                copy_tags=schedule.copy_tags,
                retain_rule=_for_days(copy.keep.days),
            )
            for copy in schedule.copies
        ]
        or None,
        fast_restore_rule=_fast(schedule),
    )


def _fast(schedule: SnapshotSchedule) -> dict[str, Any] | None:
    if not schedule.fast_restore:
        return None
    kept = schedule.fast_restore_for or schedule.keep
    how_long = {"count": schedule.count} if schedule.count else _for_days(kept.days)
    return {"availability_zones": list(schedule.fast_restore), **how_long}


def _for_days(days: int) -> dict[str, Any]:
    return {"interval": days, "interval_unit": "DAYS"}


def _check(
    target: SnapshotTarget,
    tags: Mapping[str, str],
    schedules: Sequence[SnapshotSchedule],
    *,
    without_boot_volume: bool,
    reboot: bool,
) -> None:
    names = [schedule.name for schedule in schedules]
    images = target is SnapshotTarget.IMAGES
    fast = any(schedule.fast_restore for schedule in schedules)
    checks = (
        ("tags", f"{len(tags)} tags", f"1 to {_TAGS}", 1 <= len(tags) <= _TAGS),
        ("schedules", f"{len(names)} schedules", f"1 to {_SCHEDULES}", 1 <= len(names) <= _SCHEDULES),
        ("schedules", ", ".join(names), "each name once", len(names) == len(set(names))),
        ("schedules", "fast restore of images", "fast restore of snapshots", not (images and fast)),
        ("without_boot_volume", target.value, "instances only", not without_boot_volume or target is _INSTANCES),
        ("reboot", target.value, "images only", not reboot or images),
    )
    for what, value, allowed, holds in checks:
        require(holds, construct="SnapshotPolicy", field=what, value=value, allowed=allowed, reference=_API)


_INSTANCES = SnapshotTarget.INSTANCES
