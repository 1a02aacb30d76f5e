"""IAM policy documents as values: statements that say who, what, where and when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from holdfast.constructs.errors import PolicyTooLarge
from holdfast.constructs.principals import NOBODY, Principals

Conditions = Mapping[str, Mapping[str, str | Sequence[str]]]


@dataclass(frozen=True)
class Statement:
    """One statement of a policy document. Made by `allow`, `deny` and `never`."""

    sid: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()
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
        elif self.resources:  # a trust policy has none
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

    In a resource policy `to` names who (see `Principals` for how); in the policy of a role it is left out.
    """
    if to is None:
        return Statement(sid, "Allow", tuple(actions), tuple(on), conditions=when or {})
    conditions = _merge(when or {}, {"ArnLike": {"aws:PrincipalArn": to.arns}})
    return Statement(sid, "Allow", tuple(actions), tuple(on), principal={"AWS": list(to.roots)}, conditions=conditions)


def allow_service(sid: str, service: str, actions: Iterable[str], *, on: Iterable[str], when: Conditions) -> Statement:
    """Allow `actions` to an AWS service, such as `logging.s3.amazonaws.com`, in a resource policy."""
    return Statement(sid, "Allow", tuple(actions), tuple(on), principal={"Service": service}, conditions=when)


def deny(
    sid: str,
    actions: Iterable[str],
    *,
    on: Iterable[str] = (),
    not_on: Iterable[str] = (),
    to: Principals = NOBODY,
    except_for: Principals = NOBODY,
    when: Conditions | None = None,
) -> Statement:
    """Deny `actions`, in a resource policy: to everybody, or only `to` some, or to all but `except_for`."""
    conditions = when or {}
    if to:
        conditions = _merge(conditions, {"ArnLike": {"aws:PrincipalArn": to.arns}})
    if except_for:
        conditions = _merge(conditions, {"ArnNotLike": {"aws:PrincipalArn": except_for.arns}})
    return Statement(sid, "Deny", tuple(actions), tuple(on), tuple(not_on), principal="*", conditions=conditions)


def never(sid: str, actions: Iterable[str], *, on: Iterable[str] = ("*",)) -> Statement:
    """Deny `actions` in the policy of a role, whatever else that role is given."""
    return Statement(sid, "Deny", tuple(actions), tuple(on))


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


@dataclass(frozen=True)
class SizeLimit:
    """How long a policy document may be, in bytes of compact JSON.

    Args:
        of: what kind of document, for the error.
        bytes: the most the service accepts.
        reference: where AWS says so.
    """

    of: str
    bytes: int
    reference: str

    def render(self, statements: Iterable[Statement], *, construct: str) -> str:
        """The document, checked. Tokens count with the length of their placeholder.

        Raises:
            PolicyTooLarge: the document is longer than the service accepts.
        """
        text = render(statements)
        size = len(text.encode())
        if size > self.bytes:
            raise PolicyTooLarge(
                construct=construct, field=self.of, value=size, allowed=f"up to {self.bytes}", reference=self.reference
            )
        return text


KEY_POLICY = SizeLimit(
    "key policy", 32 * 1024, "https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html"
)
BUCKET_POLICY = SizeLimit(
    "bucket policy", 20 * 1024, "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html"
)
ROLE_POLICY = SizeLimit(
    "role policy", 10_240, "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
)
MANAGED_POLICY = SizeLimit(
    "permissions boundary", 6_144, "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
)
TRUST_POLICY = SizeLimit(
    "trust policy", 2_048, "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
)
TOPIC_POLICY = SizeLimit(
    "topic policy", 30 * 1024, "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"
)
QUEUE_POLICY = SizeLimit(
    "queue policy",
    30 * 1024,
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html",
)
