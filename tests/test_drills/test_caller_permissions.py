"""Least privilege of the kinds that work mostly as the caller: each action the caller or the role lacks is named."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace

import pytest
from applied_ground import PRIMARY, RECOVERY
from kill_trials import TRIALS
from kinds_ground import captured

from holdfast.aws.sessions import Sessions
from holdfast.constructs.policies.document import allow
from holdfast.drills.engine import run
from holdfast.drills.lost_key import backup_key
from holdfast.drills.permissions import CALLER, DRILL_RESTORER, DRILL_RUNNER, EVIDENCE, PERMISSIONS
from holdfast.drills.verdict import Verdict
from holdfast.errors import HoldfastError

pytestmark = pytest.mark.sandbox
KINDS = ("configuration", "dynamodb", "access-control")
IN_THE_TABLE = "DynamoDB asks for it on the table it restores into, the emulator does not"
UNDOES = "only an attempt that was accepted has to be undone with it: test_what_cannot_be_undone_is_named"
SWEEPS = "only a sweep of an expired canary needs it: test_what_a_caller_may_not_remove_stays_and_is_named"
NOT_TRIED = {
    ("access-control", "kms:CancelKeyDeletion"): UNDOES,
    ("access-control", "kms:EnableKey"): UNDOES,
    ("access-control", "s3:DeleteObjectVersion"): SWEEPS,
    **{
        ("dynamodb", f"dynamodb:{call}"): IN_THE_TABLE
        for call in ("BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem")
    },
}
NOT_ENFORCED = {
    "kms:Decrypt": "the emulator's S3 decrypts without asking KMS",
    "kms:GenerateDataKey": "the emulator's S3 encrypts without asking KMS",
    "s3:GetObjectRetention": "the emulator shows the lock to whoever may read the object",
    "s3:PutObjectRetention": "the emulator takes lock headers with s3:PutObject alone",
}
"""Of the role; what it is refused is refused by the bucket's or the key's own service in AWS."""
HEAD = ("s3:ListBucket", "s3:GetObject", "s3:GetObjectVersion")
"""The answer to a HEAD has no body, so it cannot say which action was missing: the call is named instead."""


class Caller:
    """A ground, and one user on it who may do what is said and no more."""

    def __init__(self, kind, emulator, folder):
        self.trial = TRIALS[kind]
        self.root = self.trial.prepare(emulator, folder)
        self.iam, self.name = self.root.sessions.client("iam", PRIMARY), f"operator-{secrets.token_hex(4)}"
        self.iam.create_user(UserName=self.name)
        key = self.iam.create_access_key(UserName=self.name)["AccessKey"]
        self.endpoints = replace(emulator, access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"])

    def allow(self, actions):
        """These and no others."""
        if not actions:  # IAM takes no statement without one
            self.iam.delete_user_policy(UserName=self.name, PolicyName="p")
            return
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.iam.put_user_policy(UserName=self.name, PolicyName="p", PolicyDocument=document)

    def allow_runner(self, actions, *, without=""):
        """What the role declares, narrowed to these actions and those that keep evidence; nothing by the buckets."""
        root, kept = self.root, {*actions, *EVIDENCE[DRILL_RUNNER]} - {without}
        vaults = [f"arn:aws:s3:::{root.bucket(region)}" for region in (PRIMARY, RECOVERY)]
        declared = root.drill_runner_statements(vaults, f"arn:aws:s3:::{root.names.evidence_bucket}")
        narrowed = [
            each if each.effect == "Deny" else replace(each, actions=tuple(a for a in each.actions if a in kept))
            for each in declared
        ]
        root.revoke_bucket_grants()
        root.put_role_policy("drill-runner", [each for each in narrowed if each.actions])

    def allow_restorer(self, actions):
        """The role that restores, where the kind has one, and these actions."""
        if actions:
            self.root.put_role_policy("drill-restorer", [allow("Exactly", actions, on=["*"])])

    def drill(self, folder):
        ground = self.trial.at(self.root.environment, self.endpoints, folder)
        ground.sessions = Sessions(ground.environment, self.endpoints)
        return run(self.trial.spec(ground.environment), ground.surroundings)


@pytest.fixture(scope="module")
def callers(emulator, tmp_path_factory):
    """One for each kind, made when it is first asked for."""
    made = {}

    def caller(kind):
        if kind not in made:
            made[kind] = Caller(kind, emulator, tmp_path_factory.mktemp(kind))
        return made[kind]

    return caller


@pytest.fixture
def exact(callers):
    """The caller and the role of a kind, each with exactly what is listed."""

    def made(kind):
        caller = callers(kind)
        caller.allow(PERMISSIONS[kind][CALLER])
        caller.allow_runner(PERMISSIONS[kind][DRILL_RUNNER])
        caller.allow_restorer(PERMISSIONS[kind].get(DRILL_RESTORER, ()))
        return caller

    return made


def said_without(caller, folder):
    """What a drill that lacks something says; it must not pass, or its record is not locked."""
    try:
        result = caller.drill(folder)
    except HoldfastError as error:
        return error.message
    problem = result.evidence.problem
    assert result.verdict is not Verdict.PASSED or problem
    return " ".join((*result.reasons, problem or ""))


@pytest.mark.parametrize("kind", KINDS)
def test_with_exactly_the_listed_actions_it_passes(exact, kind, tmp_path):
    caller = exact(kind)
    if kind == "configuration":
        captured(caller.root)  # who may do what is part of what was captured

    result = caller.drill(tmp_path)

    assert (result.verdict, result.issues) == (Verdict.PASSED, ()), result.reasons
    assert result.evidence.problem is None


@pytest.mark.parametrize(
    ("kind", "action"),
    [(kind, action) for kind in KINDS for action in PERMISSIONS[kind][CALLER] if (kind, action) not in NOT_TRIED],
)
def test_each_one_the_caller_lacks_is_named(exact, kind, action, tmp_path):
    caller = exact(kind)
    caller.allow([each for each in PERMISSIONS[kind][CALLER] if each != action])

    said = said_without(caller, tmp_path)

    assert action in said or f": {action.partition(':')[2]}: AccessDenied" in said


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        (kind, action)
        for kind in KINDS
        for action in PERMISSIONS[kind].get(DRILL_RESTORER, ())
        if (kind, action) not in NOT_TRIED
    ],
)
def test_each_one_the_role_that_restores_lacks_is_named(exact, kind, action, tmp_path):
    caller = exact(kind)
    caller.allow_restorer([each for each in PERMISSIONS[kind][DRILL_RESTORER] if each != action])

    said = said_without(caller, tmp_path)

    assert any(each in said for each in (action, f": {action.partition(':')[2]}: AccessDenied"))


@pytest.mark.parametrize(
    ("kind", "action"),
    [(kind, action) for kind in KINDS for action in PERMISSIONS[kind][DRILL_RUNNER] if action not in NOT_ENFORCED],
)
def test_each_one_the_role_lacks_is_named(exact, kind, action, tmp_path):
    caller = exact(kind)
    caller.allow_runner(PERMISSIONS[kind][DRILL_RUNNER], without=action)

    said = said_without(caller, tmp_path)

    assert any(each in said for each in (action, *(("HeadBucket", "HeadObject") if action in HEAD else ())))


@pytest.mark.parametrize(
    ("action", "accepted"), [("kms:EnableKey", "kms:DisableKey"), ("kms:CancelKeyDeletion", "kms:ScheduleKeyDeletion")]
)
def test_what_cannot_be_undone_is_named(exact, action, accepted, tmp_path):
    """A role may do to the key what it must not, and the caller may not undo it: FAILED, and said."""
    caller = exact("access-control")
    caller.allow([each for each in PERMISSIONS["access-control"][CALLER] if each != action])
    statements = [allow("TooMuch", [accepted, "s3:*", "kms:Sign", "kms:GetPublicKey", "kms:GenerateDataKey"], on=["*"])]
    caller.root.put_role_policy("drill-runner", statements)
    try:
        result = caller.drill(tmp_path)
    finally:
        key, kms = backup_key(caller.root.sessions, PRIMARY), caller.root.sessions.client("kms", PRIMARY)
        if key.state == "PendingDeletion":
            kms.cancel_key_deletion(KeyId=key.arn)
        kms.enable_key(KeyId=key.arn)

    assert result.verdict is Verdict.FAILED
    assert any(action in reason for reason in result.reasons)
