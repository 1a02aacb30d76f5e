"""When one condition of a policy statement implies another.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.review.patterns import uncovered
from holdfast.review.statements import Clause

_ORDERED = {"NumericLessThan", "NumericLessThanEquals", "DateLessThan", "DateLessThanEquals"}
_REVERSED = {"NumericGreaterThan", "NumericGreaterThanEquals", "DateGreaterThan", "DateGreaterThanEquals"}


def all_implied(by: Iterable[Clause], clauses: Iterable[Clause]) -> bool:
    """Whether a request that meets every condition of `by` meets every one of `clauses`."""
    given = list(by)
    return all(any(implies(one, other) for one in given) for other in clauses)


def implies(one: Clause, other: Clause) -> bool:
    """Whether every request that meets `one` meets `other`; False where that is not sure."""
    if one == other:
        return True
    if one.key != other.key:
        return False
    (quantifier, base, lenient), (other_quantifier, other_base, other_lenient) = _split(one), _split(other)
    if quantifier != other_quantifier or (lenient and not other_lenient):
        return False
    if base != other_base and (base, other_base) not in {("StringEquals", "StringLike"), ("ArnEquals", "ArnLike")}:
        return False
    if base in _ORDERED | _REVERSED:
        return _bound(one, other, reverse=base in _REVERSED)
    if "Not" in base:
        return not uncovered(sorted(other.values), sorted(one.values))
    return not uncovered(sorted(one.values), sorted(other.values))


def _split(clause: Clause) -> tuple[str, str, bool]:
    quantifier, _, base = clause.operator.rpartition(":")
    return quantifier, base.removesuffix("IfExists"), base.endswith("IfExists")


def _bound(one: Clause, other: Clause, *, reverse: bool) -> bool:
    try:
        mine, theirs = [float(v) for v in one.values], [float(v) for v in other.values]
    except ValueError:
        mine, theirs = [], []
    if not mine or not theirs:
        return False
    return min(mine) >= min(theirs) if reverse else max(mine) <= max(theirs)
