"""The row counts a restored instance is held against: those of the newest baseline from before its moment."""

from __future__ import annotations

from holdfast.drills.context import Drill
from holdfast.drills.interface import RecoveryPoint
from holdfast.postgres.row_counts import RowCounts


def counts_of(drill: Drill, point: RecoveryPoint) -> RowCounts | None:
    """The newest counts of the source from before a moment; None when nobody counted."""
    return None
