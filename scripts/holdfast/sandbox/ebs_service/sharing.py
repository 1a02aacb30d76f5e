"""Who else may use a snapshot, how long nobody may delete it, and where it is stored.

https://docs.aws.amazon.com/ebs/latest/userguide/ebs-snapshot-lock.html
https://docs.aws.amazon.com/ebs/latest/userguide/snapshot-archive.html
"""

from __future__ import annotations

from datetime import timedelta

from holdfast.sandbox.ebs_service.filters import matching
from holdfast.sandbox.ebs_service.records import Snapshot
from holdfast.sandbox.ebs_service.snapshots import page
from holdfast.sandbox.ebs_service.world import Request
from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.values import Values

_PERMISSION = "createVolumePermission"


def modify_snapshot_attribute(request: Request) -> Values:
    """ModifySnapshotAttribute: accounts, or the group `all`, that may make volumes of it."""
    given, snapshot = request.given, request.snapshot()
    changes = given.get("CreateVolumePermission", {})
    added = [*changes.get("Add", [])]
    removed = [*changes.get("Remove", [])]
    named = [{"UserId": each} for each in given.get("UserIds", [])]
    named += [{"Group": each} for each in given.get("GroupNames", [])]
    (removed if given.get("OperationType") == "remove" else added).extend(named)
    if snapshot.key and any(each.get("Group") == "all" for each in added):
        raise ServiceAnswer("InvalidParameterValue", "Encrypted snapshots cannot be shared publicly")
    snapshot.shared |= {each.get("UserId") or each["Group"] for each in added}
    snapshot.shared -= {each.get("UserId") or each["Group"] for each in removed}
    return {}


def describe_snapshot_attribute(request: Request) -> Values:
    """DescribeSnapshotAttribute."""
    snapshot = request.snapshot()
    if request.given["Attribute"] != _PERMISSION:
        return {"SnapshotId": snapshot.id, "ProductCodes": []}
    rows = [{"Group": each} if each == "all" else {"UserId": each} for each in sorted(snapshot.shared)]
    return {"SnapshotId": snapshot.id, "CreateVolumePermissions": rows}


def lock_snapshot(request: Request) -> Values:
    """LockSnapshot: in mode compliance nobody shortens it any more once its time to reconsider is over."""
    given, snapshot, now = request.given, request.snapshot(), request.now
    days, until = given.get("LockDuration"), given.get("ExpirationDate")
    if (days is None) == (until is None):
        raise ServiceAnswer("InvalidParameterCombination", "Specify either a lock duration or an expiration date.")
    expires = until or now + timedelta(days=int(days or 0))
    cool_off = timedelta(hours=given.get("CoolOffPeriod") or 0)
    state = "compliance-cooloff" if given["LockMode"] == "compliance" and cool_off else given["LockMode"]
    if snapshot.lock and _state(request, snapshot) == "compliance" and expires < snapshot.lock["LockExpiresOn"]:
        raise ServiceAnswer("InvalidParameterValue", "The lock duration cannot be shortened.")
    snapshot.lock = {
        "SnapshotId": snapshot.id,
        "LockState": state,
        "LockDuration": days or (expires - now).days,
        "CoolOffPeriod": given.get("CoolOffPeriod"),
        "CoolOffPeriodExpiresOn": now + cool_off if cool_off else None,
        "LockCreatedOn": now,
        "LockDurationStartTime": now,
        "LockExpiresOn": expires,
    }
    return snapshot.lock


def unlock_snapshot(request: Request) -> Values:
    """UnlockSnapshot: not in mode compliance."""
    snapshot = request.snapshot()
    if snapshot.lock is None:
        raise ServiceAnswer("SnapshotNotLocked", f"The snapshot {snapshot.id} is not locked.")
    if _state(request, snapshot) == "compliance":
        raise ServiceAnswer("SnapshotLocked", f"The snapshot {snapshot.id} is locked in compliance mode.")
    snapshot.lock = None
    return {"SnapshotId": snapshot.id}


def describe_locked_snapshots(request: Request) -> Values:
    """DescribeLockedSnapshots."""
    wanted = request.given.get("SnapshotIds")
    locked = [each for each in request.world.visible(request.place) if each.lock and (not wanted or each.id in wanted)]
    rows = [{**(each.lock or {}), "LockState": _state(request, each), "OwnerId": each.place.account} for each in locked]
    return page(request, "Snapshots", matching(rows, request.given.get("Filters", []), {"lock-state": "LockState"}))


def modify_snapshot_tier(request: Request) -> Values:
    """ModifySnapshotTier: into the archive, from where no volume is made."""
    snapshot = request.snapshot()
    if request.given.get("StorageTier") == "archive":
        snapshot.tier = "archive"
    return {"SnapshotId": snapshot.id, "TieringStartTime": request.now}


def restore_snapshot_tier(request: Request) -> Values:
    """RestoreSnapshotTier: at once; at AWS it takes up to 72 hours."""
    snapshot = request.snapshot()
    snapshot.tier = "standard"
    return {"SnapshotId": snapshot.id, "RestoreStartTime": request.now, "IsPermanentRestore": True}


def _state(request: Request, snapshot: Snapshot) -> str:
    lock = snapshot.lock or {}
    if lock["LockExpiresOn"] <= request.now:
        return "expired"
    if lock["LockState"] == "compliance-cooloff" and lock["CoolOffPeriodExpiresOn"] <= request.now:
        return "compliance"
    return str(lock["LockState"])


SERVED = {
    "ModifySnapshotAttribute": modify_snapshot_attribute,
    "DescribeSnapshotAttribute": describe_snapshot_attribute,
    "LockSnapshot": lock_snapshot,
    "UnlockSnapshot": unlock_snapshot,
    "DescribeLockedSnapshots": describe_locked_snapshots,
    "ModifySnapshotTier": modify_snapshot_tier,
    "RestoreSnapshotTier": restore_snapshot_tier,
}
"""By operation."""
