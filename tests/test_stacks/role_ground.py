"""What the roles of a synthesized environment may do to what it declares, as an evaluator that is not ours decides.

The evaluator is ministack's. It decides identity policies inside a boundary, and the policies of resources, with
conditions. How the two are put together is AWS's rule, written down here once: a denial anywhere is final; across
accounts, and for keys, both have to allow; otherwise the identity's policies are enough.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

It knows no policy variables: `${aws:PrincipalTag/tenant}` is filled in before it decides.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from holdfast.objectives.access import Kind, Principal, Protected


@dataclass(frozen=True)
class Judge:
    """Decides about the roles and resources of one environment."""

    aliases: tuple[str, ...]

    def allows(self, principal: Principal, action: str, arn: str, on: Protected, **context: Any) -> bool:
        """Whether it may be done, every condition of a request met that is not given."""
        from ministack.core.iam_evaluator import evaluate, evaluate_resource_policy, parse_policy_document

        tenant = context.pop("tenant", None)
        request = self._request(principal, action, arn, context.pop("context", {}))
        policies = [parse_policy_document(_filled_in(each, tenant)) for each in principal.policies]
        limits = [[parse_policy_document(_filled_in(principal.boundary, tenant))]] if principal.boundary else []
        own = evaluate(request, policies, *limits).decision
        its = evaluate_resource_policy(_plain(on.policy), request).decision if on.policy else "ImplicitDeny"
        if "Deny" in (own, its):
            return False
        if on.kind is Kind.KEY or principal.account != on.account:
            return own == its == "Allow"
        return bool(own == "Allow")

    def _request(self, principal: Principal, action: str, arn: str, context: dict[str, Any]) -> Any:
        from ministack.core.iam_evaluator import EvalContext

        given = {
            "kms:ResourceAliases": list(self.aliases),
            "kms:ViaService": "s3.us-east-1.amazonaws.com",
            "kms:GrantIsForAWSResource": "false",
            "s3:TlsVersion": "1.3",
            "iam:PassedToService": "backup.amazonaws.com",
            **context,
        }
        return EvalContext(
            principal_arn=principal.arn,
            principal_type="AssumedRole",
            principal_account=principal.account,
            action=action,
            resource_arn=arn,
            region="us-east-1",
            secure_transport=True,
            service_context={key.lower(): value for key, value in given.items()},
        )


def _filled_in(document: Any, tenant: str | None) -> Any:
    text = json.dumps(document)
    return json.loads(text.replace("${aws:PrincipalTag/tenant}", tenant) if tenant else text)


def _plain(document: Any) -> Any:
    return json.loads(json.dumps(document))
