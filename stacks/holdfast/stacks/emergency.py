"""The break-glass role of an account: made once with everything else, and from then on changed by people only."""

from __future__ import annotations

from holdfast.constructs.break_glass import BreakGlass
from holdfast.constructs.policies.role import KeyAlias
from holdfast.stacks.base import EnvironmentStack


def break_glass(stack: EnvironmentStack) -> None:
    """The break-glass role of the stack's account, as its child `BreakGlass`.

    None is made where the environment names its own in `principals.break_glass`. What it may touch is written as
    patterns of all that this environment has in the account, so that a new bucket or vault does not change the role.
    """
    environment, names, account = stack.environment, stack.names, stack.account
    if environment.principals.break_glass:
        return
    regions = (environment.regions.primary, environment.regions.recovery)
    aliases = (
        names.key_alias,
        names.vault_key_alias,
        names.copy_key_alias,
        names.signing_key_alias,
        names.watch_key_alias,
    )
    BreakGlass(
        stack,
        "BreakGlass",
        role_name=names.role("break-glass"),
        trusted=stack.people.emergency(account),
        bucket_arns=[f"arn:aws:s3:::{pattern}" for pattern in names.bucket_patterns(account)],
        vault_arns=[
            names.vault_arn(vault, account=account, region="*")
            for vault in (names.backup_vault, names.copy_vault, names.air_gapped_vault)
        ],
        keys=[KeyAlias(region, account, alias) for alias in aliases for region in regions],
    )
