"""Policies as a plan shows them, and whether they allow something: enough of IAM for what is tested here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

BACKUP, WORKLOAD = "222222222222", "111111111111"
BOTH = {"github_subject": "repo:acme@12/infra@34", "gitlab_project": "acme/platform/infra"}
STATE = "arn:aws:s3:::acme-acme-tfstate-222222222222"
VAULT = f"arn:aws:s3:::acme-acme-vault-{WORKLOAD}-us-east-1"
KEY = f"arn:aws:kms:us-east-1:{WORKLOAD}:key/1234"


@dataclass(frozen=True)
class Policy:
    """A policy document."""

    document: dict[str, Any]
    boundary: Policy | None = None

    @property
    def statements(self) -> list[dict[str, Any]]:
        return list(self.document["Statement"])

    def statement(self, sid: str) -> dict[str, Any]:
        """The statement of that name; of a role, one of its policies or of its boundary."""
        every = self.statements + (self.boundary.statements if self.boundary else [])
        (found,) = (each for each in every if each["Sid"] == sid)
        return found

    def allows(self, action: str, resource: str) -> bool:
        """Whether some statement allows it and none denies it, whatever their conditions."""
        if self.boundary is not None and not self.boundary.allows(action, resource):
            return False
        decided = [each["Effect"] for each in self.statements if _speaks_of(each, action, resource)]
        return "Allow" in decided and "Deny" not in decided

    def lets(self, action: str, on: str) -> bool:
        """Whether some statement allows it; both may be patterns, of which some part is enough."""
        return any(
            each["Effect"] == "Allow"
            and any(_overlap(one, action) for one in listed(each["Action"]))
            and any(_overlap(one, on) for one in listed(each["Resource"]))
            for each in self.statements
        )

    def decides(self, action: str, on: str, **context: Any) -> str:
        """`Allow`, `ImplicitDeny`, or `Deny by <Sid>`, as an evaluator that is not ours decides, conditions and all."""
        if self.boundary is not None:
            limited = self.boundary.decides(action, on, **context)
            if limited != "Allow":
                return limited

        from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

        deployer = "arn:aws:iam::111111111111:role/holdfast-acme-deployer"
        request = EvalContext(
            principal_arn=deployer,
            principal_type="AssumedRole",
            principal_account=deployer.split(":")[4],
            action=action,
            resource_arn=on,
            region="us-east-1",
            secure_transport=True,
            service_context={f"iam:{key}".lower(): value for key, value in context.items()},
        )
        result = evaluate(request, [parse_policy_document(self.document)])
        return f"Deny by {result.matched_sid}" if result.decision == "Deny" else str(result.decision)


def _speaks_of(statement: dict[str, Any], action: str, resource: str) -> bool:
    if "NotAction" in statement:
        acts = not any(fnmatchcase(action, each) for each in listed(statement["NotAction"]))
    else:
        acts = any(fnmatchcase(action, each) for each in listed(statement["Action"]))
    return acts and any(fnmatchcase(resource, each) for each in listed(statement["Resource"]))


def _overlap(one: str, other: str) -> bool:
    return fnmatchcase(one, other) or fnmatchcase(other, one)


def listed(value: str | list[str]) -> list[str]:
    """What a policy names, once or several times."""
    return [value] if isinstance(value, str) else value


def planned(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every resource of the planned values, child modules included."""
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from planned(child)


@dataclass(frozen=True)
class Plan:
    """What a plan would make."""

    resources: dict[str, dict[str, Any]]

    def policy(self, address: str, field: str = "policy") -> Policy:
        return Policy(json.loads(self.resources[address][field]))

    def trust(self, purpose: str, module: str = "module.workload_roles[0]") -> Policy:
        return self.policy(f'{module}.aws_iam_role.pipeline["{purpose}"]', "assume_role_policy")

    def role(self, purpose: str, module: str = "module.workload_roles[0]") -> Policy:
        """The statements of all policies attached to a role."""
        attached = f'{module}.aws_iam_role_policy_attachment.pipeline["{purpose}/'
        parts = [each.removeprefix(attached).removesuffix('"]') for each in self.resources if each.startswith(attached)]
        policies = [self.policy(f'{module}.aws_iam_policy.pipeline["{part}"]') for part in parts]
        name = self.resources[f'{module}.aws_iam_role.pipeline["{purpose}"]']["permissions_boundary"].partition("/")[2]
        (limits,) = (
            each
            for each, values in self.resources.items()
            if each.startswith(module) and "limits[" in each and values["name"] == name
        )
        statements = [statement for policy in policies for statement in policy.statements]
        return Policy({"Statement": statements}, self.policy(limits))
