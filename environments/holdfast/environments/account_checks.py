"""What has to hold for accounts, who deploys into them, and what is set for all of an account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from holdfast.environments.datasets import DatasetKind
from holdfast.environments.faults import Fault
from holdfast.environments.model import Environment
from holdfast.environments.names import Names

TYPES: Mapping[DatasetKind, str] = {
    DatasetKind.AURORA: "Aurora",
    DatasetKind.DYNAMODB: "DynamoDB",
    DatasetKind.EBS: "EBS",
    DatasetKind.EC2: "EC2",
    DatasetKind.EFS: "EFS",
    DatasetKind.RDS: "RDS",
    DatasetKind.S3: "S3",
}
"""What AWS Backup calls the resources of each kind it protects."""


def check_accounts(environment: Environment) -> Iterator[Fault]:
    """The faults of `accounts` and `aws_backup`."""
    accounts = environment.accounts
    if accounts.management is not None and accounts.deployer_role is None:
        hint = "the provider of the management account has to take on a role there"
        yield Fault("accounts.management", "needs accounts.deployer_role", accounts.management, "none without it", hint)
    yield from _deployer(environment)
    yield from _opted_in(environment)


def _deployer(environment: Environment) -> Iterator[Fault]:
    role, patterns = environment.accounts.deployer_role, environment.principals.deployer
    if role is None or not patterns:
        return
    names = Names(environment)
    for account in dict.fromkeys((environment.accounts.workload, environment.accounts.backup)):
        arn = names.deployer_arn(account)
        if not any(fnmatchcase(arn, pattern) for pattern in patterns):
            hint = "Terraform takes it on, and policies would keep it from what it makes"
            yield Fault("accounts.deployer_role", f"is no deployer: {arn}", role, ", ".join(patterns), hint)


def _opted_in(environment: Environment) -> Iterator[Fault]:
    chosen = environment.aws_backup.opt_in
    if not chosen:
        return
    needed = {TYPES[each.kind] for each in environment.datasets if each.kind in TYPES}
    if missing := sorted(needed - set(chosen)):
        hint = "AWS Backup leaves what is not opted in out of selections by tag, without a word"
        allowed = "all that is protected: " + ", ".join(sorted(needed))
        yield Fault("aws_backup.opt_in", f"leaves out {', '.join(missing)}", ", ".join(chosen), allowed, hint)
