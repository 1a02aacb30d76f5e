"""Every name and ARN, computed from the environment alone.

A recovery stack must plan, and a drill must run, while the primary Region is down: nothing here asks a service.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from holdfast.environments.model import Environment

_LONGEST_PLAN = 50
_LONGEST_BUCKET, _DRILL_ID = 63, 31
DRILL_RESTORER = "drill-restorer"
"""Purpose of the role drills restore with what AWS Backup and DynamoDB keep."""
SNAPSHOT_RESTORER = "snapshot-restorer"
"""Purpose of the role drills restore snapshots and automated backups with, of volumes and instances."""
STREAM_WRITER = "stream-writer"
"""Purpose of the role databases archive with."""
_LONGEST_ROLE = 55
"""64, less `-boundary`."""


@dataclass(frozen=True)
class Names:
    """The names of one environment. `Names(environment).vault_bucket`."""

    environment: Environment

    @property
    def prefix(self) -> str:
        """`holdfast-<env>`: what every account-scoped name starts with."""
        return f"holdfast-{self.environment.environment}"

    def _bucket(self, purpose: str, account: str, region: str) -> str:
        env = self.environment
        return f"{env.organization}-{env.environment}-{purpose}-{account}-{region}"

    @property
    def vault_bucket(self) -> str:
        """Backup sets in the primary Region."""
        return self._bucket("vault", self.environment.accounts.workload, self.environment.regions.primary)

    @property
    def replica_bucket(self) -> str:
        """Backup sets in the recovery Region, in the backup account."""
        return self._bucket("replica", self.environment.accounts.backup, self.environment.regions.recovery)

    @property
    def evidence_bucket(self) -> str:
        """Signed records, in the primary Region."""
        return self._bucket("evidence", self.environment.accounts.workload, self.environment.regions.primary)

    @property
    def vault_log_bucket(self) -> str:
        """Access logs and inventories of the primary Region's buckets."""
        return self._bucket("logs", self.environment.accounts.workload, self.environment.regions.primary)

    @property
    def replica_log_bucket(self) -> str:
        """Access logs and inventories of the recovery Region's buckets."""
        return self._bucket("logs", self.environment.accounts.backup, self.environment.regions.recovery)

    @property
    def trail_bucket(self) -> str:
        """The audit trail, in the primary Region."""
        return self._bucket("trail", self.environment.accounts.workload, self.environment.regions.primary)

    @property
    def recovery_trail_bucket(self) -> str:
        """The audit trail of the recovery Region's buckets, beside them."""
        return self._bucket("trail", self.environment.accounts.backup, self.environment.regions.recovery)

    @property
    def buckets(self) -> tuple[str, ...]:
        """Every bucket of the environment."""
        return (
            self.vault_bucket,
            self.replica_bucket,
            self.evidence_bucket,
            self.vault_log_bucket,
            self.replica_log_bucket,
            self.trail_bucket,
            self.recovery_trail_bucket,
        )

    @property
    def recovery_prefix(self) -> str:
        """`holdfast-<env>-recovery`: what watches the recovery Region, which may share an account with the primary."""
        return f"{self.prefix}-recovery"

    def topic_arn(self, prefix: str, *, account: str, region: str) -> str:
        """ARN of the alert topic of what watches under `prefix`."""
        return f"arn:aws:sns:{region}:{account}:{prefix}-alerts"

    @property
    def watch_key_alias(self) -> str:
        """Alias of the key that trail, logs and alert topics are encrypted with."""
        return f"alias/{self.prefix}-watch"

    def bucket_in(self, region: str) -> str:
        """The bucket that holds backup sets in `region` (one of the two Regions of the environment)."""
        return self.vault_bucket if region == self.environment.regions.primary else self.replica_bucket

    @property
    def key_alias(self) -> str:
        """Alias of the backup key; the same in each Region, each pointing at that Region's own key."""
        return f"alias/{self.prefix}-backup"

    @property
    def backup_vault(self) -> str:
        """The AWS Backup vault of the primary Region."""
        return f"{self.prefix}-backups"

    @property
    def copy_vault(self) -> str:
        """The AWS Backup vault of the recovery Region, in the backup account, that copies go to."""
        return f"{self.prefix}-copies"

    @property
    def air_gapped_vault(self) -> str:
        """The logically air-gapped vault of the recovery Region, in the backup account."""
        return f"{self.prefix}-air-gapped"

    @property
    def air_gapped_vault_arn(self) -> str:
        """ARN of the logically air-gapped vault."""
        env = self.environment
        return self.vault_arn(self.air_gapped_vault, account=env.accounts.backup, region=env.regions.recovery)

    @property
    def restore_testing_plan(self) -> str:
        """Name of the restore testing plan: letters, digits and _ only."""
        return _underscored(f"{self.prefix}-restore-tests")

    @property
    def framework(self) -> str:
        """Name of the framework of AWS Backup Audit Manager: letters, digits and _ only."""
        return _underscored(self.prefix)

    def report_plan(self, about: str) -> str:
        """Name of a report plan of AWS Backup Audit Manager: letters, digits and _ only."""
        return _underscored(f"{self.prefix}-{about}")

    def vault_arn(self, vault: str, *, account: str, region: str) -> str:
        """ARN of an AWS Backup vault."""
        return f"arn:aws:backup:{region}:{account}:backup-vault:{vault}"

    @property
    def copy_vault_arn(self) -> str:
        """ARN of the vault that copies go to."""
        env = self.environment
        return self.vault_arn(self.copy_vault, account=env.accounts.backup, region=env.regions.recovery)

    def backup_plan(self, dataset: str) -> str:
        """Name of the AWS Backup plan of a dataset."""
        return _within(_LONGEST_PLAN, f"{self.environment.environment}-{dataset}")

    def snapshot_role(self, dataset: str) -> str:
        """Name of the role that makes the EBS snapshots of a dataset."""
        return _within(_LONGEST_ROLE, self.role(f"snapshots-{dataset}"))

    @property
    def alert_topic_arn(self) -> str:
        """ARN of the topic whoever is on call listens to, where the environment is watched."""
        env = self.environment
        return self.topic_arn(self.prefix, account=env.accounts.workload, region=env.regions.primary)

    @property
    def escalation_topic_arn(self) -> str:
        """ARN of the topic whoever must know at once listens to."""
        return f"{self.alert_topic_arn}-escalation"

    @property
    def vault_key_alias(self) -> str:
        """Alias of the key of the AWS Backup vault; the same in each Region, each pointing at a key of its own."""
        return f"alias/{self.prefix}-backup-vault"

    @property
    def copy_key_alias(self) -> str:
        """Alias of the key, in the recovery Region of the workload account, of copies that stay in their account."""
        return f"alias/{self.prefix}-copies"

    @property
    def signing_key_alias(self) -> str:
        """Alias of the asymmetric key that signs evidence."""
        return f"alias/{self.prefix}-evidence-signing"

    def alias_arn(self, alias: str, *, account: str, region: str) -> str:
        """ARN of a KMS alias."""
        return f"arn:aws:kms:{region}:{account}:{alias}"

    def role(self, purpose: str) -> str:
        """Name of a role: `backup-writer`, `drill-runner`, `replication`, …"""
        return f"{self.prefix}-{purpose}"

    def role_arn(self, purpose: str, *, account: str | None = None) -> str:
        """ARN of a role, in the workload account unless another is given."""
        return f"arn:aws:iam::{account or self.environment.accounts.workload}:role/{self.role(purpose)}"

    def role_arn_in(self, purpose: str, region: str) -> str:
        """ARN of the role that works in `region`: drills restore in the account that has the recovery points there."""
        return self.role_arn(purpose, account=self.restorer_account(region) if purpose == DRILL_RESTORER else None)

    def restorer_account(self, region: str) -> str:
        """The account drills restore in when they restore in `region`: beside the recovery points there."""
        accounts = self.environment.accounts
        return accounts.workload if region == self.environment.regions.primary else accounts.backup

    @property
    def scratch(self) -> str:
        """Pattern of the names of what a drill makes to restore into; `scratch_name` makes one."""
        return f"{self._scratch_head}-drill-????????t??????z-????????*"

    @property
    def scratch_instances(self) -> str:
        """The same pattern for instances of RDS, whose names have no two hyphens in a row; see `scratch_instance`."""
        return _single_hyphens(self.scratch)

    def scratch_instance(self, drill_id: str) -> str:
        """`scratch_name`, as RDS takes it."""
        return _single_hyphens(self.scratch_name(drill_id))

    def scratch_name(self, drill_id: str) -> str:
        """Name of what a drill restores into: `holdfast-<env>-<drill>`, at most 63 lower-case characters."""
        return f"{self._scratch_head}-{drill_id.lower()}"

    @property
    def _scratch_head(self) -> str:
        return self.prefix[: _LONGEST_BUCKET - _DRILL_ID - 1]

    def deployer_arn(self, account: str) -> str:
        """ARN of the role that runs Terraform in `account`: the one the environment names, else our own."""
        role = self.environment.accounts.deployer_role or self.role("deployer")
        return f"arn:aws:iam::{account}:role/{role}"

    def users_arn(self, group: str, *, account: str) -> str:
        """ARN pattern of the IAM users below `/holdfast-<env>/<group>/`: people, who can show a second factor."""
        return f"arn:aws:iam::{account}:user/{self.prefix}/{group}/*"

    def bucket_patterns(self, account: str) -> tuple[str, ...]:
        """Patterns of the names of all buckets this environment may have in `account`, whatever their Region."""
        purposes = ("vault", "replica", "evidence", "logs", "trail")
        return tuple(self._bucket(purpose, account, "*") for purpose in purposes)

    def stack(self, part: str) -> str:
        """Name of a stack: `<env>-recovery`, `<env>-primary`, `<env>-watch`, …"""
        return f"{self.environment.environment}-{part}"

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts this environment has a stack for, in the order they are applied."""
        env = self.environment
        left_out = set() if env.watch is not None else set(_WATCHING)
        if env.accounts.backup == env.accounts.workload or env.principals.break_glass:
            left_out.add("recovery-access")
        return tuple(part for part in STACK_ORDER if part not in left_out)


def _single_hyphens(name: str) -> str:
    while "--" in name:
        name = name.replace("--", "-")
    return name


def _underscored(name: str) -> str:
    return name.replace("-", "_")


def _within(most: int, name: str) -> str:
    """The name, or where it is too long its beginning and a digest of all of it."""
    return name if len(name) <= most else f"{name[: most - 9].rstrip('-')}-{sha256(name.encode()).hexdigest()[:8]}"


STACK_ORDER = ("recovery-watch", "recovery", "recovery-access", "watch", "primary", "access", "drill")
"""The order stacks are applied in.

What watches comes before what it watches: a vault tells a topic that must be there, and its policy is closed once it is
made. The recovery Region comes before the primary one, which replicates into it.
"""
IN_THE_BACKUP_ACCOUNT = frozenset({"recovery-watch", "recovery", "recovery-access", "drill"})
"""Parts whose stack is in the recovery Region and the backup account."""
_WATCHING = frozenset({"recovery-watch", "watch"})
"""Parts there are only where the environment says whom to tell."""
