"""Moments as they are written in JSON."""

from __future__ import annotations

from datetime import UTC, datetime


def written(moment: datetime) -> str:
    """A moment in UTC, such as `2026-11-22T01:02:03Z`; fractions of a second only where there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def written_or_none(moment: datetime | None) -> str | None:
    """The same; None for None."""
    return None if moment is None else written(moment)
