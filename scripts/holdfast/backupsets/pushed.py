"""What a push tells while it runs and when it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from holdfast.backupsets.instants import written, written_or_none


@dataclass(frozen=True)
class PushProgress:
    """How far a push is: what was read, and what is under lock (objects and bytes of one copy count once a Region)."""

    files: int
    bytes: int
    objects_secured: int
    bytes_secured: int


@dataclass(frozen=True)
class PushedSet:
    """A backup set that counts: committed in both Regions.

    `objects` counts what is under lock in the two Regions together, by what it took: written, reused, extended.
    """

    environment: str
    dataset: str
    tenant: str | None
    rule: str
    set_id: str
    captured_at: datetime
    committed_at: datetime
    files: int
    directories: int
    symlinks: int
    special: int
    bytes: int
    objects: dict[str, int]
    bytes_written: int
    retain_until: dict[str, datetime]
    lock_mode: str
    manifest_sha256: str
    manifest_versions: dict[str, str]
    clock_skew: dict[str, timedelta]
    newest_mtime: datetime | None
    took: timedelta
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """The set as plain JSON values; durations in seconds, times in UTC."""
        return {
            "environment": self.environment,
            "dataset": self.dataset,
            "tenant": self.tenant,
            "rule": self.rule,
            "set_id": self.set_id,
            "captured_at": written(self.captured_at),
            "committed_at": written(self.committed_at),
            "files": self.files,
            "directories": self.directories,
            "symlinks": self.symlinks,
            "special": self.special,
            "bytes": self.bytes,
            "objects": self.objects,
            "bytes_written": self.bytes_written,
            "lock_mode": self.lock_mode,
            "retain_until": {region: written(until) for region, until in self.retain_until.items()},
            "manifest_sha256": self.manifest_sha256,
            "manifest_versions": self.manifest_versions,
            "clock_skew_seconds": {region: skew.total_seconds() for region, skew in self.clock_skew.items()},
            "newest_mtime": written_or_none(self.newest_mtime),
            "seconds": round(self.took.total_seconds(), 3),
            "left_out": list(self.left_out),
            "warnings": list(self.warnings),
        }
