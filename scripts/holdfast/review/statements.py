"""IAM policy documents parsed into statements that can be compared.

Strings become lists, action names compare without case, account ids become root ARNs; Sid and order mean nothing.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from holdfast.review.finding import Json
from holdfast.review.patterns import covers, overlap

_LIMIT = 262_144


class NotAPolicy(Exception):  # a signal inside this package
    """The text is not a policy document this module can read."""


@dataclass(frozen=True, slots=True)
class Element:
    """The principals, actions or resources of a statement; `negated` for NotPrincipal, NotAction, NotResource."""

    patterns: tuple[str, ...]
    negated: bool = False

    def covers(self, other: Element) -> bool:
        """Whether everything in `other` is in this element too."""
        if self.negated and other.negated:
            return all(any(_within(out, pattern) for out in other.patterns) for pattern in self.patterns)
        if self.negated:
            return not any(overlap(pattern, item) for pattern in self.patterns for item in other.patterns)
        if other.negated:
            return "*" in self.patterns
        return all(any(_within(pattern, item) for pattern in self.patterns) for item in other.patterns)

    def touches(self, names: tuple[str, ...]) -> bool:
        """Whether some of `names` may be in this element."""
        if self.negated:
            return any(not any(covers(pattern, name) for pattern in self.patterns) for name in names)
        return any(overlap(pattern, name) for pattern in self.patterns for name in names)


def _within(pattern: str, item: str) -> bool:
    if pattern.endswith(":root") and pattern.startswith("arn:"):
        account = pattern.split(":")[4]
        return item == pattern or (item.startswith(("arn:aws:iam::", "arn:aws:sts::")) and f"::{account}:" in item)
    return covers(pattern, item)


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition: operator, key (lower case), values."""

    operator: str
    key: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy."""

    sid: str
    effect: str
    principals: Element
    actions: Element
    resources: Element
    conditions: frozenset[Clause]

    def atoms(self) -> list[Statement]:
        """The statement split into one principal, one action and one resource each; negated elements stay whole."""
        return [
            replace(self, principals=principal, actions=action, resources=resource)
            for principal in _split(self.principals)
            for action in _split(self.actions)
            for resource in _split(self.resources)
        ]


def _split(element: Element) -> list[Element]:
    return [element] if element.negated else [Element((pattern,)) for pattern in element.patterns]


def statements(text: Json) -> tuple[Statement, ...]:
    """The statements of a policy document given as JSON text.

    Raises:
        NotAPolicy: it is not JSON, or not a policy document.
    """
    document = parsed(text)
    if "Statement" not in document:
        raise NotAPolicy("no Statement")
    return tuple(_statement(item) for item in _listed(document["Statement"]))


def parsed(text: Json) -> dict[str, Any]:
    """A JSON object out of a policy text.

    Raises:
        NotAPolicy: it is no JSON object, or larger than any policy AWS accepts.
    """
    if not isinstance(text, str) or len(text) > _LIMIT:
        raise NotAPolicy("not a text of acceptable length")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise NotAPolicy("not JSON") from None
    if not isinstance(document, dict):
        raise NotAPolicy("not an object")
    return document


def _statement(item: Json) -> Statement:
    if not isinstance(item, dict) or item.get("Effect") not in ("Allow", "Deny"):
        raise NotAPolicy("a statement without Effect")
    return Statement(
        sid=str(item.get("Sid") or ""),
        effect=str(item["Effect"]),
        principals=_element(item, "Principal", _principals),
        actions=_element(item, "Action", lambda value: [text.lower() for text in _texts(value)]),
        resources=_element(item, "Resource", _texts),
        conditions=frozenset(_clauses(item.get("Condition"))),
    )


def _element(item: dict[str, Any], name: str, read: Any) -> Element:
    if name in item and f"Not{name}" in item:
        raise NotAPolicy(f"both {name} and Not{name}")
    if name in item:
        return Element(tuple(dict.fromkeys(read(item[name]))))
    if f"Not{name}" in item:
        return Element(tuple(dict.fromkeys(read(item[f"Not{name}"]))), negated=True)
    return Element(("*",))


def _principals(value: Json) -> list[str]:
    if not isinstance(value, dict):
        return [_principal("AWS", text) for text in _texts(value)]
    return [_principal(kind, text) for kind, texts in value.items() for text in _texts(texts)]


def _principal(kind: str, text: str) -> str:
    if kind != "AWS":
        return f"{kind}:{text}"
    return f"arn:aws:iam::{text}:root" if text.isdigit() else text


def _clauses(condition: Json) -> list[Clause]:
    if condition is None:
        return []
    if not isinstance(condition, dict):
        raise NotAPolicy("a Condition that is no object")
    return [
        Clause(operator, key.lower(), frozenset(_texts(values)))
        for operator, keys in condition.items()
        for key, values in (keys if isinstance(keys, dict) else {}).items()
    ]


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _texts(value: Json) -> list[str]:
    return [json.dumps(item).strip('"') if isinstance(item, bool) else str(item) for item in _listed(value)]
