"""Policies as a plan shows them, and whether they allow something: enough of IAM for what is tested here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True)
class Policy:
    """A policy document."""

    document: dict[str, Any]

    @property
    def statements(self) -> list[dict[str, Any]]:
        return list(self.document["Statement"])

    def statement(self, sid: str) -> dict[str, Any]:
        (found,) = (each for each in self.statements if each["Sid"] == sid)
        return found

    def allows(self, action: str, resource: str) -> bool:
        """Whether some statement allows it and none denies it, whatever their conditions."""
        decided = [each["Effect"] for each in self.statements if _speaks_of(each, action, resource)]
        return "Allow" in decided and "Deny" not in decided

    def decides(self, action: str, on: str, **context: Any) -> str:
        """`Allow`, `ImplicitDeny`, or `Deny by <Sid>`, as an evaluator that is not ours decides, conditions and all."""
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
        acts = not any(fnmatchcase(action, each) for each in _listed(statement["NotAction"]))
    else:
        acts = any(fnmatchcase(action, each) for each in _listed(statement["Action"]))
    return acts and any(fnmatchcase(resource, each) for each in _listed(statement["Resource"]))


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def planned(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every resource of the planned values, child modules included."""
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from planned(child)
