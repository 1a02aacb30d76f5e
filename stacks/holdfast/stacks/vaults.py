"""The backup vaults of an environment, one in each Region, each with a key of its own."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.constructs.air_gapped_vault import LEAST, LogicallyAirGappedVault
from holdfast.constructs.backup_vault import BackupVault
from holdfast.constructs.principals import NOBODY, Principals
from holdfast.constructs.vault_key import VaultKey
from holdfast.constructs.vault_lock import Compliance, Governance, VaultLock
from holdfast.environments.model import Environment, LockMode
from holdfast.stacks.base import EnvironmentStack


def vault_lock(environment: Environment) -> VaultLock:
    """The lock of every vault: mode, limits, acknowledgement and grace are those of the environment file."""
    lock = environment.lock
    if lock.mode is LockMode.GOVERNANCE:
        return Governance(lock.minimum, lock.maximum)
    return Compliance(lock.minimum, lock.maximum, lock.acknowledge or "", lock.changeable_for)


def backup_vault(
    stack: EnvironmentStack, id: str, name: str, *, copies_from: Sequence[str] = (), restored_by: Principals = NOBODY
) -> BackupVault:
    """A vault and its key, as the stack's children `<id>` and `<id>Key`; `restored_by` uses the key as well."""
    environment, people = stack.environment, stack.people
    key = VaultKey(
        stack,
        f"{id}Key",
        users=people.aws_backup | restored_by,
        rotation=environment.keys.rotation,
        description=f"Encrypts the recovery points of {environment.environment} in {stack.region}",
        **stack.key_care(stack.names.vault_key_alias),
    )
    return BackupVault(
        stack,
        id,
        vault_name=name,
        key=key,
        lock=vault_lock(environment),
        break_glass=people.break_glass(stack.account),
        copies_from=copies_from,
        notify=_topic(stack),
        administrators=people.deployer(stack.account),
        removal=stack.removal,
    )


def air_gapped_vault(stack: EnvironmentStack, *, copies_from: Sequence[str] = ()) -> None:
    """The logically air-gapped vault, as the stack's child `AirGappedVault`, where a rule of some tier asks for it."""
    lock = stack.environment.lock
    if not any(rule.air_gapped for tier in stack.environment.tiers.values() for rule in tier.rules):
        return
    LogicallyAirGappedVault(
        stack,
        "AirGappedVault",
        vault_name=stack.names.air_gapped_vault,
        minimum=max(lock.minimum, LEAST),
        maximum=lock.maximum,
        acknowledge=lock.acknowledge or "",
        break_glass=stack.people.break_glass(stack.account),
        copies_from=copies_from,
        administrators=stack.people.deployer(stack.account),
        removal=stack.removal,
    )


def air_gapped_lock(environment: Environment) -> VaultLock:
    """The retentions that vault lets in."""
    lock = environment.lock
    return Compliance(max(lock.minimum, LEAST), lock.maximum, lock.acknowledge or "")


def _topic(stack: EnvironmentStack) -> str | None:
    """The alert topic beside the vault: AWS Backup tells no topic of another account or Region."""
    if stack.environment.watch is None:
        return None
    primary = stack.region == stack.environment.regions.primary
    prefix = stack.names.prefix if primary else stack.names.recovery_prefix
    return stack.names.topic_arn(prefix, account=stack.account, region=stack.region)
