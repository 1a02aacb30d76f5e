"""What is known of a source server in the sandbox: kept under `<home>/sandbox/postgres/`, for its owner only."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from holdfast.errors import StorageError
from holdfast.json_files import read_json
from holdfast.sandbox.processes import Process

SCHEMA = "holdfast.postgres-source/1"


class InvalidSourceRecord(StorageError):
    """The file that tells of a source server is not what Holdfast writes."""

    template = "the record of a source server is not usable: {path}: {problem}"
    hint = "remove the file, and the folder of the server it names"


@dataclass(frozen=True)
class SourceRecord:
    """One source server.

    Args:
        owner: the marker in its folder.
        folder: the private folder of the server.
        environment: name of the environment.
        dataset: name of the dataset.
        run: the sandbox's run it archives into; when that ends, so does the server.
        destination: Barman's destination URL.
        server: Barman's server name.
        database: the database.
        heartbeat: schema.table and column, written every second.
        superuser: the role Holdfast connects as.
        archiver: ARN of the role Barman archives with; as the caller when empty.
        pid: the process that supervises it; 0 before it was started.
        started: when the kernel started that process.
    """

    owner: str
    folder: str
    environment: str
    dataset: str
    run: str | None
    destination: str
    server: str
    database: str
    heartbeat: tuple[str, str]
    superuser: str
    archiver: str = ""
    pid: int = 0
    started: str = ""

    @property
    def process(self) -> Process:
        """The supervisor, in the words of those who look after processes."""
        return Process(self.pid, self.started)

    def supervised_by(self, process: Process) -> SourceRecord:
        """The same server, with its supervisor."""
        return replace(self, pid=process.pid, started=process.started)


def records_folder(home: Path) -> Path:
    """Where the records lie."""
    return home / "sandbox" / "postgres"


def record_path(home: Path, environment: str, dataset: str) -> Path:
    """Where the record of a dataset's source server lies."""
    return records_folder(home) / f"{environment}.{dataset}.json"


def write_source(home: Path, record: SourceRecord) -> Path:
    """Write a record in one step.

    Raises:
        InvalidSourceRecord: it cannot be written.
    """
    path = record_path(home, record.environment, record.dataset)
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump({"schema": SCHEMA, **asdict(record)}, file, indent=2)
        partial.replace(path)
    except OSError as error:
        raise InvalidSourceRecord(path=path, problem=error.strerror) from error
    return path


def read_source(path: Path) -> SourceRecord | None:
    """Read a record; None when there is none.

    Raises:
        InvalidSourceRecord: it is damaged.
    """
    try:
        document: dict[str, Any] = read_json(path)
        if document.pop("schema") != SCHEMA:
            raise InvalidSourceRecord(path=path, problem=f"it is not of schema {SCHEMA}")
        table, column = document.pop("heartbeat")
        return SourceRecord(**document, heartbeat=(table, column))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise InvalidSourceRecord(path=path, problem=error) from error
    except (TypeError, KeyError, AttributeError) as error:
        raise InvalidSourceRecord(path=path, problem="it is not what Holdfast writes") from error
