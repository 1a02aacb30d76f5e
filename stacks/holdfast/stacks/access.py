"""The roles of an environment, apart from what they may touch: changed by fewer people, applied last."""

from __future__ import annotations

from constructs import Construct

from holdfast.constructs.backup_writer import BackupWriter
from holdfast.constructs.drill_runner import DrillRunner
from holdfast.constructs.policies.role import KeyAlias
from holdfast.environments.model import Environment
from holdfast.stacks.base import EnvironmentStack


class AccessStack(EnvironmentStack):
    """`<env>-access`: the backup writer and the drill runner, each with its boundary."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(
            scope,
            "access",
            environment,
            region=environment.regions.primary,
            account=environment.accounts.workload,
        )
        buckets = [f"arn:aws:s3:::{name}" for name in (self.names.vault_bucket, self.names.replica_bucket)]
        BackupWriter(
            self,
            "BackupWriter",
            role_name=self.names.role("backup-writer"),
            trusted=self.people.operator,
            bucket_arns=buckets,
            keys=self.keys,
        )
        DrillRunner(
            self,
            "DrillRunner",
            role_name=self.names.role("drill-runner"),
            trusted=self.people.operator,
            bucket_arns=buckets,
            evidence_bucket_arn=f"arn:aws:s3:::{self.names.evidence_bucket}",
            keys=self.keys,
            signing_key=KeyAlias(self.region, self.account, self.names.signing_key_alias),
        )
