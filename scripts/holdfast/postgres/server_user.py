"""Whom a server runs as: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdfast.postgres.errors import ServerUserMissing

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class ServerUser:
    """The user a server and its files belong to.

    Args:
        name: the user's name.
        uid: its number.
        gid: its group's number.
        switches: whether that is somebody else, so that programs are started as them.
    """

    name: str
    uid: int
    gid: int
    switches: bool

    def as_user(self) -> dict[str, Any]:
        """What `subprocess` needs to start a program as this user, with none of the caller's groups."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switches else {}

    def own(self, path: Path) -> None:
        """Give one file or folder to this user."""
        if self.switches:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def own_tree(self, folder: Path) -> None:
        """Give a folder and all in it to this user; links are not followed."""
        if not self.switches:
            return
        self.own(folder)
        for parent, folders, files in os.walk(folder):
            for name in (*folders, *files):
                self.own(Path(parent, name))


def server_user() -> ServerUser:
    """Oneself; for root, the user `postgres` or else `nobody`.

    Raises:
        ServerUserMissing: root, and neither of them exists.
    """
    if os.geteuid() != 0:
        me = pwd.getpwuid(os.geteuid())
        return ServerUser(me.pw_name, me.pw_uid, me.pw_gid, switches=False)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(name, entry.pw_uid, entry.pw_gid, switches=True)
    raise ServerUserMissing(users=" and ".join(CANDIDATES))
