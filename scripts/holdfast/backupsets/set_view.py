"""A backup set as the catalog shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from holdfast.backupsets.instants import written, written_or_none
from holdfast.backupsets.layout import Folder
from holdfast.backupsets.manifest import Commit, Manifest


@dataclass(frozen=True)
class SetView:
    """One set, seen in some Regions.

    Args:
        folder: dataset and tenant.
        set_id: its name.
        regions: the Regions that were looked at; `committed` speaks of these.
        committed: whether it counts as a backup there.
        reason: why not, in words.
        manifest: what it holds, once that is known for sure.
        commit: the commit that makes it count.
        notes: what is odd about a set that counts all the same.
    """

    folder: Folder
    set_id: str
    regions: tuple[str, ...]
    committed: bool
    reason: str | None = None
    manifest: Manifest | None = None
    commit: Commit | None = None
    notes: tuple[str, ...] = ()

    @property
    def dataset(self) -> str:
        """The dataset it belongs to."""
        return self.folder.dataset

    @property
    def tenant(self) -> str | None:
        """The tenant it belongs to; None for the dataset as a whole."""
        return self.folder.tenant

    @property
    def captured_at(self) -> datetime:
        """When the capture began, by S3's clock: the recovery point of the set."""
        if self.manifest is not None:
            return self.manifest.captured_at
        return datetime.strptime(self.set_id[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    @property
    def committed_at(self) -> datetime | None:
        """When it began to count."""
        return self.commit.committed_at if self.commit else None

    @property
    def files(self) -> int | None:
        """How many files it holds, if known."""
        return self.manifest.totals.files if self.manifest else None

    @property
    def bytes(self) -> int | None:
        """How large its content is, if known."""
        return self.manifest.totals.bytes if self.manifest else None

    @property
    def retain_until(self) -> datetime | None:
        """When the first of its locks ends, over the Regions looked at."""
        if self.manifest is None:
            return None
        copies = [copy.retain_until for region, copy in self.manifest.regions.items() if region in self.regions]
        return min(copies, default=None)

    def document(self) -> dict[str, Any]:
        """The set as plain JSON values."""
        manifest = self.manifest
        return {
            "set_id": self.set_id,
            "dataset": self.dataset,
            "tenant": self.tenant,
            "committed": self.committed,
            "reason": self.reason,
            "regions": list(self.regions),
            "captured_at": written(self.captured_at),
            "committed_at": written_or_none(self.committed_at),
            "retain_until": written_or_none(self.retain_until),
            "lock_mode": manifest.lock_mode if manifest else None,
            "tier": manifest.tier if manifest else None,
            "rule": manifest.rule if manifest else None,
            "files": self.files,
            "bytes": self.bytes,
            "objects": manifest.objects.count if manifest else None,
            "source": manifest.source.model_dump(mode="json") if manifest else None,
            "keys": {region: copy.key for region, copy in manifest.regions.items()} if manifest else None,
            "manifest_sha256": self.commit.manifest_sha256 if self.commit else None,
            "notes": list(self.notes),
        }


def newest_committed(views: list[SetView]) -> SetView | None:
    """The set to restore from: of those that count, the one captured last; of one second, the one committed last."""
    counting = [view for view in views if view.committed]
    return max(counting, key=age_order, default=None)


def age_order(view: SetView) -> tuple[datetime, datetime, str]:
    """Oldest first. S3's clock tells whole seconds: of one second, the one committed last is the newer."""
    return view.captured_at, view.committed_at or view.captured_at, view.set_id
