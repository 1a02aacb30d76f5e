"""What a drill of a PostgreSQL server refuses."""

from __future__ import annotations

from holdfast.errors import InputError


class WholeServerOnly(InputError):
    """Base backup and log are those of a whole server."""

    template = "postgres-pitr restores a whole server and takes no {option}"
    hint = "leave it out; a single tenant is restored out of the restored server"
