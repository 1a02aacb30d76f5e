"""What a check or an attempt found. Skipped is a value with a reason, never a kind of success."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict


class Outcome(StrEnum):
    """The three things a check can say."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class CheckKind(StrEnum):
    """What sort of question a check asks of the restored data."""

    COUNT = "count"
    SIZE = "size"
    CHECKSUM = "checksum"
    INTEGRITY = "integrity"
    SCOPE = "scope"
    DRIFT = "drift"
    KEY = "key"
    LAG = "lag"
    LEAK = "leak"
    PART = "part"
    APPLICATION = "application"
    LOCK = "lock"
    ISOLATION = "isolation"
    OBJECTIVE = "objective"
    CLEAN_UP = "clean-up"
    CARRIED_OUT = "carried-out"


class Check(BaseModel):
    """One check: what was expected, what was observed (a digest or a count, never the data), what follows.

    An essential check that is skipped leaves the drill inconclusive: without it nothing was shown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: CheckKind
    outcome: Outcome
    expected: str = ""
    observed: str = ""
    reason: str = ""
    essential: bool = True

    @property
    def executed(self) -> bool:
        """Whether the question was really asked of what was restored or attacked."""
        return self.outcome is not Outcome.SKIPPED and self.kind not in _ABOUT_THE_DRILL

    def document(self) -> dict[str, Any]:
        """The check as one row of a record."""
        return {
            "id": self.id,
            "kind": self.kind.value,
            "expected": self.expected,
            "observed": self.observed,
            "verdict": self.outcome.value,
            "reason": self.reason or None,
            "essential": self.essential,
        }


class Probe(BaseModel):
    """One attempt at something that must be refused.

    Args:
        call: the API call, in the service's words.
        principal: ARN it was made as.
        expected: who must refuse it: `lock` or `IAM`.
        refused_by: who did: `lock`, `IAM`, `nobody`, `unknown`; None when it was not attempted.
        error_code: the code of the answer.
        message_class: what sort of message came with it, never the message itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    call: str
    principal: str
    resource: str
    expected: str
    outcome: Outcome
    refused_by: str | None = None
    error_code: str | None = None
    message_class: str | None = None
    reason: str = ""
    essential: bool = True

    @property
    def executed(self) -> bool:
        """Whether the attempt was really made."""
        return self.outcome is not Outcome.SKIPPED

    def document(self) -> dict[str, Any]:
        """The attempt as one row of a record."""
        document = self.model_dump(mode="json", exclude={"outcome", "reason"})
        return {**document, "verdict": self.outcome.value, "reason": self.reason or None}


_ABOUT_THE_DRILL = frozenset({CheckKind.OBJECTIVE, CheckKind.CLEAN_UP, CheckKind.CARRIED_OUT, CheckKind.ISOLATION})


def compare(id_: str, kind: CheckKind, *, expected: object, observed: object, because: str = "") -> Check:
    """Passed when `observed` equals `expected`, failed with `because` otherwise."""
    equal = expected == observed
    return Check(
        id=id_,
        kind=kind,
        outcome=Outcome.PASSED if equal else Outcome.FAILED,
        expected=str(expected),
        observed=str(observed),
        reason="" if equal else because or f"expected {expected}, observed {observed}",
    )


def failed(id_: str, kind: CheckKind, reason: str, *, expected: str = "", observed: str = "") -> Check:
    """A check that found something wrong."""
    return Check(id=id_, kind=kind, outcome=Outcome.FAILED, expected=expected, observed=observed, reason=reason)


def passed(id_: str, kind: CheckKind, *, expected: str = "", observed: str = "") -> Check:
    """A check that found what it expected."""
    return Check(id=id_, kind=kind, outcome=Outcome.PASSED, expected=expected, observed=observed)


def skipped(
    id_: str, kind: CheckKind, reason: str, *, essential: bool, expected: str = "", observed: str = ""
) -> Check:
    """A check that was not made, and why.

    Raises:
        ValueError: without a reason.
    """
    if not reason:
        raise ValueError("a skipped check needs a reason")
    return Check(
        id=id_,
        kind=kind,
        outcome=Outcome.SKIPPED,
        expected=expected,
        observed=observed,
        reason=reason,
        essential=essential,
    )
