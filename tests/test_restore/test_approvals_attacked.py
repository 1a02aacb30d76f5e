"""What somebody who wants a restore without a second person could try. Each is refused under its own code."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from plans import ADA, BOB, EVE, HOUR, NOW, approve_plan, declare, key, make_plan

from holdfast.evidence.envelope import seal
from holdfast.evidence.strict_json import canonical
from holdfast.restore.approval import check_approval
from holdfast.restore.errors import InvalidPlan
from holdfast.restore.plan import read_plan, write_plan
from holdfast.restore.refusals import (
    ApprovalExpired,
    ApprovalForAnotherEnvironment,
    ApprovalForAnotherPlan,
    ApprovalForged,
    ApprovalNotYetValid,
    ApprovalRefused,
    ApprovalTooLong,
    ApproverNotDeclared,
    InvalidApproval,
    SamePrincipal,
)

SESSION = "arn:aws:sts::000000000000:assumed-role"


@pytest.fixture
def bob(tmp_path):
    return key(tmp_path, "bob")


@pytest.fixture
def environment(bob):
    """Bob may approve, with his key."""
    return declare((BOB, bob))


@pytest.fixture
def plan(environment):
    return make_plan(environment)


def check(data, plan, environment, *, runner=ADA, now=NOW + timedelta(minutes=5)):
    return check_approval(data, plan, environment, runner=runner, now=now)


def payload(data):
    return json.loads(base64.b64decode(json.loads(data)["payload"]))


def resealed(data, signer, change):
    """The same approval with other content, signed anew."""
    statement = payload(data)
    change(statement)
    return seal(canonical(statement), signer)


def tampered(data, change):
    """The same signature over other content."""
    envelope, statement = json.loads(data), payload(data)
    change(statement)
    envelope["payload"] = base64.b64encode(canonical(statement)).decode()
    return canonical(envelope) + b"\n"


def test_an_approval_by_the_declared_person_counts(plan, environment, bob):
    approved = check(approve_plan(plan, environment, bob), plan, environment)
    assert (approved.approval.approver, approved.is_declared) == (BOB, True)


def test_an_edited_plan_is_not_the_one_that_was_approved(plan, environment, bob):
    approval = approve_plan(plan, environment, bob)
    edited = plan.model_copy(update={"target": plan.target.model_copy(update={"path": "/srv/production"})})
    with pytest.raises(ApprovalForAnotherPlan):
        check(approval, edited, environment)


def test_a_plan_edited_in_its_file_is_no_plan(plan, tmp_path):
    path = tmp_path / "plan.json"
    write_plan(plan, path)
    assert read_plan(path) == plan
    for before, after in (
        (b'"/srv/restored"', b'"/srv/restored" '),
        (b'"overwrite":false', b'"overwrite":false,"overwrite":true'),
        (b'"schema":"holdfast.restore-plan/1"', b'"schema":"holdfast.restore-plan/2"'),
        (b'"files":3', b'"files":-3'),
        (b'"nonce"', b'"extra":1,"nonce"'),
    ):
        path.write_bytes(plan.to_bytes().replace(before, after, 1))
        with pytest.raises(InvalidPlan):
            read_plan(path)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b"null", b'{"a":' * 100, b"{" * 10_000])
def test_what_is_no_plan_is_one_error(tmp_path, content):
    path = tmp_path / "plan.json"
    path.write_bytes(content)
    with pytest.raises(InvalidPlan):
        read_plan(path)


def test_two_plans_of_the_same_are_approved_each(plan, environment, bob):
    approval = approve_plan(plan, environment, bob)
    twin = plan.model_copy(update={"nonce": "1" * 32})
    with pytest.raises(ApprovalForAnotherPlan):
        check(approval, twin, environment)


def test_a_swapped_digest_breaks_the_signature(plan, environment, bob):
    def swap(statement):
        statement["subject"][0]["digest"]["sha256"] = other.digest

    other = make_plan(environment, "/srv/production")
    with pytest.raises(ApprovalForged):
        check(tampered(approve_plan(plan, environment, bob), swap), other, environment)


@pytest.mark.parametrize(
    "field", ["approver", "approved_at", "not_before", "not_after", "comment", "environment", "key"]
)
def test_no_field_can_be_changed(plan, environment, bob, tmp_path, field):
    def change(statement):
        mallory = key(tmp_path, "mallory").public_key.pem.decode()
        statement["predicate"][field] = {"key": mallory, "comment": "x", "approver": EVE, "environment": "x"}.get(
            field, "2027-01-01T00:00:00.000Z"
        )

    with pytest.raises((ApprovalForged, InvalidApproval)):
        check(tampered(approve_plan(plan, environment, bob), change), plan, environment)


def test_every_flipped_bit_is_refused(plan, environment, bob):
    data = approve_plan(plan, environment, bob)
    accepted = []
    for position in range(len(data)):
        for bit in (1, 64):
            changed = bytearray(data)
            changed[position] ^= bit
            try:
                check(bytes(changed), plan, environment)
            except ApprovalRefused:
                continue
            accepted.append(position)
    assert accepted == []


@pytest.mark.parametrize("length", [0, 1, 10, 100, 500])
def test_a_torn_file_is_refused(plan, environment, bob, length):
    with pytest.raises(ApprovalRefused):
        check(approve_plan(plan, environment, bob)[:length], plan, environment)


@pytest.mark.parametrize(("after", "refusal"), [(-HOUR, ApprovalNotYetValid), (2 * HOUR, ApprovalExpired)])
def test_outside_its_window_it_does_not_count(plan, environment, bob, after, refusal):
    with pytest.raises(refusal):
        check(approve_plan(plan, environment, bob), plan, environment, now=NOW + after)


def test_none_is_given_for_a_window_that_is_over(plan, environment, bob):
    with pytest.raises(ApprovalExpired):
        approve_plan(plan, environment, bob, start=NOW - 2 * HOUR)


@pytest.mark.parametrize(("at", "counts"), [(timedelta(0), True), (HOUR, True), (HOUR + timedelta(seconds=1), False)])
def test_both_ends_of_the_window_are_in_it(plan, environment, bob, at, counts):
    approval = approve_plan(plan, environment, bob)
    if counts:
        assert check(approval, plan, environment, now=NOW + at)
    else:
        with pytest.raises(ApprovalExpired):
            check(approval, plan, environment, now=NOW + at)


@pytest.mark.parametrize("window", [timedelta(days=1, seconds=1), timedelta(0), -HOUR])
def test_a_window_the_environment_does_not_allow_is_refused_when_given_and_when_used(plan, environment, bob, window):
    with pytest.raises(ApprovalTooLong):
        approve_plan(plan, environment, bob, window=window)

    def widen(statement):
        statement["predicate"]["not_after"] = "2030-01-01T00:00:00.000Z"

    with pytest.raises(ApprovalTooLong):
        check(resealed(approve_plan(plan, environment, bob), bob, widen), plan, environment)


@pytest.mark.parametrize(
    ("planner", "approver"),
    [
        (BOB, BOB),
        (f"{SESSION}/restorers/ada", f"{SESSION}/restorers/bob"),  # whoever takes on a role names its session
        ("arn:aws:iam::000000000000:role/restorers", f"{SESSION}/restorers/bob"),
    ],
)
def test_one_person_is_not_two(environment, bob, planner, approver):
    with pytest.raises(SamePrincipal):
        approve_plan(make_plan(environment, by=planner), environment, bob, by=approver)


def test_who_runs_it_is_not_who_approved_it(plan, environment, bob):
    with pytest.raises(SamePrincipal):
        check(approve_plan(plan, environment, bob), plan, environment, runner=BOB)


def test_two_people_of_one_single_sign_on_role_are_two(bob):
    role = f"{SESSION}/AWSReservedSSO_Restore_0a1b"
    environment = declare(("arn:aws:iam::000000000000:role/AWSReservedSSO_Restore_*", bob))
    plan = make_plan(environment, by=f"{role}/ada")
    approval = approve_plan(plan, environment, bob, by=f"{role}/bob")
    assert check(approval, plan, environment, runner=f"{role}/ada").is_declared
    with pytest.raises(SamePrincipal):
        approve_plan(plan, environment, bob, by=f"{role}/ada")


def test_a_person_nobody_declared_and_a_key_nobody_declared_do_not_count(plan, environment, bob, tmp_path):
    eve = key(tmp_path, "eve")
    for by, signer in ((EVE, bob), (BOB, eve), (EVE, eve)):
        with pytest.raises(ApproverNotDeclared):
            approve_plan(plan, environment, signer, by=by)

    def claim(statement):
        statement["predicate"]["key"] = eve.public_key.pem.decode()

    with pytest.raises(ApproverNotDeclared):  # signed well, by a key of her own, in Bob's name
        check(resealed(approve_plan(plan, environment, bob), eve, claim), plan, environment)


def test_signed_by_another_key_than_it_names_is_forged(plan, environment, bob, tmp_path):
    with pytest.raises(ApprovalForged):
        check(resealed(approve_plan(plan, environment, bob), key(tmp_path, "eve"), lambda _: None), plan, environment)


def test_an_approver_who_is_no_longer_declared_does_not_count(plan, environment, bob):
    approval = approve_plan(plan, environment, bob)
    later = environment.model_copy(update={"restore": environment.restore.model_copy(update={"approvers": ()})})
    outside = later.model_copy(update={"sandbox": False})
    with pytest.raises(ApproverNotDeclared):
        check(approval, plan, outside)


def test_nobody_declared_means_nobody_may_approve_except_in_a_sandbox(bob):
    sandbox, real = declare(), declare(sandbox=False)
    plan = make_plan(sandbox)
    assert check(approve_plan(plan, sandbox, bob), plan, sandbox).is_declared is False
    with pytest.raises(ApproverNotDeclared):
        approve_plan(make_plan(real), real, bob)


def test_an_approval_of_another_environment_does_not_count(plan, environment, bob):
    other = declare((BOB, bob))
    with pytest.raises(ApprovalForAnotherEnvironment):
        check(approve_plan(plan, environment, bob), plan, other)


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.update(predicateType="urn:holdfast:evidence:v1"),
        lambda s: s.update(_type="https://in-toto.io/Statement/v0.1"),
        lambda s: s["subject"].append(s["subject"][0]),
        lambda s: s.update(subject=[]),
        lambda s: s["subject"][0].update(name="other.json"),
        lambda s: s["predicate"].update(extra=1),
        lambda s: s["predicate"].pop("not_after"),
        lambda s: s["predicate"].update(not_after="tomorrow"),
    ],
)
def test_something_else_signed_with_the_same_key_is_no_approval(plan, environment, bob, change):
    with pytest.raises(InvalidApproval):
        check(resealed(approve_plan(plan, environment, bob), bob, change), plan, environment)


def test_a_record_of_evidence_is_no_approval(plan, environment, bob):
    statement = {"_type": "https://in-toto.io/Statement/v1", "predicateType": "urn:holdfast:evidence:v1"}
    with pytest.raises(ApprovalRefused):
        check(seal(canonical(statement), bob), plan, environment)


def test_each_refusal_has_its_own_code():
    classes = ApprovalRefused.__subclasses__()
    assert len({each.code() for each in classes}) == len(classes) >= 10


def test_the_digest_is_of_the_file(plan, tmp_path):
    import hashlib

    path = tmp_path / "plan.json"
    write_plan(plan, path)
    assert plan.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert path.stat().st_mode & 0o777 == 0o600
