"""What a drill of a PostgreSQL server refuses."""

from __future__ import annotations

from holdfast.errors import InputError


class WholeServerOnly(InputError):
    """Base backup and log are those of a whole server."""

    template = "postgres-pitr restores a whole server and takes no {option}"
    hint = "leave it out; drill tenant takes one tenant out of the restored server"
