"""A stack to declare in, its template, and a judge for the policies in it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import cdktn

from holdfast.constructs import BackupKey, ImmutableBucket, ObjectLock, Principals

ACCOUNT = "111122223333"


def role(name: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:iam::{account}:role/{name}"


DEPLOYER, BREAK_GLASS, WRITER, READER = (role(name) for name in ("deployer", "break-glass", "writer", "reader"))


def synthesize(stack: cdktn.TerraformStack) -> dict[str, Any]:
    """What a stack synthesizes to, with the construct path of each resource."""
    stack.prepare_stack()
    document: dict[str, Any] = stack.to_terraform()
    return document


@dataclass(frozen=True)
class Template:
    """What a stack synthesizes to."""

    document: dict[str, Any]

    def all(self, kind: str) -> dict[str, dict[str, Any]]:
        """The resources of one type, by the construct path they were declared at."""
        named = self.document.get("resource", {}).get(kind, {})
        return {resource["//"]["metadata"]["path"]: resource for resource in named.values()}

    def only(self, kind: str) -> dict[str, Any]:
        """The one resource of a type."""
        (resource,) = self.all(kind).values()
        return resource

    def policy(self, kind: str, at: str | None = None) -> Policy:
        """The policy of a resource: the one of its type, or the one at a construct path."""
        resource = self.only(kind) if at is None else self.all(kind)[at]
        return Policy(json.loads(resource["policy"]))


@dataclass(frozen=True)
class Policy:
    """A policy document, and what it decides."""

    document: dict[str, Any]

    @property
    def sids(self) -> list[str]:
        return [statement["Sid"] for statement in self.document["Statement"]]

    def statement(self, sid: str) -> dict[str, Any]:
        (found,) = (each for each in self.document["Statement"] if each["Sid"] == sid)
        return found

    def decides(self, action: str, *, by: str = "", on: str = "*", resource_policy: bool = True, **context: Any) -> str:
        """`Allow`, `ImplicitDeny`, or `Deny by <Sid>`, as an IAM evaluator decides.

        Condition keys are given with `_` for `:` and `-`, so `kms_ViaService` is `kms:ViaService`; `context` takes a
        dictionary for the rest.
        """
        from ministack.core.iam_evaluator import EvalContext, evaluate, evaluate_resource_policy, parse_policy_document

        keys = {**context.pop("context", {}), **{key.replace("_", ":", 1): value for key, value in context.items()}}
        secure = keys.pop("aws:SecureTransport", "true") == "true"
        request = EvalContext(
            principal_arn=by,
            principal_type="AssumedRole",
            principal_account=by.split(":")[4] if by else "",
            action=action,
            resource_arn=on,
            region="us-east-1",
            secure_transport=secure,
            service_context={key.lower(): value for key, value in keys.items()},
        )
        if resource_policy:
            result = evaluate_resource_policy(self.document, request)
        else:
            result = evaluate(request, [parse_policy_document(self.document)])
        return f"Deny by {result.matched_sid}" if result.decision == "Deny" else result.decision


@dataclass
class Bench:
    """A stack under test."""

    stack: cdktn.TerraformStack = field(default_factory=lambda: cdktn.TerraformStack(cdktn.Testing.app(), "test"))
    deployer: Principals = field(default_factory=lambda: Principals.of(DEPLOYER))
    break_glass: Principals = field(default_factory=lambda: Principals.of(BREAK_GLASS))
    writer: Principals = field(default_factory=lambda: Principals.of(WRITER))
    reader: Principals = field(default_factory=lambda: Principals.of(READER))

    def template(self) -> Template:
        return Template(synthesize(self.stack))

    def key(self, **props: Any) -> BackupKey:
        defaults = {"alias": "alias/backups", "administrators": self.deployer, "break_glass": self.break_glass}
        return BackupKey(self.stack, "Key", **{**defaults, **props})

    def bucket(self, key: BackupKey | None = None, **props: Any) -> ImmutableBucket:
        defaults = {
            "bucket_name": "acme-vault",
            "key": key or self.key(),
            "lock": ObjectLock.days(30, up_to=365),
            "administrators": self.deployer | self.break_glass,
        }
        return ImmutableBucket(self.stack, "Vault", **{**defaults, **props})
