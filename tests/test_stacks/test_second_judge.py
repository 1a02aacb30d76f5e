"""The matrix once more, by a second evaluator, `@cloud-copilot/iam-simulate`, which puts policies together by itself.

It knows policy variables, accounts and the rules of KMS, so nothing is filled in or combined for it. It is a program of
Node.js, installed by `scripts/fetch-judges`, or anywhere, named by `HOLDFAST_IAM_SIMULATE`.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from role_ground import Judge
from stack_ground import ROOT
from test_role_matrix import DESTRUCTIVE, TENANTS, places

from holdfast.constructs._node import use_bundled_node
from holdfast.objectives.access import Kind
from holdfast.stacks.separation import principals_of, protected_of

HOME = Path(os.environ.get("HOLDFAST_IAM_SIMULATE") or ROOT / "tests" / "iam")
INSTALLED = (HOME / "node_modules" / "@cloud-copilot" / "iam-simulate").is_dir()

pytestmark = pytest.mark.skipif(not INSTALLED, reason="the second judge is not installed: scripts/fetch-judges")


@dataclass
class Docket:
    """Requests to be decided in one run of the program."""

    documents: dict[str, int] = field(default_factory=dict)
    cases: list[dict[str, Any]] = field(default_factory=list)

    def add(self, role: Any, action: str, arn: str, on: Any, context: dict[str, Any]) -> None:
        own = role.name.partition("@")[0]
        self.cases.append(
            {
                "principal": f"arn:aws:sts::{role.account}:assumed-role/{own}/session",
                "action": action,
                "resource": arn,
                "account": on.account,
                "identity": [self._number(each) for each in role.policies],
                "boundary": None if role.boundary is None else self._number(role.boundary),
                "policy": None if on.policy is None else self._number(on.policy),
                "context": {
                    "aws:PrincipalArn": role.arn,
                    "aws:SecureTransport": "true",
                    "s3:TlsVersion": "1.3",
                    **context,
                },
            }
        )

    def decided(self) -> list[str]:
        use_bundled_node()
        texts = [json.loads(text) for text in self.documents]
        ran = subprocess.run(
            [os.environ["JSII_NODE"], str(ROOT / "tests" / "iam" / "judge.mjs"), str(HOME)],
            input=json.dumps({"documents": texts, "cases": self.cases}),
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        decisions: list[str] = json.loads(ran.stdout)
        assert len(decisions) == len(self.cases)
        return decisions

    def _number(self, document: Any) -> int:
        return self.documents.setdefault(json.dumps(document), len(self.documents))


@pytest.fixture(scope="module")
def ground(synthesized):
    prod = synthesized("prod")
    documents = [prod.document(part) for part in prod.parts]
    roles = [each for each in principals_of(prod.environment, documents) if each.declared]
    return roles, protected_of(prod.environment, documents)


def test_both_judges_say_the_same_of_every_role_and_everything_destructive(ground):
    roles, protected = ground
    aliases = tuple(each.name.partition(" ")[0] for each in protected if each.kind is Kind.KEY)
    first, docket, said = Judge(aliases), Docket(), []
    # recovery points have ARNs of many services, and its data knows no resource for what is done to them
    known = [each for each in protected if each.kind is not Kind.RECOVERY_POINTS]
    for role in roles:
        for on in known:
            for action in sorted(DESTRUCTIVE[on.kind]):
                context: dict[str, Any] = {}
                if on.kind is Kind.KEY:
                    context = {
                        "kms:ResourceAliases": list(aliases),
                        "kms:ViaService": "s3.us-east-1.amazonaws.com",
                        "kms:GrantIsForAWSResource": "false",
                    }
                if action == "iam:PassRole":
                    context = {"iam:PassedToService": "backup.amazonaws.com"}
                for arn in places(on):
                    docket.add(role, action, arn, on, context)
                    said.append(first.allows(role, action, arn, on))

    decisions = docket.decided()

    differing = [
        f"{case['principal']} {case['action']} {case['resource']}: {decision}, the first judge: {allowed}"
        for case, decision, allowed in zip(docket.cases, decisions, said, strict=True)
        if (decision == "Allowed") is not allowed
    ]
    assert differing == []
    assert not [each for each in decisions if each.startswith("error")]
    assert {"Allowed", "ExplicitlyDenied", "ImplicitlyDenied"} <= set(decisions)
    assert len(decisions) > 2_000


def test_a_restore_for_one_tenant_reads_no_other(ground):
    roles, protected = ground
    (restore,) = (role for role in roles if role.name == "holdfast-prod-restore-operator")
    docket, expected = Docket(), []
    for tenant in (*TENANTS, None):
        for owner in TENANTS:
            for on in protected:
                if on.kind is Kind.OBJECTS:
                    for key in (
                        f"objects/orders/{owner}/ab/{'ab' * 32}",
                        f"sets/orders/{owner}/20261122T000000Z-01/a.json",
                    ):
                        for action in ("s3:GetObject", "s3:GetObjectVersion"):
                            context = {"aws:PrincipalTag/tenant": tenant} if tenant else {}
                            docket.add(restore, action, on.arn.replace("*", key), on, context)
                            expected.append(tenant == owner and ("-vault-" in on.arn or "-replica-" in on.arn))

    decisions = docket.decided()

    assert [each == "Allowed" for each in decisions] == expected
    assert any(expected)
