"""What can go wrong here on purpose: states an instance ends in, data that is late, missing or damaged."""

from __future__ import annotations

from enum import StrEnum

from holdfast.sandbox.service.faults import ERROR, Vocabulary


class Effect(StrEnum):
    """What goes wrong."""

    FAIL = "fail"
    DELAY = "delay"
    MISSING = "missing"
    STALE = "stale"
    BACKDATE = "backdate"
    DAMAGE = "damage"
    ERROR = ERROR


class Damage(StrEnum):
    """How a restore is damaged."""

    MISSING_TABLE = "missing-table"
    LOST_ROWS = "lost-rows"
    OLDER = "older"
    BIT_FLIP = "bit-flip"
    TRUNCATE = "truncate"
    SWAP = "swap"


STATES = (
    "failed",
    "inaccessible-encryption-credentials",
    "incompatible-network",
    "incompatible-parameters",
    "incompatible-restore",
    "insufficient-capacity",
    "restore-error",
    "storage-full",
)
"""States `fail` can leave an instance in."""

VOCABULARY = Vocabulary(
    effects={
        Effect.FAIL: "the instance ends in the state `how`; a snapshot or copy ends `failed`",
        Effect.DELAY: "the work takes `seconds` longer",
        Effect.MISSING: "snapshots and automated backups are not listed and not found",
        Effect.STALE: "a new snapshot holds the data of the one before; replication gets no further",
        Effect.BACKDATE: "the snapshot is dated `seconds` earlier",
        Effect.DAMAGE: "the instance is restored and available, and its data is damaged: `how`",
        Effect.ERROR: "the call of `operation` answers the error `code`",
    },
    damages=(*Damage, *STATES),
    jobs=("create", "snapshot", "copy", "restore", "password", "replicate", "delete"),
)
"""What can be switched on."""
