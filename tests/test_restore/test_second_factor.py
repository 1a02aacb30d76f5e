"""MFA asked for each time, the restore role narrowed to the tenant, break-glass loud and flagged.

STS, S3, KMS and IAM are the sandbox's, which check codes and enforce; the environment is declared as one that is real.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest
from applied_ground import ACCOUNT, PRIMARY, RECOVERY, Applied, make_environment
from restore_ground import HOUR, RestoreGround, tree

from holdfast.aws.elevation import BadSecondFactor, SecondFactor, Task, elevate
from holdfast.aws.errors import AccessRefused, RoleNotAssumed, SecondFactorRefused
from holdfast.evidence.local_signer import LocalSigner
from holdfast.restore.errors import NeedsSecondFactor, ReasonMissing
from holdfast.restore.opening import open_item
from holdfast.restore.reading_role import elevated_for, only_sets
from holdfast.restore.refusals import ApprovalMissing
from holdfast.restore.state import states

pytestmark = pytest.mark.sandbox
SERIAL = f"arn:aws:iam::{ACCOUNT}:mfa/ada"
REASON = "INC-7, decided by the head of platform"


class RealGround(RestoreGround):
    """The same, as an environment that is no sandbox and declares its approver."""

    def declare(self):
        signer = LocalSigner.at(self.folder / "approver")
        watch = {
            "runbook": "https://wiki.acme.com/r", "escalation": "Call Ada.", "notify": ["a@acme.com"],
            "escalate_to": ["b@acme.com"],
        }  # fmt: skip
        approver = {"principal": f"arn:aws:iam::{ACCOUNT}:user/*/restorers/approver-*", "key": signer.public_key.keyid}
        document = self.applied.environment.document()
        document |= {"sandbox": False, "restore": {"approvers": [approver]}, "watch": watch}
        self.environment = type(self.applied.environment).model_validate(document)


@pytest.fixture
def ground(emulator, tmp_path):
    ground = RealGround(Applied(make_environment(), emulator, tmp_path).apply())
    ground.declare()
    return ground


def test_a_code_counts_once_and_the_restore_says_it_was_asked(ground):
    ground.applied.push()
    plan = ground.plan()
    approval = ground.approve(plan)
    with pytest.raises(NeedsSecondFactor):
        ground.run(plan, approval, factor=None)
    used = ground.factor()
    wrong = SecondFactor(used.serial, f"{(int(used.code) + 1) % 1_000_000:06d}")
    with pytest.raises(SecondFactorRefused):
        ground.run(plan, approval, factor=wrong)
    assert states(ground.home, ground.name) == []
    state = ground.run(plan, approval, factor=used)
    assert (state.verdict, state.begun["second_factor"], state.begun["read_as"]) == ("PASSED", True, "restore-operator")
    assert tree(ground.folder / "restored") == tree(ground.applied.source)
    again = ground.plan(ground.folder / "again")
    with pytest.raises(SecondFactorRefused):
        ground.run(again, ground.approve(again), factor=used)
    assert all(used.code not in path.read_text(errors="replace") for path in ground.home.rglob("*") if path.is_file())


def test_several_tenants_need_one_code(ground):
    for tenant in ("acme", "globex"):
        ground.applied.push("exports", tenant=tenant)
    plan = ground.plan(dataset="exports")
    assert [item.below for item in plan.items] == ["acme", "globex"]
    assert ground.run(plan, ground.approve(plan), factor=ground.factor()).verdict == "PASSED"
    assert set(tree(ground.folder / "restored")) == {
        f"{tenant}/{name}" for tenant in ("acme", "globex") for name in tree(ground.applied.source)
    }


def test_without_a_fresh_factor_the_role_is_refused_by_sts(ground):
    ground.applied.push()
    plan = ground.plan()
    with pytest.raises(RoleNotAssumed):
        elevate(
            ground.sessions(),
            [Task("restore-operator", {"tenant": "_"})],
            region=RECOVERY,
            factor=None,
            name="restore-x",
        )
    assert plan.region == RECOVERY


@pytest.mark.parametrize("tags", [{}, {"tenant": ""}, {"tenant": "_", "team": "red"}])
def test_the_role_is_taken_on_for_one_tenant_and_says_nothing_else(ground, tags):
    with pytest.raises(RoleNotAssumed):
        elevate(
            ground.sessions(),
            [Task("restore-operator", tags)],
            region=RECOVERY,
            factor=ground.factor(),
            name="restore-x",
        )


def test_the_device_of_somebody_else_is_none(ground):
    theirs = ground.factor("approver")
    with pytest.raises(SecondFactorRefused):
        elevate(
            ground.sessions("runner"),
            [Task("restore-operator", {"tenant": "_"})],
            region=RECOVERY,
            factor=theirs,
            name="restore-x",
        )


@pytest.mark.parametrize("tag", ["acme", "globex", "_"])
def test_the_role_alone_keeps_tenants_apart_without_a_session_policy(ground, tag):
    # GIVEN a session for one tenant that no session policy narrows, as a tool with a mistake would ask for it
    for tenant in ("acme", "globex", None):
        ground.applied.push("exports", tenant=tenant)
    task = Task("restore-operator", {"tenant": tag})
    (held,) = elevate(ground.sessions(), [task], region=RECOVERY, factor=ground.factor(), name="restore-x")
    plan = ground.plan(dataset="exports")

    # THEN the role's own policy lets it read and list that tenant, and no other
    for item in plan.items:
        for action in ("list", "read"):
            assert try_it(held, ground, item, action) is ((item.tenant or "_") == tag), f"{action} {item.tenant}"


@pytest.mark.parametrize(
    ("serial", "code"),
    [
        ("arn:aws:iam::000000000000:sms-mfa/ada", "123456"),
        ("+1 555 0100", "123456"),
        (SERIAL, "12345"),
        (SERIAL, "1234567"),
        (SERIAL, "12 456"),
        (SERIAL, "١٢٣٤٥٦"),
        ("", "123456"),
    ],
)
def test_text_messages_and_what_is_no_code_are_refused_here(serial, code):
    with pytest.raises(BadSecondFactor):
        SecondFactor(serial, code)


def test_a_code_is_never_shown():
    assert "123456" not in repr(SecondFactor(SERIAL, "123456"))


@pytest.mark.parametrize("action", ["list", "read"])
def test_only_the_diagonal_of_tenants_and_sessions_is_allowed(ground, action):
    tenants = ("acme", "globex", "initech", None)
    for tenant in tenants:
        ground.applied.write("whose.txt", str(tenant).encode())
        ground.applied.push("exports", tenant=tenant)
    plan = ground.plan(dataset="exports")
    items = {item.tenant: item for item in plan.items}
    assert set(items) == set(tenants)
    held = elevated_for(plan, ground.sessions(), factor=ground.factor(), restore_id="restore-x")
    allowed = set()
    for session in tenants:
        for wanted in tenants:
            if try_it(held.sessions_of(items[session]), ground, items[wanted], action):
                allowed.add((session, wanted))
    assert allowed == {(tenant, tenant) for tenant in tenants}


def try_it(sessions, ground, item, action):
    """Open the set, which lists and reads; or read an object whose key is known."""
    s3, bucket = sessions.client("s3", RECOVERY), ground.applied.bucket(RECOVERY)
    try:
        if action == "list":
            open_item(sessions, RECOVERY, item, role=None, clock=ground.clock)
        else:
            key = ground.applied.versions(item.folder.objects, RECOVERY)[0]["Key"]
            s3.get_object(Bucket=bucket, Key=key)
    except AccessRefused:
        return False
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "AccessDenied":
            raise
        return False
    return True


def test_the_session_writes_and_deletes_nothing(ground):
    ground.applied.push()
    plan = ground.plan()
    held = elevated_for(plan, ground.sessions(), factor=ground.factor(), restore_id="restore-x")
    sessions, bucket = held.sessions_of(plan.items[0]), ground.applied.bucket(RECOVERY)
    s3 = sessions.client("s3", RECOVERY)
    key = ground.applied.versions("objects/", RECOVERY)[0]
    for attempt in (
        lambda: s3.put_object(Bucket=bucket, Key="objects/project/_/x", Body=b""),
        lambda: s3.delete_object(Bucket=bucket, Key=key["Key"]),
        lambda: s3.delete_object(Bucket=bucket, Key=key["Key"], VersionId=key["VersionId"]),
        lambda: s3.get_object(Bucket=ground.applied.bucket(PRIMARY), Key=key["Key"]),
    ):
        with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
            attempt()


def test_a_session_policy_fits_sts_however_many_sets_there_are(ground):
    ground.applied.push()
    plan = ground.plan()
    many = tuple(plan.items[0].model_copy(update={"dataset": f"dataset-{number:03}-of-many"}) for number in range(90))
    policy = only_sets(plan.model_copy(update={"items": many}), "_", ground.applied.names)
    assert len(json.dumps(policy, separators=(",", ":"))) <= 2048
    assert "objects/*/_/*" in json.dumps(policy)


# --- break-glass ------------------------------------------------------------------------------------------------------


def test_break_glass_is_loud_flagged_and_tells_who_must_know(ground):
    ground.applied.push()
    sqs, sns = (ground.applied.sessions.client(each, PRIMARY) for each in ("sqs", "sns"))
    topic = ground.applied.names.alert_topic_arn
    sns.create_topic(Name=topic.rpartition(":")[2])
    queue = sqs.create_queue(QueueName=f"alerts-{ground.name}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    plan = ground.plan()
    with pytest.raises(ApprovalMissing):
        ground.run(plan)
    with pytest.raises(ReasonMissing):
        ground.run(plan, break_glass="because")
    with pytest.raises(NeedsSecondFactor):
        ground.run(plan, break_glass=REASON, factor=None)
    state = ground.run(plan, break_glass=REASON, factor=ground.factor())
    assert state.verdict == "PASSED"
    document = state.document()
    assert (document["break_glass"], document["approved_by"]) == (True, None)
    assert any("BREAK-GLASS" in line for line in ground.said)
    assert any("escalation" in remark for remark in state.begun["remarks"]), "the other topic is not there: said"
    (message,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
    told = json.loads(json.loads(message["Body"])["Message"])
    assert (told["reason"], told["principal"], told["escalation"]) == (REASON, ground.arn("runner"), "Call Ada.")
    begin, end = ground.surroundings().trail.entries()
    assert begin["flags"] == end["flags"] == ["break-glass"]
    record = json.loads(base64.b64decode(json.loads(Path(document["evidence"]["path"]).read_text())["payload"]))[
        "predicate"
    ]
    assert (record["identity"]["name"], record["identity"]["trigger"]) == ("break-glass-restore", "incident")
    assert any(REASON in issue for issue in record["result"]["issues"])
    assert {check["id"]: check["outcome"] for check in record["checks"]}["second-approval"] == "SKIPPED"


def test_whoever_restores_breaks_the_glass_without_the_role_of_that_name(ground):
    """Nobody may have both: that one administers keys, this one decrypts. Here there is no break-glass role at all."""
    ground.applied.push()
    iam, name = ground.applied.sessions.client("iam", PRIMARY), ground.applied.names.role("break-glass")
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName=name)

    state = ground.run(ground.plan(), break_glass=REASON, factor=ground.factor())

    assert (state.verdict, state.begun["read_as"]) == ("PASSED", "restore-operator")


def test_whoever_may_not_restore_does_not_by_breaking_the_glass(ground):
    ground.applied.push()
    plan = ground.plan()
    iam, name = ground.applied.sessions.client("iam", PRIMARY), ground.applied.names.role("restore-operator")
    nobody = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/nobody"},
        "Action": "sts:AssumeRole",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [nobody]})
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=document)
    with pytest.raises(RoleNotAssumed):
        ground.run(plan, break_glass=REASON, factor=ground.factor())
    assert not (ground.folder / "restored").exists()


def test_a_topic_nobody_can_reach_never_stops_a_restore(ground):
    ground.applied.push()
    plan = ground.plan()
    state = ground.run(plan, break_glass=REASON, factor=ground.factor())
    assert state.verdict == "PASSED"
    assert sum("tell arn:aws:sns" in remark for remark in state.begun["remarks"]) == 2


def test_the_window_is_judged_by_the_clock_of_s3(ground):
    from holdfast.clock import ManualClock
    from holdfast.restore.admission import Asked
    from holdfast.restore.refusals import ApprovalExpired
    from holdfast.restore.running import run

    ground.applied.push()
    plan = ground.plan()
    long_ago = ground.clock.now() - 3 * HOUR
    approval = ground.approve(plan, start=long_ago)
    set_back = replace(ground.surroundings(), clock=ManualClock(long_ago + HOUR / 2))
    with pytest.raises(ApprovalExpired):
        run(Asked(plan=plan, approval=approval, factor=ground.factor()), set_back)
