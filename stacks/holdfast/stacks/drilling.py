"""The roles that drills of what AWS itself keeps restore with, each where there is something to restore."""

from __future__ import annotations

from holdfast.constructs.drill_restorer import DrillRestorer
from holdfast.constructs.policies.drill_made import DrillMade
from holdfast.constructs.policies.role import KeyAlias
from holdfast.constructs.policies.scratch import Scratch
from holdfast.constructs.service_role import Purpose, ServiceRole
from holdfast.constructs.snapshot_restorer import SnapshotRestorer
from holdfast.environments.model import DatasetKind
from holdfast.environments.names import DRILL_RESTORER, SNAPSHOT_RESTORER
from holdfast.stacks.base import EnvironmentStack
from holdfast.stacks.drill import tested
from holdfast.stacks.served import restored_from_snapshots, served_by_aws_backup


def drill_restorer(stack: EnvironmentStack) -> None:
    """The drill restorer of the stack's account, as its child `DrillRestorer`; none where AWS Backup has nothing."""
    environment, names = stack.environment, stack.names
    if not served_by_aws_backup(environment):
        return
    _restore_role(stack)
    regions = environment.regions
    places = {regions.primary: names.backup_vault, regions.recovery: names.copy_vault}
    here = {region: vault for region, vault in places.items() if names.restorer_account(region) == stack.account}
    DrillRestorer(
        stack,
        "DrillRestorer",
        role_name=names.role(DRILL_RESTORER),
        trusted=stack.people.operator,
        own=Scratch(names.scratch, account=stack.account, regions=tuple(here)),
        vault_arns=[names.vault_arn(vault, account=stack.account, region=region) for region, vault in here.items()],
        service_role_arn=names.role_arn("restore-tests", account=stack.account),
        source_key_arns=[key for key in environment.drill.keys if key.split(":")[4] == stack.account],
    )


def _restore_role(stack: EnvironmentStack) -> None:
    """The role AWS Backup restores with when a drill asks it to, as the stack's child `RestoreRole`.

    It is passed on, so it has to be in the account of the recovery points. None where `<env>-drill` has made it for the
    restore tests of the copies.
    """
    if stack.account == stack.environment.accounts.backup and tested(stack.environment):
        return
    name = stack.names.role("restore-tests")
    ServiceRole(stack, "RestoreRole", role_name=name, account=stack.account, purpose=Purpose.RESTORE)


def snapshot_restorer(stack: EnvironmentStack) -> None:
    """The snapshot restorer, as the stack's child `SnapshotRestorer`; none where nothing is kept by EBS or RDS.

    It is in the workload account: snapshots and automated backups stay in the account of what they are of. Copies are
    under a key of the recovery Region, which is that of the copy vault where there is one account.
    """
    environment, names = stack.environment, stack.names
    instances = restored_from_snapshots(environment, DatasetKind.RDS)
    volumes = restored_from_snapshots(environment, DatasetKind.EBS)
    if not instances and not volumes:
        return
    regions = environment.regions
    aliases = (names.copy_key_alias, names.vault_key_alias)
    SnapshotRestorer(
        stack,
        "SnapshotRestorer",
        role_name=names.role(SNAPSHOT_RESTORER),
        trusted=stack.people.operator,
        made=DrillMade(environment.environment, stack.account, (regions.primary, regions.recovery)),
        instances=names.scratch_instances if instances else None,
        volumes=[each.select.tags for each in volumes] if volumes else None,
        keys=[KeyAlias(regions.recovery, stack.account, alias) for alias in aliases],
        key_arns=[key for key in environment.drill.keys if key.split(":")[4] == stack.account],
    )
