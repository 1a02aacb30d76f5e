"""Who may do what in an environment, read from its synthesized stacks, for the proof that duties are apart."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from holdfast.environments.model import Environment
from holdfast.environments.names import Names
from holdfast.objectives.access import Document, Kind, Principal, Protected, trusted_by
from holdfast.objectives.proof import Proof
from holdfast.objectives.separation import APPROVE, APPROVE_RESTORE, separation_proofs
from holdfast.stacks.people import People

Configuration = Mapping[str, Any]
"""The Terraform configuration of a stack, as `cdk.tf.json` holds it."""

_REFERENCE = re.compile(r"(?<!\$)\$\{(\w+)\.([\w-]+)\.\w+\}")
_EVERYTHING: Document = {"Statement": [{"Sid": "AwsManaged", "Effect": "Allow", "Action": "*", "Resource": "*"}]}
"""What a policy of AWS's own is taken to allow: it changes without notice. The boundary narrows it."""
_VAULTS = ("aws_backup_vault", "aws_backup_logically_air_gapped_vault")
_PIPELINES = ("planner", "operator")
"""The bootstrap's roles besides the deployer."""
_NO_PEOPLE = (":root", ":role/aws-service-role/", ":assumed-role/")
"""Root users, which policies do not bind; AWS's own roles, which nobody takes on; sessions of a role that is named."""


def prove_separation(
    environment: Environment,
    configurations: Iterable[Configuration],
    bootstrap: Sequence[Principal] = (),
    *,
    not_read: str = "",
) -> tuple[Proof, ...]:
    """Prove that nobody in an environment holds two duties that have to be apart.

    Args:
        environment: whose stacks these are.
        configurations: what all its stacks synthesize to.
        bootstrap: roles that are made before the stacks and beside them, with all their policies.
        not_read: why it is not known what those roles may do, where it is not.
    """
    stacks = list(configurations)
    principals = principals_of(environment, stacks, bootstrap, not_read=not_read)
    return separation_proofs(principals, protected_of(environment, stacks))


def principals_of(
    environment: Environment,
    configurations: Iterable[Configuration],
    bootstrap: Sequence[Principal] = (),
    *,
    not_read: str = "",
) -> tuple[Principal, ...]:
    """The roles the stacks and the bootstrap declare, and everybody else their policies speak of.

    Left out are root users and AWS's service-linked roles.
    """
    stacks = [_Stack(each) for each in configurations]
    roles = {role.arn: role for stack in stacks for role in stack.roles()}
    people, accounts = People(environment), dict.fromkeys(stack.account for stack in stacks)
    deployers = [arn for account in accounts for arn in people.deployer(account).arns]
    approvers = [each.principal for each in environment.restore.approvers]
    piped = {Names(environment).role_arn(each, account=account) for each in _PIPELINES for account in accounts}
    approving = _approving(environment)
    roles |= {
        each.arn: replace(each, policies=(*each.policies, approving)) if each.arn in approvers else each
        for each in bootstrap
    }
    found = dict(roles)
    for arn in dict.fromkeys([*deployers, *approvers, *(arn for stack in stacks for arn in stack.named())]):
        if arn not in roles and not any(part in arn for part in _NO_PEOPLE):
            own = [_deploying(environment, arn)] if arn in deployers else []
            own += [approving] if arn in approvers else []
            why = not_read if arn in deployers or arn in piped else ""
            found[arn] = Principal(arn.partition("/")[2], arn, tuple(own), declared=False, because=why)
    return tuple(_each_with_a_name_of_its_own(list(found.values())))


def protected_of(environment: Environment, configurations: Iterable[Configuration]) -> tuple[Protected, ...]:
    """The buckets, keys and vaults the stacks declare, with their policies, and the roles of the environment."""
    stacks = [_Stack(each) for each in configurations]
    return (*(each for stack in stacks for each in stack.protected()), *_roles_of(environment))


@dataclass(frozen=True)
class _Stack:
    """The configuration of one stack, its references resolved as far as names are known."""

    configuration: Configuration

    @property
    def account(self) -> str:
        """The account of all resources that name no other provider."""
        return self._home({})[0]

    def _home(self, resource: Mapping[str, Any]) -> tuple[str, str]:
        """Account and Region of a resource: those of its provider."""
        alias = str(resource.get("provider", "")).partition(".")[2] or None
        (provider,) = (each for each in self.configuration["provider"]["aws"] if each.get("alias") == alias)
        return str(provider["allowed_account_ids"][0]), str(provider["region"])

    def roles(self) -> Iterator[Principal]:
        """The roles it declares, with all that limits them."""
        for id, role in self._all("aws_iam_role").items():
            own = [each["policy"] for each in self._attached("aws_iam_role_policy", "role", "aws_iam_role", id)]
            managed = self._attached("aws_iam_role_policy_attachment", "role", "aws_iam_role", id)
            boundary = _referred(role.get("permissions_boundary", ""))
            yield Principal(
                role["name"],
                f"arn:aws:iam::{self._home(role)[0]}:role/{role['name']}",
                tuple(self._document(each) for each in own) + tuple(self._managed(each) for each in managed),
                self._document(self._all("aws_iam_policy")[boundary]["policy"]) if boundary else None,
                self._document(role["assume_role_policy"]),
            )

    def protected(self) -> Iterator[Protected]:
        """Buckets, keys and vaults, with their policies."""
        for id, bucket in self._all("aws_s3_bucket").items():
            account, _ = self._home(bucket)
            policy = self._policy("aws_s3_bucket_policy", "bucket", "aws_s3_bucket", id)
            arn = f"arn:aws:s3:::{bucket['bucket']}"
            yield Protected(Kind.BUCKET, bucket["bucket"], arn, account, policy)
            yield Protected(Kind.OBJECTS, f"of {bucket['bucket']}", f"{arn}/*", account, policy)
        for id, key in self._all("aws_kms_key").items():
            account, region = self._home(key)
            aliases = self._attached("aws_kms_alias", "target_key_id", "aws_kms_key", id)
            name = f"{aliases[0]['name'] if aliases else id} in {region}"
            yield Protected(
                Kind.KEY, name, f"arn:aws:kms:{region}:{account}:key/*", account, self._document(key["policy"])
            )
        for kind in _VAULTS:
            for id, vault in self._all(kind).items():
                account, region = self._home(vault)
                policy = self._policy("aws_backup_vault_policy", "backup_vault_name", kind, id)
                arn = f"arn:aws:backup:{region}:{account}:backup-vault:{vault['name']}"
                yield Protected(Kind.VAULT, vault["name"], arn, account, policy)
                yield Protected(Kind.RECOVERY_POINTS, f"in {vault['name']}", "*", account, policy)

    def named(self) -> Iterator[str]:
        """Every ARN pattern of a user or role its policies speak of."""
        for resources in self.configuration.get("resource", {}).values():
            for resource in resources.values():
                if "assume_role_policy" in resource:
                    yield from trusted_by(self._document(resource["assume_role_policy"]))
                if str(resource.get("policy", "")).startswith("{"):
                    yield from _callers(self._document(resource["policy"]))

    def _all(self, kind: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.configuration.get("resource", {}).get(kind, {})
        return found

    def _attached(self, kind: str, field: str, to: str, id: str) -> list[Mapping[str, Any]]:
        """The resources of a kind of which a field refers to another resource."""
        return [each for each in self._all(kind).values() if str(each.get(field, "")).startswith(f"${{{to}.{id}.")]

    def _policy(self, kind: str, field: str, to: str, id: str) -> Document | None:
        attached = self._attached(kind, field, to, id)
        return self._document(attached[0]["policy"]) if attached else None

    def _managed(self, attachment: Mapping[str, Any]) -> Document:
        ours = _referred(attachment["policy_arn"])
        return self._document(self._all("aws_iam_policy")[ours]["policy"]) if ours else _EVERYTHING

    def _document(self, policy: str) -> Document:
        document: Document = json.loads(_REFERENCE.sub(self._resolved, policy).replace("$${", "${"))
        return document

    def _resolved(self, reference: re.Match[str]) -> str:
        kind, id = reference.groups()
        bucket = self._all(kind).get(id, {}).get("bucket") if kind == "aws_s3_bucket" else None
        return f"arn:aws:s3:::{bucket}" if bucket else reference[0]


def _each_with_a_name_of_its_own(principals: Sequence[Principal]) -> Iterator[Principal]:
    names = [each.name for each in principals]
    for each in principals:
        alone = names.count(each.name) == 1
        name = each.name if alone else f"{each.name}@{each.arn.split(':')[4]}"
        yield replace(each, name=name)


def _deploying(environment: Environment, deployer: str) -> Document:
    """What is known of whoever runs Terraform: that it makes the roles. The bootstrap declares the rest."""
    roles = [f"arn:aws:iam::{deployer.split(':')[4]}:role/{Names(environment).prefix}-*"]
    actions = [action for action in APPROVE.actions[Kind.ROLES] if action.startswith("iam:")]
    return {"Statement": [{"Sid": "RunsTerraform", "Effect": "Allow", "Action": actions, "Resource": roles}]}


def _approving(environment: Environment) -> Document:
    """What the environment file lets an approver of restores do."""
    roles = [Names(environment).role_arn("restore-operator")]
    return {
        "Statement": [{"Sid": "ApprovesRestores", "Effect": "Allow", "Action": [APPROVE_RESTORE], "Resource": roles}]
    }


def _roles_of(environment: Environment) -> Iterator[Protected]:
    prefix = Names(environment).prefix
    for account in dict.fromkeys((environment.accounts.workload, environment.accounts.backup)):
        yield Protected(Kind.ROLES, f"{prefix}-*", f"arn:aws:iam::{account}:role/{prefix}-*", account)


def _callers(document: Document) -> Iterator[str]:
    for statement in document["Statement"]:
        for keys in statement.get("Condition", {}).values():
            arns = keys.get("aws:PrincipalArn", ())
            yield from [arns] if isinstance(arns, str) else arns


def _referred(value: str) -> str | None:
    reference = _REFERENCE.fullmatch(value)
    return reference[2] if reference else None
