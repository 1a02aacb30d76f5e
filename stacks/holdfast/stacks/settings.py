"""Settings of AWS Backup that hold for an account, a Region, or the organisation."""

from __future__ import annotations

from holdfast.constructs.backup_settings import BackupGlobalSettings, BackupRegionSettings
from holdfast.stacks.base import EnvironmentStack


def opt_in(stack: EnvironmentStack) -> None:
    """Opt in the services the environment names, in the stack's own Region and account, as `RegionSettings`."""
    if chosen := stack.environment.aws_backup.opt_in:
        BackupRegionSettings(stack, "RegionSettings", opt_in=dict.fromkeys(chosen, True))


def allow_copies_between_accounts(stack: EnvironmentStack) -> None:
    """Let accounts of the organisation copy to each other: in its management account, as `GlobalSettings`.

    Only where the environment names that account. Terraform takes on the deployer role there.
    """
    management = stack.environment.accounts.management
    if management is None or stack.environment.sandbox:
        return
    provider = stack.other_provider("management", region=stack.region, account=management)
    BackupGlobalSettings(stack, "GlobalSettings", provider=provider)
