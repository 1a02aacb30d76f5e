"""EBS snapshots kept close by, for the quick restore; the copies that must last are AWS Backup's."""

from __future__ import annotations

from datetime import timedelta

from holdfast.constructs.recycle_bin_rule import RecycleBinRule, Recycled
from holdfast.constructs.snapshot_policy import SnapshotPolicy, SnapshotTarget
from holdfast.constructs.snapshot_schedule import RegionalCopy, SnapshotSchedule
from holdfast.environments.model import Dataset, DatasetKind, LockMode
from holdfast.stacks.base import EnvironmentStack
from holdfast.stacks.elsewhere import Elsewhere
from holdfast.stacks.served import served_by_aws_backup

_TARGETS = {DatasetKind.EBS: SnapshotTarget.VOLUMES, DatasetKind.EC2: SnapshotTarget.INSTANCES}
_KEPT = timedelta(days=7)
_FAST = timedelta(days=1)


def snapshot_policies(stack: EnvironmentStack, there: Elsewhere | None) -> None:
    """A policy for each dataset of volumes or instances found by one tag, as `Snapshots-<dataset>`, and a Recycle Bin.

    Data Lifecycle Manager takes what has *any* of its tags, a dataset is what has *all* of its own: with more than one
    tag it would take too much, so such a dataset has the snapshots of AWS Backup alone.
    """
    datasets = [each for each in served_by_aws_backup(stack.environment) if each.kind in _TARGETS]
    for dataset in datasets:
        if len(dataset.select.tags) == 1:
            _policy(stack, dataset, there)
    if datasets:
        locked = stack.environment.lock.mode is LockMode.COMPLIANCE
        RecycleBinRule(
            stack,
            "RecycleBin",
            kind=Recycled.EBS_SNAPSHOT,
            keep=_KEPT,
            unlock_delay=_KEPT if locked else None,
            description=f"Deleted snapshots of {stack.environment.environment} can be had back",
        )


def _policy(stack: EnvironmentStack, dataset: Dataset, there: Elsewhere | None) -> None:
    SnapshotPolicy(
        stack,
        f"Snapshots-{dataset.name}",
        description=f"Snapshots of {dataset.name} for quick restores",
        account=stack.account,
        role_name=stack.names.snapshot_role(dataset.name),
        target=_TARGETS[dataset.kind],
        tags=dataset.select.tags,
        schedules=[_daily(stack, dataset, there)],
    )


def _daily(stack: EnvironmentStack, dataset: Dataset, there: Elsewhere | None) -> SnapshotSchedule:
    asked = dataset.snapshots
    copies: tuple[RegionalCopy, ...] = ()
    if asked.copy_for is not None and there is not None:
        copies = (RegionalCopy(stack.environment.regions.recovery, there.key.key_arn, asked.copy_for),)
    return SnapshotSchedule(
        "daily",
        at="05:00",
        keep=asked.keep,
        copies=copies,
        fast_restore=asked.fast_restore,
        fast_restore_for=_FAST if asked.fast_restore else None,
    )
