"""An environment whose datasets AWS Backup protects, in a sandbox: vaults, plan and selection as the stacks declare."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import replace
from datetime import UTC, datetime

from applied_ground import ACCOUNT, PRIMARY, RECOVERY, Applied, make_environment

from holdfast.clock import SystemClock
from holdfast.drills.aws_backup.baselines import take
from holdfast.drills.spec import DrillSpec
from holdfast.sandbox import backup_control

RULE = {"name": "daily", "schedule": "cron(0 2 * * ? *)", "delete_after": "3d", "copy": {"delete_after": "3d"}}
TRUST = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
MANY_DAYS = 3


def backup_environment(**changes):
    """Datasets `exports` (a bucket) and `orders` (a table), each found by a tag of this environment alone."""
    mark = secrets.token_hex(4)
    tiers = {
        "demo": {
            "rpo": {"corruption": "24h", "region_loss": "24h"},
            "rto": {"corruption": "1h", "region_loss": "1h"},
            "rules": [RULE],
        }
    }
    datasets = [
        {"name": "exports", "kind": "s3", "tier": "demo", "select": {"tags": {"backup": f"exports-{mark}"}}},
        {"name": "orders", "kind": "dynamodb", "tier": "demo", "select": {"tags": {"backup": f"orders-{mark}"}}},
        {"name": "disk", "kind": "ebs", "tier": "demo", "select": {"tags": {"backup": f"disk-{mark}"}}},
        {"name": "notes", "kind": "files", "tier": "demo"},
    ]
    return make_environment(**({"tiers": tiers, "datasets": datasets} | changes))


class Protected(Applied):
    """The environment applied, AWS Backup included."""

    def protect(self) -> Protected:
        """Keys, vaults under lock, roles, and a plan with a selection for each dataset."""
        lock = {"MinRetentionDays": 1, "MaxRetentionDays": 30}
        for region, vault in ((PRIMARY, self.names.backup_vault), (RECOVERY, self.names.copy_vault)):
            kms, backup = self.client("kms", region), self.client("backup", region)
            key = kms.create_key()["KeyMetadata"]["Arn"]
            kms.create_alias(AliasName=self.names.vault_key_alias, TargetKeyId=key)
            backup.create_backup_vault(BackupVaultName=vault, EncryptionKeyArn=key)
            backup.put_backup_vault_lock_configuration(BackupVaultName=vault, **lock)
        for purpose in ("aws-backup", "restore-tests"):
            document = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
            self.client("iam", PRIMARY).create_role(
                RoleName=self.names.role(purpose), AssumeRolePolicyDocument=document
            )
        for dataset in self.environment.datasets:
            if dataset.select.tags:
                self._plan(dataset)
        return self

    def client(self, service, region):
        return self.sessions.client(service, region)

    def dataset(self, name):
        return self.environment.dataset(name)

    def make_bucket(self, objects, *, tagged=True):
        """A bucket with versions that the plan selects, and these objects in it."""
        s3, name = self.client("s3", PRIMARY), f"source-{secrets.token_hex(5)}"
        s3.create_bucket(Bucket=name)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        if tagged:
            pairs = [{"Key": key, "Value": value} for key, value in self.dataset("exports").select.tags.items()]
            s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": pairs})
        for key, body in objects.items():
            s3.put_object(Bucket=name, Key=key, Body=body, Metadata={"length": str(len(body))})
        time.sleep(1.1)  # S3 dates versions to the second: what is older than that is surely in the backup
        return name

    def make_table(self, items):
        """A table that the plan selects, and these items in it."""
        dynamodb, name = self.client("dynamodb", PRIMARY), f"source-{secrets.token_hex(5)}"
        pairs = [{"Key": key, "Value": value} for key, value in self.dataset("orders").select.tags.items()]
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=pairs,
        )
        for item in items:
            dynamodb.put_item(TableName=name, Item=item)
        return name

    def fault(self, *faults):
        backup_control.switch_on(self.endpoints, faults)

    def back_up(self):
        return backup_control.run_plans(self.sessions, SystemClock(), patience=240)

    def take_baseline(self, dataset="exports"):
        return take(self.environment, self.sessions, dataset, clock=SystemClock())

    def spec(self, dataset="exports", **options):
        return DrillSpec(environment=self.environment.environment, kind="aws-backup", dataset=dataset, **options)

    def restore_jobs(self, region=RECOVERY):
        """The restore jobs of this environment, newest first."""
        vaults = (self.names.copy_vault, self.names.backup_vault)
        jobs = self.client("backup", region).list_restore_jobs()["RestoreJobs"]
        return [each for each in jobs if each["BackupVaultArn"].rsplit(":", 1)[-1] in vaults]

    def made_by_drills(self, region=RECOVERY):
        """What drills of this environment have made and not taken away."""
        start = f"holdfast-{self.environment.environment}-drill"
        buckets = [each["Name"] for each in self.client("s3", region).list_buckets()["Buckets"]]
        tables = self.client("dynamodb", region).list_tables()["TableNames"]
        return [name for name in (*buckets, *tables) if name.startswith(start)]

    def at(self, **changes):
        """The same ground as another caller or environment."""
        return replace(self, **changes)

    def _plan(self, dataset):
        backup, names = self.client("backup", PRIMARY), self.names
        life = {"DeleteAfterDays": MANY_DAYS}
        tags = {"holdfast:environment": self.environment.environment, "holdfast:dataset": dataset.name}
        rule = {
            "RuleName": "daily",
            "TargetBackupVaultName": names.backup_vault,
            "ScheduleExpression": RULE["schedule"],
            "Lifecycle": life,
            "RecoveryPointTags": tags,
            "CopyActions": [{"DestinationBackupVaultArn": names.copy_vault_arn, "Lifecycle": life}],
        }
        plan = {"BackupPlanName": names.backup_plan(dataset.name), "Rules": [rule]}
        plan_id = backup.create_backup_plan(BackupPlan=plan)["BackupPlanId"]
        ((key, value),) = dataset.select.tags.items()
        selection = {
            "SelectionName": "tagged",
            "IamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{names.role('aws-backup')}",
            "Resources": ["*"],
            "Conditions": {"StringEquals": [{"ConditionKey": f"aws:ResourceTag/{key}", "ConditionValue": value}]},
        }
        backup.create_backup_selection(BackupPlanId=plan_id, BackupSelection=selection)


def now():
    return datetime.now(UTC)
