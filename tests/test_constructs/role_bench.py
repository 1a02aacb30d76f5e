"""Every restricted role, and what an evaluator that is not ours decides about it.

The evaluator is ministack's. It decides identity policies inside a permissions boundary, and trust policies, with
conditions. It knows no policy variables: `${aws:PrincipalTag/tenant}` is filled in here, before it decides. It knows no
service control policies: their denials are put to it as part of the policy of somebody who may do everything.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from construct_bench import ACCOUNT, Bench, Template, role

from holdfast.constructs import (
    Auditor,
    BackupOperator,
    BackupWriter,
    BreakGlass,
    BucketReplication,
    Destination,
    DrillRunner,
    KeyAlias,
    Principals,
    Purpose,
    ReadableTrail,
    RestoreOperator,
    ServiceRole,
)

VAULT, REPLICA, EVIDENCE = (f"arn:aws:s3:::acme-{name}" for name in ("vault", "replica", "evidence"))
KEYS = [KeyAlias("us-east-1", ACCOUNT, "alias/backups"), KeyAlias("us-west-2", "444455556666", "alias/backups")]
SIGNING = KeyAlias("us-east-1", ACCOUNT, "alias/signing")
KEY, REPLICA_KEY = (f"{key.keys[:-1]}1234abcd" for key in KEYS)
BACKUP_VAULT = f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:acme"
COPY_VAULT = "arn:aws:backup:us-west-2:444455556666:backup-vault:acme-copies"
RECOVERY_POINT = f"arn:aws:backup:us-east-1:{ACCOUNT}:recovery-point:1234"
TRAIL = "arn:aws:s3:::acme-trail"
SERVICE_ROLE = role("aws-backup")
HUMANS = f"arn:aws:iam::{ACCOUNT}:user/people/alice"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}]}

SETTLED = {
    "kms:ResourceAliases": ["alias/backups", "alias/signing", "alias/watch"],
    "kms:ViaService": "s3.us-east-1.amazonaws.com",
    "backup:CopyTargets": [COPY_VAULT],
    "iam:PassedToService": "backup.amazonaws.com",
}
"""A request that meets every condition, so that a denial is a denial of the action."""


@dataclass(frozen=True)
class Judged:
    """A role as it is declared."""

    policies: tuple[dict[str, Any], ...]
    boundary: dict[str, Any]
    trust: dict[str, Any]

    def decides(self, action: str, on: str, *, tenant: str | None = None, **context: Any) -> str:
        """`Allow`, `ImplicitDeny`, or `Deny by <Sid>`."""
        from ministack.core.iam_evaluator import evaluate, parse_policy_document

        request = _request(action, on, {**SETTLED, **context.pop("context", {})}, role("this"))
        documents = [parse_policy_document(_filled_in(each, tenant)) for each in (*self.policies, self.boundary)]
        result = evaluate(request, documents[:-1], documents[-1:])
        return f"Deny by {result.matched_sid}" if result.decision == "Deny" else result.decision

    def admits(self, caller: str, action: str = "sts:AssumeRole", **context: Any) -> bool:
        """Whether the trust policy lets a caller in."""
        from ministack.core.iam_evaluator import evaluate_trust_policy

        return bool(
            evaluate_trust_policy(self.trust, caller, _request(action, "*", context.pop("context", {}), caller))
        )

    def actions(self) -> set[str]:
        """Every action its own policies allow."""
        return {
            action
            for policy in self.policies
            for each in policy["Statement"]
            if each["Effect"] == "Allow"
            for action in each["Action"]
        }


def forbids(document: dict[str, Any], action: str, *, by: str, on: str = "*") -> bool:
    """Whether a document denies an action to somebody who may do everything."""
    from ministack.core.iam_evaluator import evaluate, parse_policy_document

    policies = [parse_policy_document(each) for each in (EVERYTHING, document)]
    return bool(evaluate(_request(action, on, {}, by), policies).decision == "Deny")


def declare(bench: Bench) -> dict[str, Judged]:
    """Every role there is, in one stack."""
    everybody, users = Principals.of(role("pipeline")), Principals.of(f"arn:aws:iam::{ACCOUNT}:user/people/*")
    both = [VAULT, REPLICA]
    key = bench.key()
    vault = bench.bucket(key)
    BackupWriter(bench.stack, "Writer", role_name="writer", trusted=everybody, bucket_arns=both, keys=KEYS)
    BackupOperator(
        bench.stack,
        "Operator",
        role_name="operator",
        trusted=everybody,
        vault_arns=[BACKUP_VAULT],
        copy_vault_arns=[COPY_VAULT],
        service_role_arn=SERVICE_ROLE,
    )
    RestoreOperator(bench.stack, "Restore", role_name="restore", trusted=users, bucket_arns=both, keys=KEYS)
    drills = {"bucket_arns": both, "evidence_bucket_arn": EVIDENCE, "keys": KEYS, "signing_key": SIGNING}
    DrillRunner(bench.stack, "DrillRunner", role_name="drill-runner", trusted=everybody, **drills)
    trail = ReadableTrail(TRAIL, KeyAlias("us-east-1", ACCOUNT, "alias/watch"))
    Auditor(bench.stack, "Auditor", role_name="auditor", trusted=everybody, trail=trail, **drills)
    BreakGlass(
        bench.stack,
        "BreakGlass",
        role_name="break-glass",
        trusted=users,
        bucket_arns=both,
        vault_arns=[BACKUP_VAULT],
        keys=[*KEYS, SIGNING],
    )
    BucketReplication(
        bench.stack,
        "Replication",
        source=vault,
        destination=Destination(REPLICA, KEYS[1]),
        source_key=KEYS[0],
        role_name="replication",
    )
    for purpose in Purpose:
        ServiceRole(bench.stack, f"Aws{purpose}", role_name=f"aws-{purpose}", account=ACCOUNT, purpose=purpose)
    return _judged(bench.template())


def _judged(template: Template) -> dict[str, Judged]:
    roles = {}
    own = template.all("aws_iam_role_policy")
    attached = template.all("aws_iam_role_policy_attachment")
    boundaries = template.all("aws_iam_policy")
    for path, resource in template.all("aws_iam_role").items():
        at = path.removesuffix("/Resource")
        boundary = json.loads(_plain(boundaries[f"{at}/Boundary"]["policy"]))
        if policy := own.get(f"{at}/Policy"):
            policies = json.loads(_plain(policy["policy"]))
        else:  # a sealed role has its boundary attached; what AWS's own policies allow is not known here
            policies = boundary if f"{at}/Policy" in attached else EVERYTHING
        roles[at.split("/")[1]] = Judged(
            policies=(policies,),
            boundary=boundary,
            trust=json.loads(resource["assume_role_policy"]),
        )
    return roles


def _plain(policy: str) -> str:
    """A policy as Terraform leaves it: references resolved, and what was escaped for its sake plain."""
    return re.sub(r"(?<!\$)\$\{aws_s3_bucket\.[^}]*\}", VAULT, policy).replace("$${", "${")


def _filled_in(document: dict[str, Any], tenant: str | None) -> dict[str, Any]:
    text = json.dumps(document)
    # a variable without a value matches nothing, which is what the evaluator makes of it by itself
    return json.loads(text.replace("${aws:PrincipalTag/tenant}", tenant) if tenant else text)  # type: ignore[no-any-return]


def _request(action: str, on: str, context: dict[str, Any], by: str) -> Any:
    from ministack.core.iam_evaluator import EvalContext

    tags = {key.partition("/")[2]: value for key, value in context.items() if key.startswith("aws:RequestTag/")}
    return EvalContext(
        principal_arn=by,
        principal_type="AssumedRole",
        principal_account=by.split(":")[4],
        action=action,
        resource_arn=on,
        region="us-east-1",
        secure_transport=True,
        request_tags=tags,
        tag_keys=list(tags),
        service_context={key.lower(): value for key, value in context.items()},
    )
