"""The recovery Region, in the backup account: what is left when the primary Region, or its account, is gone."""

from __future__ import annotations

from constructs import Construct

from holdfast.constructs.backup_key import BackupKey
from holdfast.constructs.immutable_bucket import ImmutableBucket
from holdfast.environments.model import Environment
from holdfast.stacks.base import EnvironmentStack


class RecoveryStack(EnvironmentStack):
    """`<env>-recovery`: a key of its own and the replica bucket. It depends on nothing in the primary Region."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        account = environment.accounts.backup
        super().__init__(scope, "recovery", environment, region=environment.regions.recovery, account=account)
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
            "Replica",
            bucket_name=self.names.replica_bucket,
            key=key,
            lock=self.lock,
            administrators=self.people.deployer(account) | self.people.break_glass(account),
            transport=self.transport,
            removal=self.removal,
        )
