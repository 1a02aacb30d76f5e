"""The base backups of an archive, as their `backup.info` files tell of them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from holdfast.postgres.archive import ArchiveReader, Kept
from holdfast.postgres.errors import ArchiveUnreadable
from holdfast.postgres.wal_names import Segment, read_name

INFO = "backup.info"
BACKUP_ID = re.compile(r"[0-9]{8}T[0-9]{6}")
_DONE = "DONE"


@dataclass(frozen=True)
class BaseBackup:
    """One base backup.

    Args:
        id: Barman's name for it, the time it began.
        began_at: server time at which it began.
        ended_at: server time at which it ended: nothing before can be restored from it.
        first: the segment it begins in.
        consistent: the segment it ends in.
        major: major version of the server.
        system: the cluster's system identifier.
        segment_bytes: size of the segments of the log.
        bytes: size of its archives.
        checksums: whether the pages carry checksums.
        tablespaces: names of its tablespaces, which must be given another place on this machine.
        files: the objects it consists of.
        info: the object that tells of it.
    """

    id: str
    began_at: datetime
    ended_at: datetime
    first: Segment
    consistent: Segment
    major: int
    system: int
    segment_bytes: int
    bytes: int
    checksums: bool
    tablespaces: tuple[str, ...]
    files: tuple[Kept, ...]
    info: Kept


@dataclass(frozen=True)
class Unusable:
    """A base backup nothing can be restored from, and why."""

    id: str
    because: str


def base_backups(reader: ArchiveReader) -> tuple[list[BaseBackup], list[Unusable]]:
    """Every base backup of an archive, oldest first, and those that are of no use.

    Raises:
        ServiceError: S3 refuses or does not answer.
    """
    by_id: dict[str, list[Kept]] = {}
    for kept in reader.under(reader.archive.base):
        backup = kept.key.removeprefix(reader.archive.base).partition("/")[0]
        by_id.setdefault(backup, []).append(kept)
    usable, unusable = [], []
    for backup, files in sorted(by_id.items()):
        try:
            usable.append(_read(reader, backup, files))
        except ArchiveUnreadable as error:
            unusable.append(Unusable(backup, str(error.values["problem"])))
    return usable, unusable


def _read(reader: ArchiveReader, backup: str, files: list[Kept]) -> BaseBackup:
    info = next((each for each in files if each.name == INFO), None)
    data = [each for each in files if each.name != INFO]
    if not BACKUP_ID.fullmatch(backup) or info is None:
        raise ArchiveUnreadable(what=backup, problem=f"it has no {INFO}: it was never finished")
    if not data:
        raise ArchiveUnreadable(what=backup, problem="it has no data")
    hidden = [each.name for each in files if each.hidden]
    if hidden:
        raise ArchiveUnreadable(what=backup, problem=f"hidden behind delete markers: {', '.join(hidden)}")
    told = _fields(reader.small(info).decode("utf-8", errors="replace"))
    if told.get("status") != _DONE:
        raise ArchiveUnreadable(what=backup, problem=f"its status is {told.get('status', 'unknown')}")
    try:
        size = int(told["xlog_segment_size"])
        return BaseBackup(
            id=backup,
            began_at=_time(told["begin_time"]),
            ended_at=_time(told["end_time"]),
            first=_segment(told["begin_wal"], size),
            consistent=_segment(told["end_wal"], size),
            major=int(told["version"]) // 10_000,
            system=int(told["systemid"]),
            segment_bytes=size,
            bytes=sum(each.size for each in data),
            checksums=told.get("data_checksums") == "on",
            tablespaces=_tablespaces(told.get("tablespaces", "None")),
            files=tuple(files),
            info=info,
        )
    except (KeyError, ValueError, ZeroDivisionError) as error:
        problem = f"its {INFO} does not say what Barman writes ({error})"
        raise ArchiveUnreadable(what=backup, problem=problem) from error


def _fields(text: str) -> dict[str, str]:
    return {name: value for name, _, value in (line.partition("=") for line in text.splitlines()) if value}


def _segment(name: str, size: int) -> Segment:
    segment = read_name(name, size)
    if not isinstance(segment, Segment):
        raise ValueError(f"{name} is no segment")
    return segment


def _tablespaces(text: str) -> tuple[str, ...]:
    """Barman writes a Python literal: None, or a list of (name, oid, place)."""
    try:
        return tuple(str(name) for name, *_ in ast.literal_eval(text) or ())
    except (SyntaxError, TypeError) as error:
        raise ValueError(f"tablespaces {text!r}") from error


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
