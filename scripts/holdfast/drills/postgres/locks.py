"""Whether what was restored is still locked where it lies, and under a key of ours."""

from __future__ import annotations

import random

from holdfast.aws.second_pass import Patience, run_all
from holdfast.aws.translate import translated
from holdfast.backupsets.catalog import ROLE
from holdfast.drills.checks import Check, CheckKind, compare, skipped
from holdfast.drills.context import Drill
from holdfast.drills.keys_seen import KeysSeen
from holdfast.drills.lock_reading import MOST, LockRead, read_lock
from holdfast.environments.model import LockMode
from holdfast.postgres.archive import ArchiveReader
from holdfast.postgres.wal_names import Segment

NOT_IN_SANDBOX = (
    "the emulator puts the bucket's default lock neither on replicas nor on multipart uploads; S3 does on both"
)
_NAMED = 5


def archive_locks(
    drill: Drill, reader: ArchiveReader, region: str, backup: str, first: Segment, segment_bytes: int
) -> tuple[Check, Check]:
    """Locks and keys of the base backup and of the log from there on (of at most 2000 objects, drawn at random).

    Raises:
        ServiceError: S3 refuses or does not answer.
    """
    base = reader.under(f"{reader.archive.base}{backup}/")
    keys = sorted(each.key for each in (*base, *reader.log_files(first, segment_bytes)))
    chosen = sorted(drill.rng.sample(keys, MOST)) if len(keys) > MOST else keys
    found: dict[str, LockRead | None] = {}
    ours = KeysSeen(drill, region)

    def look(key: str) -> None:
        found[key] = lock = read_lock(drill, region, key)
        if lock is not None:
            ours.add(key.rpartition("/")[2], lock.key)

    patience = Patience(drill.clock, random.Random())  # noqa: S311  # spreads waits, no secret
    with translated("read the locks"):
        now = drill.sessions.server_clock(region, role=ROLE).time
        run_all(chosen, look, doing="read the locks", name=lambda key: key, patience=patience)
    enough = {LockMode.COMPLIANCE.value, drill.environment.lock.mode.value}
    loose = [key for key, lock in found.items() if lock is None or lock.mode not in enough or lock.until <= now]
    mode = drill.environment.lock.mode.value
    expected, observed = f"{len(chosen)} objects under {mode} lock", f"{len(chosen) - len(loose)} under {mode} lock"
    if loose and drill.environment.sandbox and all(found[key] is None for key in loose):
        told = {"expected": expected, "observed": observed}
        return skipped("locks", CheckKind.LOCK, NOT_IN_SANDBOX, essential=False, **told), ours.check()
    names = ", ".join(sorted(key.rpartition("/")[2] for key in loose)[:_NAMED])
    because = f"not locked any more: {names}"
    return compare("locks", CheckKind.LOCK, expected=0, observed=len(loose), because=because), ours.check()
