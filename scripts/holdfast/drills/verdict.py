"""What a drill may say of itself. Anything unknown is inconclusive; only executed checks can make it pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from holdfast.drills.checks import Check, Outcome, Probe


class Verdict(StrEnum):
    """The result of a drill."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    INCONCLUSIVE = "INCONCLUSIVE"

    @property
    def exit_code(self) -> int:
        """What `holdfast drill run` exits with: 0, 2 or 3."""
        return {Verdict.PASSED: 0, Verdict.FAILED: 2, Verdict.INCONCLUSIVE: 3}[self]


@dataclass(frozen=True)
class Judgement:
    """A verdict and everything that speaks against a plain pass, in words."""

    verdict: Verdict
    reasons: tuple[str, ...]


def judge(findings: Sequence[Check | Probe], *, doubts: Sequence[str] = (), remarks: Sequence[str] = ()) -> Judgement:
    """Weigh what the checks and attempts of a drill found.

    Args:
        findings: everything that was asked and tried; one that failed fails the drill, whatever else passed.
        doubts: why the result cannot be relied on (no recovery point, clock skew, interruption): inconclusive.
        remarks: what a reader should know and what changes nothing, such as an objective nobody declared.
    """
    failures = [f"{each.id}: {each.reason}" for each in findings if each.outcome is Outcome.FAILED]
    skipped = [each for each in findings if each.outcome is Outcome.SKIPPED and each.essential]
    unknown = [*doubts, *(f"{each.id} was skipped: {each.reason}" for each in skipped)]
    if not any(each.executed for each in findings):
        unknown.append("no check was executed")
    verdict = Verdict.FAILED if failures else Verdict.INCONCLUSIVE if unknown else Verdict.PASSED
    return Judgement(verdict, (*failures, *unknown, *remarks))
