"""An environment with an RDS dataset in a sandbox: an instance that is a real server, its snapshot and its copies."""

from __future__ import annotations

import secrets
import time
from datetime import datetime
from pathlib import Path

from applied_ground import ACCOUNT, PRIMARY, RECOVERY, Applied, make_environment

from holdfast.clock import SystemClock
from holdfast.drills.engine import run
from holdfast.drills.spec import DrillSpec
from holdfast.sandbox import backup_control
from holdfast.sandbox.postgres.instance import seed_instance

DATASET = "billing"
ORDERS = 20_000
CHECKS = [
    {"name": "orders", "sql": "select count(*) from orders", "at_least": ORDERS},
    {
        "name": "orders-have-customers",
        "sql": "select count(*) from orders o where not exists (select from customers c where c.id = o.customer_id)",
        "equals": 0,
    },
    {"name": "nobody-elses", "sql": "select count(*) from customers where name like 'umbra%'", "equals": 0},
]


def rds_environment(rpo="1h", *, replicated=False, **postgres):
    """A dataset `billing`, one instance named by ARN; with `replicated` its tier keeps points in time elsewhere."""
    rule = {"name": "log", "continuous": True, "delete_after": "3d"} | ({"replicate_for": "3d"} if replicated else {})
    tiers = {
        "ledger": {
            "rpo": {"corruption": rpo, "region_loss": rpo},
            "rto": {"corruption": "1h", "region_loss": "1h"},
            "rules": [rule],
        }
    }
    arn = f"arn:aws:rds:{PRIMARY}:{ACCOUNT}:db:billing-{secrets.token_hex(4)}"
    settings = {"database": "app", "checks": CHECKS} | postgres
    dataset = {"name": DATASET, "kind": "rds", "tier": "ledger", "select": {"arns": [arn]}, "postgres": settings}
    return make_environment(tiers=tiers, datasets=[dataset, {"name": "notes", "kind": "files", "tier": "ledger"}])


class Ground(Applied):
    """The environment applied, and its instance seeded."""

    def protect(self) -> Ground:
        """The key of copies in the recovery Region, the instance, its snapshot and the copy of that."""
        kms = self.client("kms", RECOVERY)
        self.copy_key = kms.create_key()["KeyMetadata"]["Arn"]
        kms.create_alias(AliasName=self.names.copy_key_alias, TargetKeyId=self.copy_key)
        self.seeded = seed_instance(self.sessions, self.dataset, SystemClock())
        return self

    @property
    def dataset(self):
        return self.environment.dataset(DATASET)

    def client(self, service, region):
        return self.sessions.client(service, region)

    def replicate(self) -> Ground:
        """Have the instance's automated backups replicated, and wait until they are."""
        rds = self.client("rds", RECOVERY)
        rds.start_db_instance_automated_backups_replication(SourceDBInstanceArn=self.seeded.arn, KmsKeyId=self.copy_key)
        until(lambda: self.replicas()[0]["Status"] == "replicating")
        return self

    def replicas(self):
        told = self.client("rds", RECOVERY).describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]
        return [each for each in told if each["DBInstanceArn"] == self.seeded.arn]

    def instance(self):
        name = self.seeded.arn.rsplit(":", 1)[-1]
        return self.client("rds", PRIMARY).describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]

    def shipped(self, moment: datetime, region=PRIMARY) -> None:
        """Wait until everything up to a moment can be gone back to."""
        if region == PRIMARY:
            until(lambda: self.instance()["LatestRestorableTime"] > moment)
        else:
            until(lambda: self.replicas()[0]["RestoreWindow"]["LatestTime"] > moment)

    def snapshot(self, name, region=PRIMARY):
        return self.client("rds", region).describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"][0]

    def fault(self, *faults):
        backup_control.switch_on(self.endpoints, faults, "rds")

    def status(self, name, region=PRIMARY):
        told = self.client("rds", region).describe_db_instances()["DBInstances"]
        return next((each["DBInstanceStatus"] for each in told if each["DBInstanceIdentifier"] == name), None)

    def sandbox_logs(self):
        """What the services of the sandbox wrote."""
        return list(Path(str(self.endpoints.ca_bundle)).parents[2].glob("*.log"))

    def add_orders(self, count):
        """More orders, by whoever may."""
        for _ in range(count // 10):
            self.seeded = seed_instance(self.sessions, self.dataset, SystemClock())

    def make_unencrypted(self):
        """The instance of the dataset as somebody made it who thought of no key."""
        rds, name = self.client("rds", PRIMARY), self.dataset.select.arns[0].rsplit(":", 1)[-1]
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            MasterUsername="holdfast",
            MasterUserPassword=secrets.token_urlsafe(24),
            DBName="app",
        )
        until(lambda: self.status(name) == "available")

    def spec(self, **options):
        return DrillSpec(environment=self.environment.environment, kind="rds", **({"dataset": DATASET} | options))

    def drill(self, **options):
        return run(self.spec(**options), self.surroundings)

    def make_network(self):
        """The drill network of the environment: the name of its subnet group and the id of its security group."""
        ec2, rds = self.client("ec2", RECOVERY), self.client("rds", RECOVERY)
        vpc = ec2.create_vpc(CidrBlock="10.9.0.0/24")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.0.{n * 64}/26", AvailabilityZone=f"{RECOVERY}{zone}")
            for n, zone in enumerate("ab")
        ]
        name = f"{self.names.prefix}-drill"
        rds.create_db_subnet_group(
            DBSubnetGroupName=name,
            DBSubnetGroupDescription="drills",
            SubnetIds=[each["Subnet"]["SubnetId"] for each in subnets],
        )
        group = ec2.create_security_group(GroupName=f"{name}-restored", Description="drills", VpcId=vpc)
        return name, group["GroupId"]

    def left_over(self):
        """Instances that drills of this environment made and have not taken away."""
        start = f"holdfast-{self.environment.environment}-drill"
        return [
            each["DBInstanceIdentifier"]
            for region in (PRIMARY, RECOVERY)
            for each in self.client("rds", region).describe_db_instances()["DBInstances"]
            if each["DBInstanceIdentifier"].startswith(start)
        ]


def until(condition, seconds=240):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.1)
