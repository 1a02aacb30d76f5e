"""What a principal may do, read from policy documents: the most they can mean, so that a "no" can be relied on.

Conditions are taken to be met where they allow and not to be met where they deny, but for `aws:PrincipalArn`, which is
known. A denial therefore counts only where nothing can get around it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from holdfast.objectives.patterns import covers, overlap

Document = Mapping[str, Any]
"""A policy document as JSON values."""

_CALLER = "aws:principalarn"
_NEGATED = ("arnnotequals", "arnnotlike", "stringnotequals", "stringnotlike")


@dataclass(frozen=True)
class Principal:
    """Somebody who acts in an account.

    Attributes:
        name: what proofs call it.
        arn: its ARN, or a pattern of ARNs.
        policies: what is attached to it, as far as it is declared.
        boundary: the most it may ever do; nothing when it has none.
        trust: who may become it; nothing when that is decided elsewhere.
        declared: whether `policies` is all there is. If not, it is taken to be allowed everything else besides.
        because: why not all of them are known, where there is more to say.
    """

    name: str
    arn: str
    policies: tuple[Document, ...] = ()
    boundary: Document | None = None
    trust: Document | None = None
    declared: bool = True
    because: str = ""

    @property
    def account(self) -> str:
        """The account it is in."""
        return self.arn.split(":")[4]


class Kind(StrEnum):
    """What is protected. Each action is about one kind."""

    OBJECTS = "objects"
    BUCKET = "bucket"
    KEY = "key"
    VAULT = "vault"
    RECOVERY_POINTS = "recovery points"
    ROLES = "roles"


@dataclass(frozen=True)
class Protected:
    """Something that holds backups, or what they are encrypted with, or who may touch them.

    Attributes:
        kind: what it is.
        name: what proofs call it.
        arn: its ARN, or a pattern of the ARNs of what is in it.
        account: the account it is in.
        policy: its own policy; nothing when it has none.
    """

    kind: Kind
    name: str
    arn: str
    account: str
    policy: Document | None = None

    def __str__(self) -> str:
        return f"the {self.kind} {self.name}"


@dataclass(frozen=True)
class Possible:
    """Something a principal may do, and what says so.

    Attributes:
        action: what it may do.
        on: to what.
        by: the statement that allows it, and where that is.
        assumed: whether only policies that are not declared here could allow it.
        through: the services that make the call in its name, where no other way is allowed.
    """

    action: str
    on: Protected
    by: str
    assumed: bool = False
    through: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.action} on {self.on} ({self.by})"


def possible(principal: Principal, action: str, on: Protected) -> Possible | None:
    """Whether `principal` may do `action` to what is protected, or to any part of it."""
    if _denied(principal, action, on):
        return None
    if principal.boundary is not None and not any(_allows(principal.boundary, principal, action, on)):
        return None
    let_in = list(_allows(on.policy, principal, action, on))
    if not let_in and (on.kind is Kind.KEY or principal.account != on.account):
        return None
    through = _through(let_in) if on.kind is Kind.KEY else ()
    for document in principal.policies:
        for statement in _allows(document, principal, action, on):
            by = f"{_sid(statement)} of {principal.name}"
            return Possible(action, on, by, through=through or _through([statement]))
    if direct := [each for each in let_in if not _delegates(each)]:
        return Possible(action, on, f"{_sid(direct[0])} of its policy", through=through)
    if not principal.declared:
        return Possible(action, on, "a policy not declared here", assumed=True, through=through)
    return None


def may_become(principal: Principal, other: Principal) -> bool:
    """Whether the trust policy of `other` lets `principal` in, and nothing of its own keeps it out."""
    if other.trust is None or principal.arn == other.arn:
        return False
    door = Protected(Kind.ROLES, other.name, other.arn, principal.account)
    let_in = any(_allows(other.trust, principal, "sts:AssumeRole", door))
    return let_in and (not principal.declared or possible(principal, "sts:AssumeRole", door) is not None)


def trusted_by(document: Document) -> tuple[str, ...]:
    """The ARN patterns of the users and roles a trust policy lets in; nothing for services."""
    found: list[str] = []
    for statement in _statements(document):
        if statement.get("Effect") == "Allow" and (accounts := _accounts(statement)):
            named = [arn for operator, arns in _callers(statement) if operator not in _NEGATED for arn in arns]
            found += named or [arn.replace(":root", ":*") for arn in accounts]
    return tuple(dict.fromkeys(found))


def _allows(document: Document | None, principal: Principal, action: str, on: Protected) -> Iterator[Document]:
    for statement in _statements(document or {}):
        if (
            statement.get("Effect") == "Allow"
            and _speaks_of(statement, principal)
            and _acts(statement, action)
            and any(overlap(_open(each), on.arn) for each in _resources(statement, on))
            and all(_may_be(operator, arns, principal) for operator, arns in _callers(statement))
        ):
            yield statement


def _denied(principal: Principal, action: str, on: Protected) -> bool:
    documents = [*principal.policies, *([principal.boundary] if principal.boundary else [])]
    return any(
        _denies(statement, principal, action, on)
        for document in (*documents, *([on.policy] if on.policy else []))
        for statement in _statements(document)
    )


def _denies(statement: Document, principal: Principal, action: str, on: Protected) -> bool:
    decided = all(key.lower() == _CALLER for keys in statement.get("Condition", {}).values() for key in keys)
    return (
        statement.get("Effect") == "Deny"
        and decided
        and _speaks_of(statement, principal)
        and _acts(statement, action)
        and _covered(statement, on)
        and all(_must_be(operator, arns, principal) for operator, arns in _callers(statement))
    )


def _covered(statement: Document, on: Protected) -> bool:
    if "NotResource" in statement:
        return not any(overlap(_open(each), on.arn) for each in _listed(statement["NotResource"]))
    return any("${" not in each and covers(each, on.arn) for each in _resources(statement, on))


def _acts(statement: Document, action: str) -> bool:
    if "NotAction" in statement:
        return not any(covers(each.lower(), action.lower()) for each in _listed(statement["NotAction"]))
    return any(covers(each.lower(), action.lower()) for each in _listed(statement.get("Action", ())))


def _speaks_of(statement: Document, principal: Principal) -> bool:
    """Whether the `Principal` of a statement takes this one in; there is none in what is attached to somebody."""
    if "NotPrincipal" in statement:
        return statement.get("Effect") == "Allow"
    if statement.get("Principal", "*") == "*":
        return True
    accounts = _accounts(statement)
    return any(
        each in ("*", f"arn:aws:iam::{principal.account}:root") or overlap(each, principal.arn) for each in accounts
    )


def _delegates(statement: Document) -> bool:
    """Whether a statement of a resource's policy leaves it to the policies of the account who gets in."""
    return all(each.endswith(":root") for each in _accounts(statement))


def _sid(statement: Document) -> str:
    return str(statement.get("Sid", "a statement"))


def _accounts(statement: Document) -> list[str]:
    named = statement.get("Principal", {})
    return _listed(named.get("AWS", ())) if isinstance(named, Mapping) else _listed(named)


def _may_be(operator: str, arns: Sequence[str], principal: Principal) -> bool:
    """Whether a condition on the caller can be met."""
    if operator in _NEGATED:
        return not any(covers(each, principal.arn) for each in arns)
    return any(overlap(each, principal.arn) for each in arns)


def _must_be(operator: str, arns: Sequence[str], principal: Principal) -> bool:
    """Whether a condition on the caller is always met."""
    if operator in _NEGATED:
        return not any(overlap(each, principal.arn) for each in arns)
    return any(covers(each, principal.arn) for each in arns)


def _callers(statement: Document) -> Iterator[tuple[str, list[str]]]:
    """The conditions on who calls: operator and ARN patterns."""
    for operator, keys in statement.get("Condition", {}).items():
        for key, arns in keys.items():
            if key.lower() == _CALLER:
                yield operator.lower().removesuffix("ifexists"), _listed(arns)


def _through(statements: Sequence[Document]) -> tuple[str, ...]:
    """The services KMS hears of the call from, where every statement names some."""
    found: list[str] = []
    for statement in statements:
        named = [
            value
            for operator, keys in statement.get("Condition", {}).items()
            if operator.lower() in ("stringlike", "stringequals")
            for key, values in keys.items()
            if key.lower() == "kms:viaservice"
            for value in _listed(values)
        ]
        if not named:
            return ()
        found += named
    return tuple(dict.fromkeys(found))


def _resources(statement: Document, on: Protected) -> list[str]:
    """What a statement speaks of. A trust policy names nothing; in a key policy `*` is the key."""
    return _listed(statement.get("Resource", on.arn))


def _open(resource: str) -> str:
    """A resource of which a part is known only later: that part may be anything."""
    return re.sub(r"\$\{[^}]*\}", "*", resource)


def _statements(document: Document) -> list[Document]:
    found = document.get("Statement", [])
    return [found] if isinstance(found, Mapping) else list(found)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
