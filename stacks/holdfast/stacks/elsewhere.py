"""What only the workload account itself can keep in the recovery Region: copies that cannot change their account.

EBS snapshots of Data Lifecycle Manager and replicated automated backups of RDS stay in their account. They are under a
key of their own there, made through a provider of that Region, and only where something asks for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from holdfast.constructs.automated_backup_replication import AutomatedBackupReplication
from holdfast.constructs.aws import AwsProvider
from holdfast.constructs.principals import Principals
from holdfast.constructs.vault_key import VaultKey
from holdfast.environments.model import Dataset, DatasetKind, Environment
from holdfast.stacks.base import EnvironmentStack


@dataclass(frozen=True)
class Elsewhere:
    """The recovery Region as the workload account sees it.

    Attributes:
        provider: the provider of that Region.
        key: the key copies are under there.
    """

    provider: AwsProvider
    key: VaultKey


def elsewhere(stack: EnvironmentStack) -> Elsewhere | None:
    """The provider `recovery` and the key `CopyKey` of a stack, or nothing where nothing asks for a copy."""
    environment = stack.environment
    snapshots = [each for each in environment.datasets if each.snapshots.copy_for is not None]
    if not snapshots and not replicated(environment):
        return None
    provider = stack.other_provider("recovery", region=environment.regions.recovery, account=stack.account)
    roles = [f"arn:aws:iam::{stack.account}:role/{stack.names.snapshot_role(each.name)}" for each in snapshots]
    key = VaultKey(
        stack,
        "CopyKey",
        users=Principals.of(*roles) | stack.people.snapshot_restorer,
        service="rds",
        rotation=environment.keys.rotation,
        description=f"Encrypts what {environment.environment} keeps of itself in {environment.regions.recovery}",
        provider=provider,
        **stack.key_care(stack.names.copy_key_alias),
    )
    return Elsewhere(provider, key)


def replicated(environment: Environment) -> list[tuple[Dataset, timedelta]]:
    """The RDS datasets whose tier asks for point-in-time recovery in the recovery Region, and for how long."""
    found = []
    for dataset in environment.datasets:
        asked = [rule.replicate_for for rule in environment.tier_of(dataset).rules if rule.replicate_for is not None]
        if dataset.kind is DatasetKind.RDS and asked:
            found.append((dataset, max(asked)))
    return found


def replicate_databases(stack: EnvironmentStack, there: Elsewhere) -> None:
    """A replication for each instance of those datasets, as `Elsewhere-<dataset>-<instance>`."""
    for dataset, keep in replicated(stack.environment):
        for arn in dataset.select.arns:
            AutomatedBackupReplication(
                stack,
                f"Elsewhere-{dataset.name}-{arn.rpartition(':')[2]}",
                source_arn=arn,
                key_arn=there.key.key_arn,
                keep=keep,
                provider=there.provider,
            )
