"""Where the servers of one run live: one private folder, and the way to end everything in it."""

from __future__ import annotations

import itertools
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from holdfast.clock import Clock
from holdfast.errors import HoldfastError
from holdfast.postgres.binaries import Binaries, find_binaries
from holdfast.postgres.private_folder import belongs_to, folder_for, make_folder, remove_folder
from holdfast.postgres.server import Server
from holdfast.postgres.server_user import ServerUser, server_user

ADMIN = "rdsadmin"
"""The superuser of every server, as at RDS; nobody reaches it over the network."""


def owner_of(run: str) -> str:
    """Whom the folder of a run belongs to; its last twelve characters name the folder."""
    return f"{run}-rds"


@dataclass
class Ground:
    """The folder of one run.

    Args:
        owner: the marker in it.
        folder: where it is.
        certificate: what the servers identify themselves with.
        key: that file's private key.
        clock: time.
    """

    owner: str
    folder: Path
    binaries: Binaries
    user: ServerUser
    certificate: Path
    key: Path
    clock: Clock
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def make(
        cls,
        run: str,
        certificate: Path,
        key: Path,
        clock: Clock,
        record: Callable[[Path, str], None] = lambda _folder, _owner: None,
    ) -> Ground:
        """A new folder for a run.

        Args:
            run: its id.
            certificate: what the servers identify themselves with.
            key: that file's private key.
            clock: time.
            record: writes down where the folder will be and who owns it, before there is one.

        Raises:
            PostgresNotFound, ServerUserMissing, FolderNotUsable: this machine cannot run servers.
        """
        user, owner = server_user(), owner_of(run)
        folder = folder_for(owner, user)
        record(folder, owner)
        make_folder(folder, owner, user)
        return cls(owner, folder, find_binaries(), user, certificate, key, clock)

    def place(self, kind: str) -> Path:
        """A folder of its own for something new; short, for a socket's path is limited."""
        with self._lock:
            path = self.folder / f"{kind}{next(self._numbers)}"
        path.mkdir(mode=0o700)
        self.user.own(path)
        return path

    def server(self, folder: Path) -> Server:
        """The server in a folder."""
        return Server(folder, self.binaries, self.user, ADMIN)

    def remove(self, folder: Path) -> None:
        """Remove what one thing left; what cannot go now goes with the run."""
        shutil.rmtree(folder, ignore_errors=True)

    def end(self) -> None:
        """End every server and remove everything."""
        end_all(self.folder, self.owner)


def end_all(folder: Path, owner: str) -> None:
    """End every server below the folder of a run, at once, and remove it. Nothing happens when it is gone.

    What cannot be ended is left with its files.
    """
    if not belongs_to(folder, owner):
        return
    user, binaries = server_user(), find_binaries()
    running = [each.parent.parent for each in folder.glob("*/data/postmaster.pid")]
    if running:
        with ThreadPoolExecutor(len(running)) as pool:
            list(pool.map(lambda each: _end(Server(each, binaries, user, ADMIN)), running))
    if not list(folder.glob("*/data/postmaster.pid")):
        remove_folder(folder)


def _end(server: Server) -> None:
    try:
        server.stop(at_once=True)
    except HoldfastError as error:
        print(error.message, flush=True)  # noqa: T201  # the log of whoever ends it
        return
    (server.data / "postmaster.pid").unlink(missing_ok=True)
