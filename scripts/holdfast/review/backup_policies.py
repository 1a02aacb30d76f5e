"""Comparing AWS Organizations backup policies: what a plan of one no longer does.

Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from holdfast.review.directions import Lowered, Rarer
from holdfast.review.finding import Json
from holdfast.review.policies import PolicyWeaker
from holdfast.review.rule import SAME, Comparison, Outcome
from holdfast.review.statements import NotAPolicy, parsed
from holdfast.review.words import listed

_MEASURES: Mapping[str, Lowered | Rarer] = {
    "delete_after_days": Lowered(),
    "max_retention_days": Lowered(null="most"),
    "min_retention_days": Lowered(),
    "schedule_expression": Rarer(),
}


@dataclass(frozen=True, slots=True)
class OrganizationPolicyWeaker:
    """The content of an organization's policy must not become weaker, be it a backup policy or a guardrail."""

    words: str = "loses a Deny, a backup plan, or part of one"

    def compare(self, before: Json, after: Json) -> Comparison:
        """Statements are compared as a guardrail, backup plans setting by setting."""
        if before == after:
            return SAME
        if before is None or after is None:
            return Comparison(Outcome.STRONGER if before is None else Outcome.WEAKER)
        try:
            old, new = parsed(before), parsed(after)
        except NotAPolicy:
            return Comparison(Outcome.UNCLEAR, "the policy cannot be read")
        if "Statement" in old or "Statement" in new:
            return PolicyWeaker("guardrail").compare(before, after)
        try:
            old_leaves, new_leaves = dict(_leaves(old)), dict(_leaves(new))
        except RecursionError:
            return Comparison(Outcome.UNCLEAR, "the policy is nested too deeply")
        weaker = [path for path, value in old_leaves.items() if _weaker(path, value, new_leaves.get(path))]
        if weaker:
            return Comparison(Outcome.WEAKER, f"weaker or gone: {listed(weaker)}")
        return SAME if old_leaves == new_leaves else Comparison(Outcome.STRONGER)

    def at_risk(self, before: Json) -> bool:
        """Where there is a policy."""
        return before is not None


def _leaves(value: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, f"{path}.{name}" if path else name)
    else:
        yield path, sorted(value, key=str) if isinstance(value, list) else value


def _weaker(path: str, before: Json, after: Json) -> bool:
    if before == after:
        return False
    measure = next((rule for name, rule in _MEASURES.items() if f".{name}." in f".{path}."), None)
    return measure is None or measure.compare(before, after).outcome in (Outcome.WEAKER, Outcome.UNCLEAR)
