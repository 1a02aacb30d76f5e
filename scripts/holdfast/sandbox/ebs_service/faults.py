"""What can be made to go wrong with snapshots, copies and volumes."""

from __future__ import annotations

from enum import StrEnum

from holdfast.sandbox.service.damage import Damage
from holdfast.sandbox.service.faults import Vocabulary


class Effect(StrEnum):
    """What goes wrong."""

    FAIL = "fail"
    DELAY = "delay"
    MISSING = "missing"
    STALE = "stale"
    BACKDATE = "backdate"
    DAMAGE = "damage"
    ERROR = "error"


class Work(StrEnum):
    """What is made: a snapshot of a volume, a copy of a snapshot, a volume of a snapshot."""

    SNAPSHOT = "snapshot"
    COPY = "copy"
    VOLUME = "volume"


MEANING = {
    Effect.FAIL: "what is made ends in state `error`, a snapshot with `message`",
    Effect.DELAY: "it stays `pending` or `creating` for `seconds`",
    Effect.MISSING: "snapshots are not listed and not found; `resource` is the snapshot",
    Effect.STALE: "it holds the blocks of the snapshot before (none, without one)",
    Effect.BACKDATE: "a snapshot or copy is dated `seconds` earlier",
    Effect.DAMAGE: "it is made and says so, and its blocks are damaged: `how`",
    Effect.ERROR: "the call of `operation` answers the error `code`",
}
"""What each effect does; `resource` is what the snapshot, copy or volume is made of, where nothing else is said."""
VOCABULARY = Vocabulary(
    {effect.value: text for effect, text in MEANING.items()}, tuple(Damage), tuple(each.value for each in Work)
)
