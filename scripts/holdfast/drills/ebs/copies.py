"""What is asked of the snapshot itself: complete, under the right key, shared with nobody, locked long enough."""

from __future__ import annotations

from typing import Any

from holdfast.aws.translate import translated
from holdfast.drills.checks import Check, CheckKind, compare, failed, passed, skipped
from holdfast.drills.context import Drill
from holdfast.drills.copy_keys import declared_key
from holdfast.drills.ebs.snapshots import Snapshot, before, client_of, snapshots_of
from holdfast.environments.model import Dataset, Scenario

_EVERYBODY = "all"


def of_copy(drill: Drill, snapshot: Snapshot, dataset: Dataset) -> tuple[Check, ...]:
    """The checks of the snapshot that was restored.

    Raises:
        ServiceError: EC2 refuses or does not answer.
    """
    ec2 = client_of(drill.sessions, "ec2", snapshot.region)
    with translated(f"look at {snapshot.id}"):
        shared = ec2.describe_snapshot_attribute(SnapshotId=snapshot.id, Attribute="createVolumePermission")
        locks = ec2.describe_locked_snapshots(SnapshotIds=[snapshot.id])["Snapshots"]
    every = snapshots_of(drill.environment, drill.sessions, dataset, snapshot.region)
    permissions = shared.get("CreateVolumePermissions", [])
    public = any(each.get("Group") == _EVERYBODY for each in permissions)
    ours = (drill.environment.accounts.workload, drill.environment.accounts.backup)
    others = sorted({each["UserId"] for each in permissions if "UserId" in each} - set(ours))
    return (
        _newest(before(every, drill.failed_at)),
        *_keys(drill, snapshot),
        compare(
            "not-public", CheckKind.SCOPE, expected=False, observed=public, because="anybody may make volumes of it"
        ),
        compare(
            "shared-with-nobody-else",
            CheckKind.SCOPE,
            expected=0,
            observed=len(others),
            because=f"it is shared with {', '.join(others)}",
        ),
        compare("storage-tier", CheckKind.INTEGRITY, expected="standard", observed=snapshot.tier),
        _lock(drill, locks),
    )


def _newest(every: list[Snapshot]) -> Check:
    """A newer snapshot that is not complete means that the last backup did not work, however good the one before is."""
    newest = next(iter(every), None)
    state = newest.state if newest else "missing"
    because = f"the newest snapshot is {state}" + (f": {newest.message}" if newest and newest.message else "")
    return compare(
        "newest-snapshot-complete", CheckKind.INTEGRITY, expected="completed", observed=state, because=because
    )


def _keys(drill: Drill, snapshot: Snapshot) -> tuple[Check, ...]:
    """Encrypted; in the loss of a Region under a key that is not lost with it, and that the environment declares."""
    if not snapshot.key:
        return (failed("encrypted", CheckKind.KEY, f"{snapshot.id} is not encrypted"),)
    region = snapshot.key.split(":")[3] if snapshot.key.count(":") >= 3 else "unknown"
    right = passed("encrypted", CheckKind.KEY, expected=f"under a key of {snapshot.region}", observed=region)
    if drill.spec.scenario is not Scenario.REGION_LOSS:
        return (right,)
    lost = drill.environment.regions.primary
    if region == lost:
        because = f"{snapshot.id} is encrypted under a key of the lost Region {lost}"
        return (failed("encrypted", CheckKind.KEY, because),)
    return right, declared_key(drill, snapshot.region, snapshot.key)


def _lock(drill: Drill, locks: list[dict[str, Any]]) -> Check:
    """A snapshot that is locked is locked long enough; snapshots of Data Lifecycle Manager are not, and it says so."""
    if not locks or locks[0].get("LockState") == "expired":
        reason = "the snapshot itself is not locked; what must last is kept under the lock of a backup vault"
        return skipped("snapshot-lock", CheckKind.LOCK, reason, essential=False)
    lock, minimum = locks[0], drill.environment.lock.minimum
    held = lock["LockExpiresOn"] - lock["LockCreatedOn"]
    because = f"it is locked for {held}, less than {minimum}"
    return compare("snapshot-lock", CheckKind.LOCK, expected=True, observed=held >= minimum, because=because)
