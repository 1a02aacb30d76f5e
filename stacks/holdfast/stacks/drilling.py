"""The role that drills of what AWS itself keeps restore with, one in each account there is something to restore in."""

from __future__ import annotations

from holdfast.constructs.drill_restorer import DrillRestorer
from holdfast.constructs.policies.scratch import Scratch
from holdfast.environments.names import DRILL_RESTORER
from holdfast.stacks.base import EnvironmentStack
from holdfast.stacks.served import served_by_aws_backup


def drill_restorer(stack: EnvironmentStack) -> None:
    """The drill restorer of the stack's account, as its child `DrillRestorer`; none where AWS Backup has nothing."""
    environment, names = stack.environment, stack.names
    if not served_by_aws_backup(environment):
        return
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
