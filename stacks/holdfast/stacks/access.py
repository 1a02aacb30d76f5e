"""The roles of an environment, apart from what they may touch: changed by fewer people, applied last."""

from __future__ import annotations

from collections.abc import Sequence

from cdktn import TerraformOutput
from constructs import Construct

from holdfast.constructs.auditor import Auditor, ReadableTrail
from holdfast.constructs.backup_operator import BackupOperator
from holdfast.constructs.backup_writer import BackupWriter
from holdfast.constructs.drill_runner import DrillRunner
from holdfast.constructs.policies.role import KeyAlias
from holdfast.constructs.restore_operator import RestoreOperator
from holdfast.constructs.service_control_policy import ServiceControlPolicy
from holdfast.constructs.stream_writer import StreamWriter
from holdfast.environments.metrics import NAMESPACE
from holdfast.environments.model import Environment
from holdfast.stacks.base import STREAMS, EnvironmentStack
from holdfast.stacks.drilling import drill_restorer, snapshot_restorer
from holdfast.stacks.emergency import break_glass
from holdfast.stacks.served import has_archives


class AccessStack(EnvironmentStack):
    """`<env>-access`: the roles of the workload account, each with its boundary.

    Backup writer, stream writer (where there are databases that archive), backup operator, restore operator, drill
    runner, drill restorer and snapshot restorer (where AWS keeps something to restore), auditor and break-glass.
    Those of a backup account of its own are in `<env>-recovery-access`, which is in that account. The output
    `service_control_policy` is a document for the organisation to attach; nothing here attaches it.
    """

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(
            scope,
            "access",
            environment,
            region=environment.regions.primary,
            account=environment.accounts.workload,
        )
        buckets = [f"arn:aws:s3:::{name}" for name in (self.names.vault_bucket, self.names.replica_bucket)]
        self._work(buckets)
        self._elevated(buckets)
        self._organisation()

    def _work(self, buckets: Sequence[str]) -> None:
        BackupWriter(
            self,
            "BackupWriter",
            role_name=self.names.role("backup-writer"),
            trusted=self.people.operator,
            bucket_arns=buckets,
            keys=self.keys,
        )
        if has_archives(self.environment):
            StreamWriter(
                self,
                "StreamWriter",
                role_name=self.names.role("stream-writer"),
                trusted=self.people.archivers,
                bucket_arn=buckets[0],
                key=self.keys[0],
                prefixes=(STREAMS,),
            )
        DrillRunner(
            self,
            "DrillRunner",
            role_name=self.names.role("drill-runner"),
            trusted=self.people.operator,
            bucket_arns=buckets,
            evidence_bucket_arn=self._evidence,
            keys=self.keys,
            signing_key=self._signing_key,
            namespace=NAMESPACE,
        )
        drill_restorer(self)
        snapshot_restorer(self)
        BackupOperator(
            self,
            "BackupOperator",
            role_name=self.names.role("backup-operator"),
            trusted=self.people.operator,
            vault_arns=[self._vault],
            copy_vault_arns=[self.names.copy_vault_arn],
            service_role_arn=self.names.role_arn("aws-backup"),
        )
        Auditor(
            self,
            "Auditor",
            role_name=self.names.role("auditor"),
            trusted=self.people.auditors,
            bucket_arns=buckets,
            evidence_bucket_arn=self._evidence,
            keys=self.keys,
            signing_key=self._signing_key,
            trail=self._trail,
        )

    def _elevated(self, buckets: Sequence[str]) -> None:
        RestoreOperator(
            self,
            "RestoreOperator",
            role_name=self.names.role("restore-operator"),
            trusted=self.people.restorers,
            bucket_arns=buckets,
            keys=self.keys,
        )
        break_glass(self)

    def _organisation(self) -> None:
        workload, backup = self.environment.accounts.workload, self.environment.accounts.backup
        policy = ServiceControlPolicy(
            break_glass=self.people.break_glass(workload) | self.people.break_glass(backup),
            administrators=self.people.deployer(workload) | self.people.deployer(backup),
        )
        TerraformOutput(
            self,
            "service_control_policy",
            value=policy.document,
            description="To attach to the organisational unit of these accounts, in the management account",
        )

    @property
    def _vault(self) -> str:
        return self.names.vault_arn(self.names.backup_vault, account=self.account, region=self.region)

    @property
    def _evidence(self) -> str:
        return f"arn:aws:s3:::{self.names.evidence_bucket}"

    @property
    def _trail(self) -> ReadableTrail | None:
        if self.environment.watch is None:
            return None
        key = KeyAlias(self.region, self.account, self.names.watch_key_alias)
        return ReadableTrail(f"arn:aws:s3:::{self.names.trail_bucket}", key)

    @property
    def _signing_key(self) -> KeyAlias:
        return KeyAlias(self.region, self.account, self.names.signing_key_alias)
