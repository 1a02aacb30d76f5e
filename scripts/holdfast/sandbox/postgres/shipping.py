"""Handing finished segments of a source server's log to Barman.

The server runs as another user, who reaches neither this Python nor a credential. So its `archive_command` copies a
segment into a spool folder and waits until it is gone from there; this process, who may, hands each one to
`barman-cloud-wal-archive` and takes it away once that succeeded. A failure leaves it: PostgreSQL keeps the segment.
One after the other, so that the archive never has a gap; Barman stays loaded in between, which is most of the time.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from holdfast.postgres.errors import BarmanFailed
from holdfast.sandbox.postgres.resident import ResidentBarman

_WAITS = 600
_WAIT_SECONDS = 0.1


def archive_command(spool: Path) -> str:
    """What the source server runs for each segment: it succeeds when the segment is in the bucket, and not before."""
    folder = shlex.quote(str(spool)).replace("%", "%%")
    return (
        f"f={folder}/%f; [ -e $f ] || {{ cp %p {folder}/.%f && mv {folder}/.%f $f; }} && "
        f"n=0 && while [ -e $f ]; do n=$((n+1)); [ $n -le {_WAITS} ] || exit 1; sleep {_WAIT_SECONDS}; done"
    )


@dataclass(frozen=True)
class Shipping:
    """Where finished segments come from and go to.

    Args:
        spool: the folder `archive_command` copies them into.
        destination: Barman's destination URL.
        server: Barman's server name.
        options: further options of `barman-cloud-wal-archive`.
        barman: runs it.
    """

    spool: Path
    destination: str
    server: str
    options: tuple[str, ...]
    barman: ResidentBarman

    def ship(self) -> list[str]:
        """Hand over what is there, in order; stop at the first that does not go.

        Returns:
            The names of those that went.
        """
        shipped = []
        for path in sorted(each for each in self.spool.iterdir() if not each.name.startswith(".")):
            try:
                self.barman.archive([*self.options, self.destination, self.server, str(path)])
            except BarmanFailed:
                break
            path.unlink()
            shipped.append(path.name)
        return shipped
