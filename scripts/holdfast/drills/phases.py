"""The phases of a drill, in the only order there is."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """Where a drill stands. A phase is entered once, left once, and journalled both times."""

    DECLARE = "declare"
    PREFLIGHT = "preflight"
    SELECT = "select"
    RESTORE = "restore"
    VERIFY = "verify"
    PROBE = "probe"
    MEASURE = "measure"
    CLEAN_UP = "clean_up"
    RECORD = "record"

    @property
    def doing(self) -> str:
        """The phase in words, for progress and errors."""
        return _WORDS[self]


_WORDS = {
    Phase.DECLARE: "declare the disaster",
    Phase.PREFLIGHT: "check that the target is safe",
    Phase.SELECT: "select the recovery point",
    Phase.RESTORE: "restore",
    Phase.VERIFY: "verify what was restored",
    Phase.PROBE: "probe",
    Phase.MEASURE: "measure",
    Phase.CLEAN_UP: "clean up",
    Phase.RECORD: "record",
}

UNTIL_VERIFIED = (Phase.DECLARE, Phase.PREFLIGHT, Phase.SELECT, Phase.RESTORE, Phase.VERIFY)
"""What counts towards the recovery time: from the declaration to verified operation."""
