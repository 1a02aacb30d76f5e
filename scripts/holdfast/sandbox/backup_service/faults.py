"""Faults that can be switched on: jobs that fail, wait or end early, points that are missing, stale or damaged.

They exist in the sandbox only. Each says what goes wrong (`effect`), where (`job` or `operation`, and `resource` as a
pattern), and how often (`times`; without it until it is cleared).
"""

from __future__ import annotations

from enum import StrEnum

from holdfast.sandbox.service.damage import Damage
from holdfast.sandbox.service.faults import Vocabulary


class Effect(StrEnum):
    """What goes wrong."""

    FAIL = "fail"
    ABORT = "abort"
    EXPIRE = "expire"
    PARTIAL = "partial"
    DELAY = "delay"
    MISSING = "missing"
    STALE = "stale"
    BACKDATE = "backdate"
    DAMAGE = "damage"
    ERROR = "error"


MEANING = {
    Effect.FAIL: "the job ends FAILED with `message`",
    Effect.ABORT: "the job ends ABORTED with `message`",
    Effect.EXPIRE: "the backup job ends EXPIRED: it did not finish inside its window",
    Effect.PARTIAL: "the backup or copy job ends PARTIAL: the last part is not in the recovery point",
    Effect.DELAY: "the job runs `seconds` longer",
    Effect.MISSING: "recovery points are not listed and not found",
    Effect.STALE: "the backup job makes a new recovery point of the content of the one before (nothing, for the first)",
    Effect.BACKDATE: "the recovery point is dated `seconds` earlier",
    Effect.DAMAGE: "the restore job completes and what it restored is damaged: `how`",
    Effect.ERROR: "the call of `operation` answers the error `code`",
}
"""What each effect does, for the docs and for whoever misspells one."""
VOCABULARY = Vocabulary(
    {effect.value: text for effect, text in MEANING.items()}, tuple(Damage), ("backup", "copy", "restore")
)
