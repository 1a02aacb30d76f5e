"""Faults that can be switched on: jobs that fail, wait or end early, points that are missing, stale or damaged.

They exist in the sandbox only. Each says what goes wrong (`effect`), where (`job` or `operation`, and `resource` as a
pattern), and how often (`times`; without it until it is cleared).
"""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any


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


class Damage(StrEnum):
    """How a restore is damaged."""

    BIT_FLIP = "bit-flip"
    TRUNCATE = "truncate"
    MISSING = "missing"
    EXTRA = "extra"
    SWAP = "swap"
    OLDER = "older"


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


class BadFault(Exception):
    """A fault nobody could switch on."""


@dataclass(frozen=True)
class Fault:
    """One fault.

    Args:
        effect: what goes wrong.
        job: `backup`, `copy` or `restore`; any when empty.
        operation: the API operation, for `error`.
        resource: ARN pattern of the protected resource.
        how: the damage.
        seconds: for `delay` and `backdate`.
        message: status message, or the error's text.
        code: the error's name.
        times: how often it happens; 0 for always.
    """

    effect: Effect
    job: str = ""
    operation: str = ""
    resource: str = "*"
    how: Damage = Damage.BIT_FLIP
    seconds: float = 0.0
    message: str = "Fault switched on in the sandbox"
    code: str = "ServiceUnavailableException"
    times: int = 0

    @classmethod
    def of(cls, document: object) -> Fault:
        """Read a fault.

        Raises:
            BadFault: naming what is wrong and what is allowed.
        """
        known = {field.name: field for field in fields(cls)}
        if not isinstance(document, dict) or "effect" not in document:
            raise BadFault(f"a fault is an object with an effect; allowed: {', '.join(Effect)}")
        for name in document:
            if name not in known:
                raise BadFault(f"a fault has no {name!r}; allowed: {', '.join(known)}")
        try:
            fault = cls(
                **{
                    **document,
                    "effect": Effect(document["effect"]),
                    "how": Damage(document.get("how", Damage.BIT_FLIP)),
                    "seconds": float(document.get("seconds", 0.0)),
                    "times": int(document.get("times", 0)),
                }
            )
        except (ValueError, TypeError) as error:
            allowed = f"effects: {', '.join(Effect)}; damages: {', '.join(Damage)}"
            raise BadFault(f"{error}; allowed {allowed}") from None
        if fault.job not in {"", "backup", "copy", "restore"}:
            raise BadFault(f"job {fault.job!r}; allowed: backup, copy, restore")
        if not 0 <= fault.seconds <= 10**7 or fault.times < 0:
            raise BadFault("seconds are 0 to 10000000, times 0 or more")
        return fault

    def document(self) -> dict[str, Any]:
        """The fault as JSON."""
        return asdict(self)


class Faults:
    """The faults that are switched on. Safe to use from several threads."""

    def __init__(self) -> None:
        self._on: list[Fault] = []
        self._lock = threading.Lock()

    def switch_on(self, faults: list[Fault]) -> None:
        """Switch these on, and all others off."""
        with self._lock:
            self._on = list(faults)

    def document(self) -> list[dict[str, Any]]:
        """Those that are on."""
        with self._lock:
            return [each.document() for each in self._on]

    def take(self, effect: Effect, resource: str, *, job: str = "", operation: str = "") -> Fault | None:
        """The fault of this effect that strikes here, if any; one that strikes a number of times is used up by it."""
        with self._lock:
            for place, each in enumerate(self._on):
                strikes = (
                    each.effect is effect
                    and each.job in {"", job}
                    and (effect is not Effect.ERROR or each.operation == operation)
                    and fnmatchcase(resource, each.resource)
                )
                if strikes:
                    if each.times == 1:
                        del self._on[place]
                    elif each.times:
                        self._on[place] = replace(each, times=each.times - 1)
                    return each
        return None
