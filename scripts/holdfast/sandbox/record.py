"""The record of a sandbox's run: which processes, on which ports, since when. One file, for its owner only."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from holdfast.errors import Source
from holdfast.json_files import read_json
from holdfast.sandbox.errors import SandboxNotWritable, SandboxRecordDamaged
from holdfast.sandbox.processes import Process

SCHEMA = "holdfast.sandbox-run/1"


@dataclass(frozen=True)
class Started:
    """One emulator that was started."""

    name: str
    process: Process
    port: int
    log: Path


@dataclass(frozen=True)
class Record:
    """One run of the sandbox.

    Args:
        run: its id.
        account: the account it serves.
        since: when it was started, RFC 3339 in UTC.
        emulators: its processes.
    """

    run: str
    account: str
    since: str
    emulators: tuple[Started, ...]


def folder_of(home: Path) -> Path:
    """Where the sandbox writes."""
    return home / "sandbox"


def record_file(home: Path) -> Path:
    """Where the run is recorded."""
    return folder_of(home) / "run.json"


def write_record(home: Path, record: Record) -> None:
    """Record a run in one step, so that no half-written file is ever read."""
    path = record_file(home)
    partial = path.with_suffix(".partial")
    document = {"schema": SCHEMA, **asdict(record)}
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(document, file, indent=2, default=str)
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise SandboxNotWritable(path=path, reason=error.strerror or error) from error


def read_record(home: Path) -> Record | None:
    """The recorded run, or None.

    Raises:
        SandboxRecordDamaged: when the file is not what `write_record` writes.
    """
    path = record_file(home)
    try:
        document = read_json(path)
        if document["schema"] != SCHEMA:
            raise ValueError(f"schema {document['schema']!r}, expected {SCHEMA!r}")
        return Record(
            run=str(document["run"]),
            account=str(document["account"]),
            since=str(document["since"]),
            emulators=tuple(_started(each) for each in document["emulators"]),
        )
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise SandboxRecordDamaged(problem=error, source=Source(path)) from error
    except (KeyError, TypeError) as error:
        raise SandboxRecordDamaged(
            problem="it is not what holdfast sandbox start writes", source=Source(path)
        ) from error


def _started(document: dict[str, object]) -> Started:
    process = document["process"]
    if not isinstance(process, dict):
        raise TypeError("process is not an object")
    return Started(
        name=str(document["name"]),
        process=Process(int(process["pid"]), str(process["started"])),
        port=int(str(document["port"])),
        log=Path(str(document["log"])),
    )
