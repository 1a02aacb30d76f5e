"""The primary Region, in the workload account: where backup sets are written first."""

from __future__ import annotations

from constructs import Construct

from holdfast.constructs.backup_key import BackupKey
from holdfast.constructs.immutable_bucket import ImmutableBucket
from holdfast.environments.model import Environment
from holdfast.stacks.base import EnvironmentStack


class PrimaryStack(EnvironmentStack):
    """`<env>-primary`: key, vault bucket."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        account = environment.accounts.workload
        super().__init__(scope, "primary", environment, region=environment.regions.primary, account=account)
        key = BackupKey(
            self,
            "Key",
            alias=self.names.key_alias,
            administrators=self.people.deployer(account),
            break_glass=self.people.break_glass(account),
            encrypters=self.people.writer,
            decrypters=self.people.drill_runner,
            rotation=environment.keys.rotation,
            deletion_window=environment.keys.deletion_window,
            removal=self.removal,
        )
        ImmutableBucket(
            self,
            "Vault",
            bucket_name=self.names.vault_bucket,
            key=key,
            lock=self.lock,
            administrators=self.people.deployer(account) | self.people.break_glass(account),
            transport=self.transport,
            removal=self.removal,
        )
