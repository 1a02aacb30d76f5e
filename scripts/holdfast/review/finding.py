"""A finding: one thing a reviewer must know about a plan, with nothing secret in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Json = Any
"""A JSON value as `json.loads` returns it."""


class Severity(StrEnum):
    """How much a finding matters, the worst first."""

    BLOCK = "block"
    HIGH = "high"
    WARN = "warn"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)

    def at_least(self, threshold: Severity) -> bool:
        """Whether this is as bad as `threshold` or worse."""
        return self.rank <= threshold.rank


class Kind(StrEnum):
    """What sort of statement a finding is."""

    WEAKENING = "weakening"
    """A protection is less after the plan than before."""
    LOSS = "loss"
    """Something protected is deleted, replaced or no longer managed."""
    IRREVERSIBLE = "irreversible"
    """A protection becomes stronger in a way nobody can undo."""
    UNVERIFIED = "unverified"
    """A guarded value is unknown or sensitive: the review cannot say."""
    CONDITION = "condition"
    """The resources contradict each other once the plan is applied."""
    PROCESS = "process"
    """The plan or the review itself: drift, moves, failed checks, expired suppressions."""


class Origin(StrEnum):
    """Where a finding was read."""

    PLAN = "plan"
    DRIFT = "drift"
    STACKS = "stacks"
    PROOFS = "proofs"
    SUPPRESSIONS = "suppressions"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `before` and `after` are redacted; strings in `message` that come from a plan stand in backticks."""

    rule: str
    severity: Severity
    kind: Kind
    stack: str
    address: str
    message: str
    path: str = ""
    before: Json = None
    after: Json = None
    irreversible: bool = False
    origin: Origin = Origin.PLAN
    opens_deletion: bool = False
    construct: str | None = None

    @property
    def order(self) -> tuple[int, str, str, str, str]:
        """Sorts the worst first, then by place."""
        return (self.severity.rank, self.stack, self.address, self.path, self.rule)

    @property
    def verified(self) -> bool:
        """Whether the review could see both sides."""
        return self.kind is not Kind.UNVERIFIED

    def document(self) -> dict[str, Json]:
        """The finding as it stands in the JSON output; the names are fixed."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "kind": self.kind.value,
            "stack": self.stack,
            "address": self.address,
            "construct": self.construct,
            "path": self.path,
            "before": self.before,
            "after": self.after,
            "message": self.message,
            "irreversible": self.irreversible,
            "origin": self.origin.value,
        }


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, worst first, without repeats."""
    seen: set[tuple[str, str, str, str, Origin]] = set()
    result = []
    for finding in sorted(findings, key=lambda f: f.order):
        identity = (finding.rule, finding.stack, finding.address, finding.path, finding.origin)
        if identity not in seen:
            seen.add(identity)
            result.append(finding)
    return tuple(result)
