"""An applied environment with three people (who plans, approves, runs), their MFA devices, and the restore role."""

from __future__ import annotations

import json
import random
import secrets
import sys
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "test_drills"))

from applied_ground import ACCOUNT, PRIMARY, RECOVERY, REPOSITORY, Applied

from holdfast.audit.trail import AuditTrail
from holdfast.aws.elevation import SecondFactor
from holdfast.aws.sessions import Sessions
from holdfast.clock import ManualClock, SystemClock
from holdfast.constructs.policies import mfa, role, tenant
from holdfast.constructs.policies.document import render
from holdfast.constructs.principals import Principals
from holdfast.evidence.local_signer import LocalSigner
from holdfast.restore.admission import Asked
from holdfast.restore.approval import approve
from holdfast.restore.erasure.reading import erased_of
from holdfast.restore.planning import Wanted, make_plan
from holdfast.restore.recording import restore_recorder
from holdfast.restore.running import run
from holdfast.restore.scope import scope_of
from holdfast.restore.surroundings import Surroundings
from holdfast.restore.target import parse_target
from holdfast.sandbox.authenticator import Device
from holdfast.sandbox.identity.totp import code_in, period_of

HOUR = timedelta(hours=1)


@dataclass
class RestoreGround:
    """Short names for what the tests do."""

    applied: Applied

    def __post_init__(self) -> None:
        self.environment, self.folder = self.applied.environment, self.applied.folder
        self.home, self.clock = self.applied.home, SystemClock()
        self.said: list[str] = []
        self.people = {name: self._user(name) for name in ("planner", "approver", "runner")}
        self._devices: dict[str, str] = {}
        self.add_restore_operator()

    @property
    def name(self):
        return self.environment.environment

    def sessions(self, who="runner"):
        access_key, secret_key = self.people[who]
        endpoints = replace(self.applied.endpoints, access_key=access_key, secret_key=secret_key)
        return Sessions(self.environment, endpoints)

    def factor(self, who="runner"):
        """The code of a device that showed none before: each counts once, and tests do not wait for the next."""
        iam, user = self.applied.sessions.client("iam", PRIMARY), self._name(who)
        if before := self._devices.pop(who, None):
            iam.deactivate_mfa_device(UserName=user, SerialNumber=before)
            iam.delete_virtual_mfa_device(SerialNumber=before)
        made = iam.create_virtual_mfa_device(VirtualMFADeviceName=f"{user}-{secrets.token_hex(4)}")["VirtualMFADevice"]
        device = Device(made["SerialNumber"], made["Base32StringSeed"].decode())
        now = period_of(self.clock.now())
        codes = {f"AuthenticationCode{2 - back}": code_in(device.seed, now - back) for back in (0, 1)}
        iam.enable_mfa_device(UserName=user, SerialNumber=device.serial, **codes)
        self._devices[who] = device.serial
        return SecondFactor(device.serial, device.code(self.clock))

    def add_restore_operator(self):
        """The role `RestoreOperator` declares."""
        names, buckets = (
            self.applied.names,
            [f"arn:aws:s3:::{self.applied.bucket(each)}" for each in (PRIMARY, RECOVERY)],
        )
        statements = [tenant.inspect_buckets(buckets), tenant.list_own(buckets), tenant.read_own(buckets)]
        statements += [role.use_keys("Decrypt", ("kms:Decrypt",), [self.applied._alias(PRIMARY)]), role.never_destroy()]
        self._role(
            "restore-operator", mfa.trust_for_one_tenant(self._trusted("restorers"), mfa.RESTORE_AGE), statements
        )
        return names.role("restore-operator")

    def _trusted(self, group):
        return Principals.of(self.applied.names.users_arn(group, account=ACCOUNT))

    def plan(self, target=None, *, dataset="project", tenant=None, everything=False, who="planner", **wanted):
        scope = scope_of(self.environment, dataset, tenant, everything=everything)
        region = wanted.pop("region", RECOVERY)
        target = parse_target(str(target or self.folder / "restored"), region=region)
        sessions = self.sessions(who)
        return make_plan(
            self.environment,
            sessions,
            Wanted(scope=scope, target=target, region=region, **wanted),
            erased_of(self.environment, self.home, self.clock, lambda: sessions),
            home=self.home,
            clock=self.clock,
            rng=random.SystemRandom(),
        )

    def approve(self, plan, *, who="approver", start=None, window=HOUR, signer=None, approver=None):
        begins = start or self.clock.now() - timedelta(seconds=2)
        return approve(
            plan,
            approver=approver or self.arn(who),
            signer=signer or LocalSigner.at(self.folder / who),
            environment=self.environment,
            not_before=begins,
            not_after=begins + window,
            comment="",
            clock=ManualClock(begins),
        )

    def arn(self, who):
        return self.sessions(who).caller_arn()

    def surroundings(self, who="runner", seen=None):
        sessions = self.sessions(who)
        return Surroundings(
            environment=self.environment,
            home=self.home,
            sessions=sessions,
            recorder=restore_recorder(self.environment, sessions, self.home, REPOSITORY, self.clock),
            erased=erased_of(self.environment, self.home, self.clock, lambda: sessions, seen=seen),
            trail=AuditTrail(self.home, self.clock),
            say=self.said.append,
        )

    def run(self, plan, approval=None, *, who="runner", **asked):
        if "factor" not in asked:
            asked["factor"] = self.factor(who)
        return run(Asked(plan=plan, approval=approval, **asked), self.surroundings(who, plan.erasure_head))

    def restore(self, target=None, **wanted):
        plan = self.plan(target, **wanted)
        return self.run(plan, self.approve(plan))

    def _name(self, who):
        return f"{who}-{self.name}"

    def _user(self, who):
        iam, name = self.applied.sessions.client("iam", PRIMARY), self._name(who)
        iam.create_user(UserName=name, Path=f"/{self.applied.names.prefix}/restorers/")
        allow = {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession", "s3:*", "sns:*"], "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        iam.put_user_policy(UserName=name, PolicyName="restores", PolicyDocument=policy)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    def _role(self, purpose, trust, statements):
        iam, name = self.applied.sessions.client("iam", PRIMARY), self.applied.names.role(purpose)
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=render([trust]))
        # `$${` is how Terraform wants a policy variable written
        iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=render(statements).replace("$${", "${"))


def tree(folder):
    """Every file below a folder, with its content."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
