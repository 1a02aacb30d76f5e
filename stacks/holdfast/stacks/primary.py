"""The primary Region, in the workload account: where backup sets are written first, and where evidence is kept."""

from __future__ import annotations

from constructs import Construct

from holdfast.constructs.backup_key import BackupKey
from holdfast.constructs.bucket_replication import BucketReplication, Destination
from holdfast.constructs.evidence_bucket import EvidenceBucket
from holdfast.constructs.log_bucket import LogBucket
from holdfast.constructs.principals import Principals
from holdfast.constructs.signing_key import SigningKey
from holdfast.environments.model import Environment
from holdfast.stacks.audit import audit_manager
from holdfast.stacks.base import STREAMS, EnvironmentStack
from holdfast.stacks.elsewhere import elsewhere, replicate_databases
from holdfast.stacks.plans import backup_plans
from holdfast.stacks.regional import backup_bucket, backup_key, log_bucket
from holdfast.stacks.served import has_archives, served_by_aws_backup
from holdfast.stacks.settings import allow_copies_between_accounts, opt_in
from holdfast.stacks.snapshots import snapshot_policies
from holdfast.stacks.vaults import backup_vault


class PrimaryStack(EnvironmentStack):
    """`<env>-primary`: key, vault bucket and its replication, evidence bucket and signing key, logs.

    Where a dataset is of a kind AWS Backup serves: backup vault, plans, selections and snapshot policies as well.
    """

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(
            scope,
            "primary",
            environment,
            region=environment.regions.primary,
            account=environment.accounts.workload,
        )
        people = self.people
        key = backup_key(
            self,
            encrypters=people.writer | people.drill_runner,
            decrypters=people.drill_runner | people.replication | people.restore_operator | people.auditor,
        )
        if has_archives(environment):
            bucket = f"arn:aws:s3:::{self.names.vault_bucket}"
            key.grant_uploads(people.stream_writer, bucket_arn=bucket, under=(STREAMS,), region=self.region)
        logs = log_bucket(self, self.names.vault_log_bucket)
        vault = backup_bucket(self, "Vault", self.names.vault_bucket, key, logs)
        BucketReplication(
            self,
            "Replication",
            source=vault,
            destination=Destination(f"arn:aws:s3:::{self.names.replica_bucket}", self.keys[1]),
            source_key=self.keys[0],
            role_name=self.names.role("replication"),
            prefixes=(STREAMS,),
        )
        self._evidence(key, logs)
        if served_by_aws_backup(environment):
            tests = Principals.of(self.names.role_arn("restore-tests", account=self.account))
            backup_plans(self, backup_vault(self, "BackupVault", self.names.backup_vault, restored_by=tests))
            there = elsewhere(self)
            snapshot_policies(self, there)
            if there is not None:
                replicate_databases(self, there)
            audit_manager(self, logs)
        opt_in(self)
        allow_copies_between_accounts(self)
        self.name_what_is_relaxed()

    def _evidence(self, key: BackupKey, logs: LogBucket) -> None:
        drill_runner = self.people.drill_runner
        SigningKey(
            self,
            "SigningKey",
            signers=drill_runner,
            description=f"Signs the evidence of {self.environment.environment}",
            **self.key_care(self.names.signing_key_alias),
        )
        EvidenceBucket(
            self,
            "Evidence",
            bucket_name=self.names.evidence_bucket,
            key=key,
            key_alias_arn=self.keys[0].arn,
            retention=self.environment.evidence.retention,
            writers=drill_runner,
            administrators=self.people.administrators(self.account),
            headers_optional_under=self.headers_optional_under(),
            logs=logs,
            transport=self.transport,
            removal=self.removal,
        )
