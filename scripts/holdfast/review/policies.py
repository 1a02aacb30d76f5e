"""Comparing policies statement by statement: which Deny is lost, which Allow is new.

A Deny before must be covered by a Deny after (same or wider principals, actions and resources, same or fewer
conditions); an Allow after must be covered by an Allow before. Splitting, merging, reordering and renaming statements
change nothing. Where a policy cannot be read the outcome is unclear, never "the same".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from holdfast.review.conditions import all_implied
from holdfast.review.dangerous import ANYWHERE, DANGEROUS
from holdfast.review.finding import Json
from holdfast.review.rule import SAME, Comparison, Outcome
from holdfast.review.statements import NotAPolicy, Statement, statements
from holdfast.review.words import listed, quoted

_MOST_ATOMS = 6000
_UNCLEAR = Comparison(Outcome.UNCLEAR, "the policy cannot be read")


@dataclass(frozen=True, slots=True)
class PolicyWeaker:
    """A policy must not lose a Deny nor gain a dangerous Allow.

    Attributes:
        kind: `resource` (bucket, vault, topic), `key` (a resource policy that must keep its users and administrators),
            `identity` (only dangerous permissions count), `trust` (any new principal counts) or `guardrail`
            (service control policies: only Deny counts).
    """

    kind: str
    words: str = field(default="loses a Deny or gains a dangerous Allow")

    def compare(self, before: Json, after: Json) -> Comparison:
        """Weaker when a Deny is lost, a dangerous Allow is new, or a key loses its last administrator or reader."""
        if before == after:
            return SAME
        try:
            old = statements(before) if before is not None else ()
            new = statements(after) if after is not None else ()
        except NotAPolicy:
            return _UNCLEAR
        if _size(old) > _MOST_ATOMS or _size(new) > _MOST_ATOMS:
            return Comparison(Outcome.UNCLEAR, "the policy is too large to compare")
        if self.kind == "key" and after is None:
            return Comparison(Outcome.WEAKER, "the key falls back to the default policy")
        details = [*_lost_denies(old, new), *self._new_allows(old, new)]
        if self.kind == "key":
            details += _stranded(old, new)
        if details:
            more = f" and {len(details) - 8} more" if len(details) > 8 else ""
            return Comparison(Outcome.WEAKER, "; ".join(details[:8]) + more)
        return Comparison(Outcome.STRONGER) if _lost_denies(new, old) else SAME

    def at_risk(self, before: Json) -> bool:
        """Always: a new statement may allow anything."""
        return True

    def _new_allows(self, old: tuple[Statement, ...], new: tuple[Statement, ...]) -> list[str]:
        if self.kind == "guardrail":
            return []
        allowed = [statement for statement in old if statement.effect == "Allow"]
        found: dict[str, list[str]] = {}
        for statement in new:
            for atom in statement.atoms() if statement.effect == "Allow" else ():
                if not any(_covered(atom, by) for by in allowed):
                    why = self._why(atom, allowed, old)
                    if why:
                        found.setdefault(f"{why}{_where(statement)}", []).append(_subject(atom))
        return [f"{why}: {listed(list(dict.fromkeys(subjects)), 4)}" for why, subjects in found.items()]

    def _why(self, atom: Statement, allowed: list[Statement], old: tuple[Statement, ...]) -> str:
        """Why a new permission weakens protection; empty when it does not."""
        if self.kind == "trust":
            return "new principal or looser condition"
        if atom.actions.touches(DANGEROUS) or (atom.actions.touches(ANYWHERE) and "*" in atom.resources.patterns):
            return "new permission"
        if self.kind == "identity":
            return ""
        if atom.principals.negated or "*" in atom.principals.patterns:
            return "open to everyone"
        if any(_covered(atom, by, ignoring=_lost_keys(atom, by)) for by in allowed):
            return "condition lost"
        accounts = _accounts(*old)
        return "new account" if accounts and not _accounts(atom) <= accounts else ""


def _size(policy: tuple[Statement, ...]) -> int:
    return sum(len(s.principals.patterns) * len(s.actions.patterns) * len(s.resources.patterns) for s in policy)


def _covered(atom: Statement, by: Statement, *, ignoring: frozenset[str] = frozenset()) -> bool:
    return (
        by.principals.covers(atom.principals)
        and by.actions.covers(atom.actions)
        and by.resources.covers(atom.resources)
        and all_implied(atom.conditions, [clause for clause in by.conditions if clause.key not in ignoring])
    )


def _lost_keys(atom: Statement, by: Statement) -> frozenset[str]:
    return frozenset(c.key for c in by.conditions) - frozenset(c.key for c in atom.conditions)


def _lost_denies(old: tuple[Statement, ...], new: tuple[Statement, ...]) -> list[str]:
    kept = [statement for statement in new if statement.effect == "Deny"]
    found: dict[str, list[str]] = {}
    for statement in old:
        for atom in statement.atoms() if statement.effect == "Deny" else ():
            if not any(_covered(atom, by) for by in kept):
                found.setdefault(f"Deny lost{_where(statement)}", []).append(_subject(atom))
    return [f"{what}: {listed(list(dict.fromkeys(subjects)), 4)}" for what, subjects in found.items()]


_NEEDED = {"kms:putkeypolicy": "nobody can administer the key any more", "kms:decrypt": "nobody can decrypt any more"}


def _stranded(old: tuple[Statement, ...], new: tuple[Statement, ...]) -> list[str]:
    def allows(policy: tuple[Statement, ...], action: str) -> bool:
        return any(s.effect == "Allow" and s.actions.touches((action,)) for s in policy)

    return [what for action, what in _NEEDED.items() if allows(old, action) and not allows(new, action)]


def _accounts(*policy: Statement) -> set[str]:
    return {found for s in policy for p in s.principals.patterns for found in re.findall(r"::(\d{12}):", p)}


def _where(statement: Statement) -> str:
    return f" (statement {quoted(statement.sid, 60)})" if statement.sid else ""


def _subject(atom: Statement) -> str:
    actions = ("not " if atom.actions.negated else "") + ",".join(atom.actions.patterns[:3])
    who = ("not " if atom.principals.negated else "") + ",".join(atom.principals.patterns[:2])
    where = ("not " if atom.resources.negated else "") + ",".join(atom.resources.patterns[:2])
    return f"{actions} on {where} for {who}"
