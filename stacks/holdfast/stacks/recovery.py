"""The recovery Region, in the backup account: what is left when the primary Region, or its account, is gone."""

from __future__ import annotations

from constructs import Construct

from holdfast.constructs.principals import Principals
from holdfast.environments.model import Environment
from holdfast.stacks.base import STREAMS, EnvironmentStack
from holdfast.stacks.regional import backup_bucket, backup_key, log_bucket
from holdfast.stacks.served import served_by_aws_backup
from holdfast.stacks.settings import opt_in
from holdfast.stacks.vaults import air_gapped_vault, backup_vault


class RecoveryStack(EnvironmentStack):
    """`<env>-recovery`: a key of its own, the replica bucket, its logs, and the vault of AWS Backup's copies.

    It needs nothing of the primary Region, nor of IAM, which may be changed and looked up there alone.
    """

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(
            scope,
            "recovery",
            environment,
            region=environment.regions.recovery,
            account=environment.accounts.backup,
        )
        people = self.people
        key = backup_key(
            self,
            encrypters=people.writer | people.drill_runner | people.replication,
            decrypters=people.drill_runner | people.restore_operator,
        )
        logs = log_bucket(self, self.names.replica_log_bucket)
        logs.receive_flow_logs(self.region)
        replica = backup_bucket(self, "Replica", self.names.replica_bucket, key, logs)
        replica.grant_replicas(people.replication, under=(STREAMS,))
        if served_by_aws_backup(environment):
            accounts = environment.accounts
            elsewhere = () if accounts.workload == accounts.backup else (accounts.workload,)
            restorers = Principals.of(self.names.role_arn("restore-tests", account=self.account))
            if not elsewhere:  # copies of snapshots in its own account are under this key as well
                restorers |= people.snapshot_restorer
            backup_vault(self, "CopyVault", self.names.copy_vault, copies_from=elsewhere, restored_by=restorers)
            air_gapped_vault(self, copies_from=elsewhere)
        opt_in(self)
        self.name_what_is_relaxed()
