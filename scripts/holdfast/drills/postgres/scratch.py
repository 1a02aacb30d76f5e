"""The scratch server of a drill: in a private folder, stopped and removed whatever becomes of the drill."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from holdfast.drills.context import Drill, Step, steps_in
from holdfast.drills.interface import Cleaned, together
from holdfast.drills.journal import Entry
from holdfast.errors import HoldfastError, Interrupted
from holdfast.postgres.binaries import Binaries, find_binaries
from holdfast.postgres.private_folder import belongs_to, folder_for, make_folder, remove_folder
from holdfast.postgres.server import Server
from holdfast.postgres.server_user import server_user

MADE = "make-server"
"""The journal's step in which the folder is announced before it is made."""


def make_scratch_server(drill: Drill, binaries: Binaries, superuser: str) -> Server:
    """A new, empty folder for the drill's server; what an interrupted restore left there is removed first.

    Raises:
        FolderNotUsable, PostgresFailed: it cannot be made.
    """
    user = server_user()
    folder = folder_for(drill.drill_id, user)
    server = Server(folder, binaries, user, superuser)
    with drill.step(MADE, folder=str(folder), owner=drill.drill_id):
        if belongs_to(folder, drill.drill_id):
            server.stop(at_once=True)
            remove_folder(folder)
        make_folder(folder, drill.drill_id, user)
    return server


def scratch_server(drill: Drill, binaries: Binaries, superuser: str) -> Server:
    """The server an earlier phase made."""
    user = server_user()
    return Server(folder_for(drill.drill_id, user), binaries, user, superuser)


def remove_servers(entries: Sequence[Entry]) -> Cleaned:
    """Stop and remove every server a journal tells of; needs nothing but this machine."""
    return together(_remove(step.announced["folder"], step.announced["owner"]) for step in _made(entries))


def _made(entries: Sequence[Entry]) -> list[Step]:
    steps = steps_in(tuple(entries), MADE)
    return list({step.announced["folder"]: step for step in steps}.values())


def _remove(path: str, owner: str) -> Cleaned:
    folder, name = Path(path), f"PostgreSQL server in {path}"
    if not folder.exists():
        return Cleaned(created=(name,), removed=(name,))
    if not belongs_to(folder, owner):
        return Cleaned(created=(name,), orphaned=(f"{name}: it no longer carries the marker of this drill",))
    try:
        if (folder / "data" / "postmaster.pid").exists():
            Server(folder, find_binaries(), server_user()).stop(at_once=True)
        remove_folder(folder)
    except Interrupted:
        raise
    except HoldfastError as error:
        return Cleaned(created=(name,), orphaned=(f"{name}: {error.message}",))
    return Cleaned(created=(name,), removed=(name,))
