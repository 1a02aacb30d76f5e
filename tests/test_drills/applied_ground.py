"""An environment as `holdfast apply` would leave it, in a sandbox that enforces IAM: the declared policies, by boto3.

Terraform would take a minute for what these calls do in one second; the policy statements are those of the constructs.
"""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from holdfast.aws.endpoints import Endpoints
from holdfast.aws.sessions import Sessions
from holdfast.backupsets.push import push
from holdfast.clock import SystemClock
from holdfast.constructs.object_lock import LockMode, ObjectLock
from holdfast.constructs.policies import role, sharing, transport, weakening, writes
from holdfast.constructs.policies.document import Statement, render
from holdfast.constructs.policies.drill_made import DrillMade
from holdfast.constructs.policies.drill_restoring import restoring
from holdfast.constructs.policies.role import KeyAlias
from holdfast.constructs.policies.scratch import Scratch
from holdfast.constructs.policies.snapshot_restoring import restoring_snapshots
from holdfast.constructs.policies.streaming import archiving
from holdfast.constructs.principals import Principals
from holdfast.drills.evidence_recorder import recorder_for
from holdfast.drills.kinds import KINDS
from holdfast.drills.surroundings import Surroundings
from holdfast.environments.metrics import NAMESPACE
from holdfast.environments.model import DatasetKind, Environment
from holdfast.environments.names import Names

ACCOUNT = "000000000000"
REPOSITORY = Path(__file__).parents[2]
PRIMARY, RECOVERY = "us-east-1", "us-west-2"
CANARIES, WRITTEN = ("canaries/",), ("objects/", "sets/")


def make_environment(**changes) -> Environment:
    """An environment of its own: tests that share an emulator share no bucket, key or role."""
    tiers = {
        "demo": {
            "rpo": {"corruption": "24h", "region_loss": "24h"},
            "rto": {"corruption": "1h", "region_loss": "1h"},
            "rules": [{"name": "daily", "schedule": "rate(1 day)", "delete_after": "3d"}],
        }
    }
    document = {
        "environment": f"t{secrets.token_hex(6)}",
        "organization": "acme",
        "sandbox": True,
        "accounts": {"workload": ACCOUNT, "backup": ACCOUNT},
        "regions": {"primary": PRIMARY, "recovery": RECOVERY},
        "lock": {"minimum": "1d", "maximum": "30d", "acknowledge": "nobody can delete before expiry"},
        "evidence": {"retention": "2d", "responsible": "Ada"},
        "tiers": tiers,
        "datasets": [
            {"name": "project", "kind": "files", "tier": "demo"},
            {"name": "exports", "kind": "s3", "tier": "demo", "tenants": {"by": "prefix"}},
        ],
    }
    return Environment.model_validate(document | changes)


@dataclass
class Applied:
    """The environment, a source folder with three files, and short names for calls."""

    environment: Environment
    endpoints: Endpoints
    folder: Path

    def __post_init__(self) -> None:
        self.sessions = Sessions(self.environment, self.endpoints)
        self.names = Names(self.environment)
        self.home = self.folder / "home"
        self.said: list[str] = []
        self.pushed_at = datetime.min.replace(tzinfo=UTC)
        self.write("notes.txt", b"three files")
        self.write("data/a.bin", b"\x00\x01\x02" * 100)
        self.write("data/b.bin", b"b" * 1000)

    @property
    def source(self) -> Path:
        return self.folder / "source"

    @property
    def surroundings(self) -> Surroundings:
        return Surroundings(
            environment=self.environment,
            home=self.home,
            sessions=self.sessions,
            recorder=recorder_for(self.environment, self.sessions, self.home, REPOSITORY, SystemClock()),
            kinds=KINDS,
            say=self.said.append,
        )

    def write(self, name: str, content: bytes) -> None:
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def push(self, dataset="project", **options):
        """Push the source; S3 tells its time in whole seconds, so a set begins in a later one than the set before."""
        for _ in range(50):
            if self.sessions.server_time(PRIMARY) > self.pushed_at:
                break
            time.sleep(0.1)
        pushed = push(self.environment, self.sessions, dataset, self.source, **options)
        self.pushed_at = pushed.captured_at
        return pushed

    def s3(self, region=PRIMARY, role=None):
        return self.sessions.client("s3", region, role=role)

    def bucket(self, region=PRIMARY):
        return self.names.bucket_in(region)

    def versions(self, prefix="", region=PRIMARY):
        pages = (
            self.s3(region).get_paginator("list_object_versions").paginate(Bucket=self.bucket(region), Prefix=prefix)
        )
        return [version for page in pages for version in page.get("Versions", [])]

    def apply(self) -> Applied:
        """Keys, buckets, roles: what the three stacks declare, as far as drills touch it."""
        for region in (PRIMARY, RECOVERY):
            self._key(region, self.names.key_alias)
            self._bucket(region, self.bucket(region), self.vault_policy(region))
        self._key(PRIMARY, self.names.signing_key_alias, KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
        self._bucket(PRIMARY, self.names.evidence_bucket, [transport.no_plain_http(_arn(self.names.evidence_bucket))])
        vaults = [_arn(self.bucket(region)) for region in (PRIMARY, RECOVERY)]
        evidence, keys = _arn(self.names.evidence_bucket), [self._alias(PRIMARY), self._alias(RECOVERY)]
        encrypt = ("kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")
        self._role(
            "backup-writer",
            role.list_buckets(vaults),
            role.write("WriteSets", vaults, WRITTEN),
            role.read("ReadBackMetadata", vaults, WRITTEN),
            role.use_keys("Encrypt", encrypt, keys),
            role.never_destroy(),
        )
        self._role("drill-runner", *self.drill_runner_statements(vaults, evidence))
        self._role("drill-restorer", *self.drill_restorer_statements())
        self._role("snapshot-restorer", *self.snapshot_restorer_statements())
        self._role("stream-writer", *archiving(vaults[0], ("streams/",), keys[0]))
        return self

    def drill_runner_statements(self, vaults, evidence) -> list[Statement]:
        """What `DrillRunner` declares."""
        keys = [self._alias(PRIMARY), self._alias(RECOVERY)]
        signing = KeyAlias(PRIMARY, ACCOUNT, self.names.signing_key_alias)
        use = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")
        return [
            role.list_buckets([*vaults, evidence]),
            role.read("ReadBackups", [*vaults, evidence], ()),
            role.write("WriteCanaries", vaults, CANARIES),
            role.write("WriteEvidence", [evidence], ()),
            role.use_keys("UseKeys", use, keys),
            *role.sign(signing),
            role.publish(NAMESPACE),
            role.never_destroy(),
            role.never_climb(),
        ]

    def drill_restorer_statements(self) -> list[Statement]:
        """What `DrillRestorer` declares where both Regions are in one account."""
        own = Scratch(self.names.scratch, account=ACCOUNT, regions=(PRIMARY, RECOVERY))
        vaults = [
            self.names.vault_arn(vault, account=ACCOUNT, region=region)
            for vault, region in ((self.names.backup_vault, PRIMARY), (self.names.copy_vault, RECOVERY))
        ]
        return restoring(own, vaults, self.names.role_arn("restore-tests"))

    def snapshot_restorer_statements(self) -> list[Statement]:
        """What `SnapshotRestorer` declares: for the volumes of the environment's datasets, and for instances."""
        made = DrillMade(self.environment.environment, ACCOUNT, (PRIMARY, RECOVERY))
        volumes = [each.select.tags for each in self.environment.datasets if each.kind is DatasetKind.EBS]
        keys = [KeyAlias(RECOVERY, ACCOUNT, self.names.copy_key_alias)]
        return restoring_snapshots(made, instances=self.names.scratch_instances, volumes=volumes, keys=keys)

    def put_role_policy(self, purpose: str, statements: list[Statement]) -> None:
        name = self.names.role(purpose)
        iam = self.sessions.client("iam", PRIMARY)
        iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=render(statements))
        self.sessions = Sessions(self.environment, self.endpoints)

    def put_bucket_policy(self, region: str, statements: list[Statement]) -> None:
        self.s3(region).put_bucket_policy(Bucket=self.bucket(region), Policy=render(statements))

    def revoke_bucket_grants(self) -> None:
        """Leave it to the role's own policy what it may do: in one account either grant is enough."""
        for region in (PRIMARY, RECOVERY):
            kept = [each for each in self.vault_policy(region) if each.effect == "Deny"]
            self.put_bucket_policy(region, kept)

    def become_user(self) -> None:
        """Call as an IAM user from now on; `root` stays the account's root, whom no policy binds in the emulator."""
        self.root = replace(self)
        iam, name = self.sessions.client("iam", PRIMARY), f"operator-{self.environment.environment}"
        iam.create_user(UserName=name)
        everything = json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        )
        iam.put_user_policy(UserName=name, PolicyName="everything", PolicyDocument=everything)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        self.endpoints = replace(self.endpoints, access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"])
        self.sessions = Sessions(self.environment, self.endpoints)

    def by_user(self, folder: Path, *actions: str) -> Applied:
        """The same ground, called by a new user who may do this and no more."""
        iam, name = self.sessions.client("iam", PRIMARY), f"user-{secrets.token_hex(4)}"
        iam.create_user(UserName=name)
        if actions:
            document = render([Statement("Exactly", "Allow", actions, ("*",))])
            iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        endpoints = replace(self.endpoints, access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"])
        return replace(self, endpoints=endpoints, folder=folder)

    def _role(self, purpose: str, *statements: Statement) -> None:
        trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        iam = self.sessions.client("iam", PRIMARY)
        iam.create_role(RoleName=self.names.role(purpose), AssumeRolePolicyDocument=document)
        self.put_role_policy(purpose, list(statements))

    def _key(self, region: str, alias: str, **options) -> None:
        kms = self.sessions.client("kms", region)
        key = kms.create_key(**options)["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName=alias, TargetKeyId=key)

    def _bucket(self, region: str, bucket: str, statements: list[Statement]) -> None:
        s3 = self.s3(region)
        where = {} if region == PRIMARY else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True, **where)
        default = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}
        s3.put_object_lock_configuration(
            Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": default}
        )
        s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [_ABORT_UPLOADS]})
        s3.put_bucket_policy(Bucket=bucket, Policy=render(statements))

    def vault_policy(self, region: str) -> list[Statement]:
        arn, environment = _arn(self.bucket(region)), self.environment
        lock = ObjectLock(environment.lock.minimum, environment.lock.maximum, LockMode(environment.lock.mode.value))
        administrators = Principals.of(f"arn:aws:iam::{ACCOUNT}:root")
        writer, runner = self._principals("backup-writer"), self._principals("drill-runner")
        return [
            transport.no_plain_http(arn),
            writes.only_kms(arn),
            writes.only_this_key(arn, [self._alias(region).arn]),
            writes.only_this_mode(arn, lock),
            writes.lock_is_long_enough(arn, lock),
            writes.lock_is_not_endless(arn, lock),
            weakening.nobody_else_weakens(arn, administrators),
            weakening.nobody_else_deletes(arn, administrators),
            sharing.list_and_inspect(arn, writer | runner),
            sharing.write(arn, writer, WRITTEN),
            sharing.write(arn, runner, CANARIES),
            sharing.read(arn, runner, ()),
        ]

    def _principals(self, purpose: str) -> Principals:
        name = self.names.role(purpose)
        session = f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/*"
        return Principals.of(self.names.role_arn(purpose)) | Principals.of(session)

    def _alias(self, region: str) -> KeyAlias:
        return KeyAlias(region, ACCOUNT, self.names.key_alias)


_ABORT_UPLOADS = {
    "ID": "abort",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
}


def _arn(bucket: str) -> str:
    return f"arn:aws:s3:::{bucket}"
