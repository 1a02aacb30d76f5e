"""Where a run's servers are, on record before there is one: they can be ended when nobody who knew of them is left.

The service ends its servers, and a keeper does when the service was killed. When the keeper was killed as well, the
next `holdfast sandbox stop` or `start` finds this record in the folder of the run.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from holdfast.clock import Clock
from holdfast.errors import HoldfastError
from holdfast.json_files import read_json
from holdfast.postgres.errors import FolderNotUsable
from holdfast.postgres.private_folder import belongs_to
from holdfast.sandbox.errors import ServersRemain
from holdfast.sandbox.rds_service.engine.ground import end_all

NAME = "rds-servers.json"
_PATIENCE_SECONDS, _POLL_SECONDS = 20.0, 0.2


def record_servers(run: Path, folder: Path, owner: str) -> None:
    """Write down, in the folder of a run, where its servers will be.

    Raises:
        FolderNotUsable: it cannot be written.
    """
    path, document = run / NAME, {"folder": str(folder), "owner": owner}
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(document, file)
    except OSError as error:
        raise FolderNotUsable(path=path, problem=error.strerror) from error


def end_recorded(run: Path, clock: Clock) -> None:
    """End the servers of a run whose service is gone, and remove their files. Nothing happens when there are none.

    A keeper may be at it at the same moment.

    Raises:
        ServersRemain: they cannot be ended; the record stays.
    """
    try:
        told = read_json(run / NAME)
        folder, owner = Path(told["folder"]), str(told["owner"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return  # never written, or torn: then there is no server yet
    deadline, problem = clock.monotonic() + _PATIENCE_SECONDS, "they do not end"
    while belongs_to(folder, owner):
        try:
            end_all(folder, owner)
        except HoldfastError as error:
            problem = error.message
        if not belongs_to(folder, owner):
            return
        if clock.monotonic() >= deadline:
            raise ServersRemain(folder=folder, problem=problem)
        clock.sleep(_POLL_SECONDS)
