"""One object before and after, held against the attribute rules of its type."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from holdfast.review.changes import Pair, pairs
from holdfast.review.finding import Finding, Json, Kind, Origin
from holdfast.review.node import Hidden, Node, Unverifiable
from holdfast.review.rule import Appears, Comparison, Described, Direction, Gone, Outcome, Rule
from holdfast.review.rules import attribute_rules
from holdfast.review.words import quoted, visible

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Where findings are reported: the stack, the address, and how the transition came to be looked at.

    `configured` names the arguments the configuration sets; None where that is not known.
    """

    stack: str
    address: str
    origin: Origin = Origin.PLAN
    preface: str = ""
    configured: frozenset[str] | None = None


def weakenings(type_: str, before: Node, after: Node, place: Place, *, only: str = "") -> list[Finding]:
    """The findings of every attribute rule of `type_`; `only` limits them to rules with that `attached` attribute."""
    found: list[tuple[Rule, Finding]] = []
    same = _same(before, after)
    for rule in attribute_rules().get(type_, ()):
        if (not only or rule.attached == only) and not (rule.path.names and rule.path.names[0] in same):
            found.extend((rule, finding) for finding in _judged(rule, before, after, place))
    return _without_nested(_merged(found))


def _same(before: Node, after: Node) -> set[str]:
    """The attributes that are equal and visible on both sides: no rule has anything to say below them."""
    if not isinstance(before.value, dict) or not isinstance(after.value, dict):
        return set()
    return {
        name
        for name, value in before.value.items()
        if name in after.value
        and value == after.value[name]
        and before.get(name).hidden() is None
        and after.get(name).hidden() is None
    }


def outcome(rule: Rule, pair: Pair, configured: frozenset[str] | None) -> tuple[Comparison, Hidden | None]:
    """What one rule says of one place; with the reason when it cannot be said.

    What was unset, is not configured, and will be known after apply is a default the provider reports.
    """
    if _equal(pair):
        return Comparison(Outcome.SAME), None
    before, why_before = _read(rule, pair, pair.before)
    after, why_after = _read(rule, pair, pair.after)
    if why_before is None and why_after is not None:
        unset = pair.before.absent and configured is not None and pair.path.split(".")[0] not in configured
        below = not pair.whole and not pair.before.absent
        if (unset and why_after is Hidden.UNKNOWN) or not (below or _direction(rule).at_risk(before)):
            return Comparison(Outcome.SAME), None
    if why_before or why_after:
        return Comparison(Outcome.UNCLEAR), why_after or why_before
    compared = _direction(rule).compare(before, after)
    return compared, Hidden.UNREADABLE if compared.outcome is Outcome.UNCLEAR else None


def _judged(rule: Rule, before: Node, after: Node, place: Place) -> Iterator[Finding]:
    for pair in pairs(rule.path, before, after):
        if pair.new and not rule.new_items:
            continue
        compared, why = outcome(rule, pair, place.configured)
        if why is not None:
            yield _unverified(rule, pair, why, compared.detail, place)
        elif compared.outcome is Outcome.WEAKER:
            yield _weakening(rule, pair, compared.detail, place)


def _direction(rule: Rule) -> Direction:
    if isinstance(rule.direction, Gone | Appears | Described):
        raise TypeError(f"{rule.id} compares no attribute")
    return rule.direction


def _equal(pair: Pair) -> bool:
    return pair.before.value == pair.after.value and pair.before.hidden() is None and pair.after.hidden() is None


def _read(rule: Rule, pair: Pair, node: Node) -> tuple[Json, Hidden | None]:
    try:
        if not pair.whole:
            node.read()
            return None, None
        return rule.reading.read(node), None
    except Unverifiable as hidden:
        return None, hidden.why


def _weakening(rule: Rule, pair: Pair, detail: str, place: Place) -> Finding:
    before, after = _shown(rule, pair.before), _shown(rule, pair.after)
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        kind=rule.kind,
        stack=place.stack,
        address=place.address,
        path=_path(rule, pair),
        before=before,
        after=after,
        message=_sentence(place.preface, rule.title, _values(rule, before, after), detail, rule.risk),
        origin=place.origin,
        opens_deletion=rule.opens_deletion,
    )


def _unverified(rule: Rule, pair: Pair, why: Hidden, detail: str, place: Place) -> Finding:
    because = detail or f"the value is {why.value}"
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        kind=Kind.UNVERIFIED,
        stack=place.stack,
        address=place.address,
        path=_path(rule, pair),
        before=_shown(rule, pair.before),
        after=_shown(rule, pair.after),
        message=_sentence(place.preface, "Cannot verify", f"{rule.path or rule.reading.field}", because, rule.risk),
        origin=place.origin,
    )


def _path(rule: Rule, pair: Pair) -> str:
    field = rule.reading.field if pair.whole else ""
    return visible(f"{pair.path}.{field}" if pair.path and field else pair.path or field)


def _shown(rule: Rule, node: Node) -> Json:
    """What of a value goes into a finding: the reading where it has a unit, else the attribute, always redacted."""
    if rule.reading.unit and node.hidden() is None:
        try:
            value = rule.reading.read(node)
        except Unverifiable:
            return node.redacted()
        return None if isinstance(value, float) and math.isinf(value) else value
    field = rule.reading.field
    return (node.at(*field.split(".")) if field else node).redacted()


def _values(rule: Rule, before: Json, after: Json) -> str:
    left, right = (("nothing" if v in (None, "", [], {}) else quoted(v, _SHOWN)) for v in (before, after))
    unit = f" {rule.reading.unit}" if rule.reading.unit and rule.reading.unit.isalpha() else ""
    return f"{left} → {right}{unit}"


def _sentence(preface: str, title: str, what: str, detail: str, risk: str) -> str:
    parts = [f"{preface}{title}: {what}"] if what else [f"{preface}{title}"]
    return f"{parts[0]}{f' ({detail})' if detail else ''}. {risk}"


def _merged(found: list[tuple[Rule, Finding]]) -> list[tuple[Rule, Finding]]:
    """One finding for each hidden place, under the gravest rule that looks there."""
    result: list[tuple[Rule, Finding]] = []
    hidden: dict[str, list[tuple[Rule, Finding]]] = {}
    for rule, finding in found:
        if finding.kind is Kind.UNVERIFIED:
            hidden.setdefault(finding.path, []).append((rule, finding))
        else:
            result.append((rule, finding))
    for group in hidden.values():
        rule, worst = min(group, key=lambda entry: entry[1].severity.rank)
        others = sorted({other.id for other, _ in group} - {rule.id})
        more = f" Also not verified: {', '.join(others)}." if others else ""
        result.append((rule, replace(worst, message=worst.message + more)))
    return result


def _without_nested(found: list[tuple[Rule, Finding]]) -> list[Finding]:
    """A removed block stands for everything that was in it."""
    removed = [f.path for _, f in found if f.kind is not Kind.UNVERIFIED and f.after in (None, "", [], {}) and f.path]
    return [f for _, f in found if not any(f.path.startswith((f"{path}.", f"{path}[")) for path in removed)]
