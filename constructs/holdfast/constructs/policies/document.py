"""IAM policy documents as values: statements that say who, what, where and when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from holdfast.constructs.errors import PolicyTooLarge
from holdfast.constructs.principals import Principals

Conditions = Mapping[str, Mapping[str, str | Sequence[str]]]


@dataclass(frozen=True)
class Statement:
    """One statement of a policy document. Made by `allow` and `deny`."""

    sid: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...] = ()
    principal: Any = None
    conditions: Conditions = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The statement as JSON values."""
        document: dict[str, Any] = {"Sid": self.sid, "Effect": self.effect}
        if self.principal is not None:
            document["Principal"] = self.principal
        document["Action"] = list(self.actions)
        if self.not_resources:
            document["NotResource"] = list(self.not_resources)
        else:
            document["Resource"] = list(self.resources)
        if self.conditions:
            document["Condition"] = {
                operator: {key: value if isinstance(value, str) else list(value) for key, value in keys.items()}
                for operator, keys in self.conditions.items()
            }
        return document


def allow(
    sid: str, actions: Iterable[str], *, on: Iterable[str], to: Principals | None = None, when: Conditions | None = None
) -> Statement:
    """Allow `actions` on the resources `on`.

    In a resource policy `to` names who; in the policy of a role it is left out. See `Principals` for why an account
    is named and narrowed by condition.
    """
    if to is None:
        return Statement(sid, "Allow", tuple(actions), tuple(on), conditions=when or {})
    conditions = _merge(when or {}, {"ArnLike": {"aws:PrincipalArn": to.arns}})
    return Statement(sid, "Allow", tuple(actions), tuple(on), principal={"AWS": list(to.roots)}, conditions=conditions)


def deny(
    sid: str,
    actions: Iterable[str],
    *,
    on: Iterable[str] = (),
    not_on: Iterable[str] = (),
    except_for: Principals | None = None,
    when: Conditions | None = None,
) -> Statement:
    """Deny `actions` to everybody (resource policy), save for the principals `except_for`."""
    exempt: Conditions = {"ArnNotLike": {"aws:PrincipalArn": except_for.arns}} if except_for else {}
    return Statement(
        sid,
        "Deny",
        tuple(actions),
        tuple(on),
        not_resources=tuple(not_on),
        principal="*",
        conditions=_merge(when or {}, exempt),
    )


def _merge(first: Conditions, second: Conditions) -> Conditions:
    merged = {operator: dict(keys) for operator, keys in first.items()}
    for operator, keys in second.items():
        merged.setdefault(operator, {}).update(keys)
    return merged


def render(statements: Iterable[Statement]) -> str:
    """The policy document as compact JSON, statements in the order given."""
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [statement.document() for statement in statements]},
        separators=(",", ":"),
    )


def render_within(limit: int, statements: Iterable[Statement], *, construct: str, kind: str, reference: str) -> str:
    """The policy document, checked against the size the service accepts.

    Raises:
        PolicyTooLarge: the document is longer than `limit` bytes. Tokens count with the length of their placeholder.
    """
    text = render(statements)
    size = len(text.encode())
    if size > limit:
        raise PolicyTooLarge(construct=construct, field=kind, value=size, allowed=f"up to {limit}", reference=reference)
    return text
