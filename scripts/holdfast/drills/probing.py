"""From how an attempt was answered to what that shows."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.drills.checks import Outcome, Probe
from holdfast.drills.refusals import Refusal, RefusedBy


@dataclass(frozen=True)
class Attempt:
    """What was tried, on what, as whom.

    Args:
        expected: who may refuse it; `nobody` where being accepted is harmless.
        limitation: why an acceptance says nothing here (an emulator); None when it does.
    """

    id: str
    call: str
    principal: str
    resource: str
    expected: frozenset[RefusedBy]
    limitation: str | None = None

    def answered(self, refusal: Refusal) -> Probe:
        """The probe for an answer.

        Refused by whom it should be: passed. Accepted: failed. Refused by the lock where IAM should have: failed, the
        role may do what it must not. Refused by IAM where the lock should have, or by nobody can say whom: skipped,
        because the lock was not shown. Neither denied nor carried out, such as a request the service calls malformed:
        skipped, and since nobody judged it at all, the drill shows too little.
        """
        if refusal.is_no_judgement:
            because = f"it was neither denied nor carried out: the answer was {refusal.error_code}"
            return self._probe(Outcome.SKIPPED, because, refusal, essential=True)
        outcome, reason = self._weigh(refusal.by)
        return self._probe(outcome, reason, refusal)

    def not_made(self, because: str) -> Probe:
        """The probe for an attempt that could not be made; without it the drill shows too little."""
        return self._probe(Outcome.SKIPPED, because, None, essential=True)

    def _weigh(self, by: RefusedBy) -> tuple[Outcome, str]:
        if by in self.expected:
            return Outcome.PASSED, ""
        match by:
            case RefusedBy.NOBODY if self.limitation:
                return Outcome.SKIPPED, self.limitation
            case RefusedBy.NOBODY:
                return Outcome.FAILED, "it was accepted"
            case RefusedBy.LOCK:
                return Outcome.FAILED, "IAM let it pass; only the lock refused it"
            case RefusedBy.IAM:
                return Outcome.SKIPPED, "IAM refused it before the lock was asked"
            case RefusedBy.UNKNOWN:
                return Outcome.SKIPPED, "it was refused, and the answer does not say by whom"

    def _probe(self, outcome: Outcome, reason: str, refusal: Refusal | None, *, essential: bool = False) -> Probe:
        return Probe(
            id=self.id,
            call=self.call,
            principal=self.principal,
            resource=self.resource,
            expected=" or ".join(sorted(each.value for each in self.expected)),
            outcome=outcome,
            refused_by=refusal.by.value if refusal else None,
            error_code=refusal.error_code if refusal else None,
            message_class=refusal.message_class if refusal else None,
            reason=reason,
            essential=essential,
        )
