"""What `holdfast postgres` shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from holdfast.errors import InputError

if TYPE_CHECKING:
    from holdfast.environments.model import Environment
    from holdfast.postgres.archive_check import ArchiveCheck
    from holdfast.postgres.base_backup import Made


class NotARegionOfIt(InputError):
    """The environment keeps nothing in that Region."""

    template = "environment {environment} keeps no archive in {region!r}; allowed: {allowed}"


def in_regions(environment: Environment, region: str | None) -> str:
    """The Region that was named, or the recovery Region.

    Raises:
        NotARegionOfIt: it is neither of the environment's two.
    """
    allowed = (environment.regions.primary, environment.regions.recovery)
    if region is not None and region not in allowed:
        raise NotARegionOfIt(environment=environment.environment, region=region, allowed=", ".join(allowed))
    return region or environment.regions.recovery


def archive_lines(check: ArchiveCheck) -> Iterator[str]:
    """The check as people read it."""
    backup, sequence = check.backup, check.sequence
    for each in check.unusable:
        yield f"base backup {each.id} does not count: {each.because}"
    if backup is None or sequence is None:
        yield f"no base backup in {check.region}"
        return
    yield f"base backup {backup.id}, ended {backup.ended_at:%Y-%m-%d %H:%M:%S} UTC, {backup.bytes} bytes"
    if sequence.segments:
        first, last = (each.name(backup.segment_bytes) for each in (sequence.segments[0], sequence.segments[-1]))
        count, timeline = len(sequence.segments), sequence.lineage.timeline
        newest = f", the newest stored {check.newest_stored:%Y-%m-%d %H:%M:%S} UTC" if check.newest_stored else ""
        yield f"log {first} to {last}: {count} segments on timeline {timeline}{newest}"
    for anomaly in sequence.anomalies:
        yield f"{'FAULT' if anomaly.trouble.breaks else 'note'} {anomaly.trouble}: {anomaly.words}"
    if not sequence.broken:
        yield "whole: everything in it can be replayed"


def made_document(made: Made) -> dict[str, Any]:
    """A new base backup as plain JSON values."""
    backup, counts = made.backup, made.counts
    return {
        "backup": backup.id,
        "ended_at": backup.ended_at,
        "bytes": backup.bytes,
        "database": counts.database,
        "tables": len(counts.tables),
        "rows": sum(counts.tables.values()),
    }
