"""Duties in the same hands are found, whichever way they came together; and a "no" can be relied on."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.objectives.access import Kind, Principal, Protected, possible, trusted_by
from holdfast.objectives.proof import Verdict
from holdfast.objectives.separation import separation_proofs

ACCOUNT, OTHER = "111122223333", "444455556666"
ROOT = {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]}


def arn(name, account=ACCOUNT):
    return f"arn:aws:iam::{account}:role/{name}"


def allow(*actions, on="*", sid="Allow", **more):
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": [on], **more}


def deny(*actions, on="*", sid="Deny", **more):
    return {"Sid": sid, "Effect": "Deny", "Action": list(actions), "Resource": [on], **more}


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def role(name, *statements, boundary=None, trusts=None, account=ACCOUNT):
    trust = document({**allow("sts:AssumeRole"), "Principal": ROOT, **callers(trusts)}) if trusts else None
    return Principal(name, arn(name, account), (document(*statements),), boundary, trust)


def callers(*arns):
    return {"Condition": {"ArnLike": {"aws:PrincipalArn": list(arns)}}}


def all_but(*arns):
    return {"Principal": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": list(arns)}}}


def objects(*statements):
    return Protected(Kind.OBJECTS, "of vault", "arn:aws:s3:::vault/*", ACCOUNT, document(*statements))


def key(*statements):
    return Protected(
        Kind.KEY, "alias/backups", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/*", ACCOUNT, document(*statements)
    )


ROLES = Protected(Kind.ROLES, "backup-*", f"arn:aws:iam::{ACCOUNT}:role/backup-*", ACCOUNT)
ANYBODY = {"Principal": ROOT}
WRITE, DELETE = "s3:PutObject", "s3:DeleteObjectVersion"


def verdicts(principals, protected):
    return {each.id.removeprefix("separation."): each for each in separation_proofs(principals, protected)}


def test_one_duty_is_proved():
    found = verdicts([role("writer", allow(WRITE))], [objects()])

    assert found["writer.write-delete"].verdict is Verdict.PROVED
    assert found["writer.write-delete"].because == "cannot delete"


def test_two_duties_are_refuted_by_the_names_of_the_statements():
    writer = role("writer", allow(WRITE, sid="Write"), allow(DELETE, sid="CleanUp"))

    found = verdicts([writer], [objects()])["writer.write-delete"]

    assert found.verdict is Verdict.REFUTED
    assert found.because == (
        "can write and delete: s3:PutObject on the objects of vault (Write of writer) and "
        "s3:DeleteObjectVersion on the objects of vault (CleanUp of writer)"
    )
    assert found.document()["witness"] is None


@pytest.mark.parametrize(
    "both",
    [
        [allow("s3:*")],
        [allow("*")],
        [allow("S3:Put*", "s3:delete*")],
        [allow(WRITE), allow(DELETE, on="arn:aws:s3:::vault/canaries/*")],
        [allow(WRITE), {"Sid": "A", "Effect": "Allow", "NotAction": ["s3:GetObject"], "Resource": "*"}],
        [allow(WRITE), allow(DELETE, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})],
        [allow(WRITE), allow(DELETE), deny(DELETE, on="arn:aws:s3:::vault/sets/*")],
        [allow(WRITE), allow(DELETE), deny(DELETE, Condition={"Bool": {"aws:SecureTransport": "false"}})],
        [allow(WRITE), allow(DELETE, on="arn:aws:s3:::${aws:PrincipalTag/bucket}/*")],
    ],
    ids=["service", "all", "case", "part", "not-action", "condition", "half-denied", "evadable-denial", "variable"],
)
def test_two_duties_are_found_however_they_are_written(both):
    assert verdicts([role("somebody", *both)], [objects()])["somebody.write-delete"].verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("principal", "protected"),
    [
        (role("a", allow("s3:*"), deny(DELETE, "s3:Delete*", "s3:Bypass*", "s3:ReplicateDelete")), objects()),
        (role("a", allow("s3:*"), boundary=document(allow(WRITE))), objects()),
        (role("a", allow("s3:*")), objects(deny("s3:*Delete*", "s3:Bypass*", **all_but(arn("b"))))),
        (role("a", allow("s3:*", on="arn:aws:s3:::payroll/*")), objects()),
        (role("a", allow("s3:*"), account=OTHER), objects()),
    ],
    ids=["own denial", "boundary", "the bucket's denial", "elsewhere", "another account"],
)
def test_what_keeps_a_duty_away_is_believed(principal, protected):
    assert verdicts([principal], [protected])["a.write-delete"].verdict is Verdict.PROVED


def test_who_is_left_out_of_a_denial_is_not_denied():
    bucket = objects(deny("s3:*Delete*", "s3:Bypass*", **all_but(arn("a*"))))

    assert verdicts([role("a1", allow("s3:*"))], [bucket])["a1.write-delete"].verdict is Verdict.REFUTED


def test_a_key_counts_only_where_its_own_policy_lets_in():
    may = role("drills", allow("kms:*"))
    reading = allow("kms:Decrypt", **ANYBODY)

    assert verdicts([may], [key(reading)])["drills.administer-decrypt"].verdict is Verdict.PROVED
    both = key(reading, allow("kms:PutKeyPolicy", **ANYBODY))
    assert verdicts([may], [both])["drills.administer-decrypt"].verdict is Verdict.REFUTED


def test_duties_are_joined_by_becoming_somebody_else():
    # GIVEN a person who may take on two roles, one by way of another
    person = Principal("person", arn("person"), declared=False)
    writer = role("writer", allow(WRITE), allow("sts:AssumeRole", on=arn("cleaner")), trusts=arn("person"))
    cleaner = role("cleaner", allow(DELETE), trusts=arn("writer"))

    # THEN each role is right by itself, and whoever reaches both is not
    found = verdicts([person, writer, cleaner], [objects()])
    assert found["cleaner.write-delete"].verdict is Verdict.PROVED
    assert found["writer.write-delete"].verdict is Verdict.REFUTED
    assert found["person.write-delete"].verdict is Verdict.REFUTED


def test_a_role_that_may_not_take_on_another_keeps_its_duty():
    writer = role("writer", allow(WRITE), trusts=arn("person"))
    cleaner = role("cleaner", allow(DELETE), trusts=arn("*"))

    assert verdicts([writer, cleaner], [objects()])["writer.write-delete"].verdict is Verdict.PROVED


def test_what_is_not_declared_is_an_assumption():
    deployer = Principal("deployer", arn("deployer"), (document(allow("iam:PutRolePolicy")),), declared=False)

    found = verdicts([deployer], [objects(), ROLES])["deployer.approve-execute"]

    assert found.verdict is Verdict.CONDITIONAL
    assert [each.name for each in found.assumptions] == [
        "no policy of deployer that is not declared here lets it execute"
    ]


@pytest.mark.parametrize(("restores", "verdict"), [(True, Verdict.CONDITIONAL), (False, Verdict.PROVED)])
def test_aws_backup_decrypting_for_somebody_who_restores_nothing_shows_them_nothing(restores, verdict):
    via = {"Condition": {"StringLike": {"kms:ViaService": "backup.*.amazonaws.com"}}}
    rights = [allow("kms:*"), *([allow("backup:StartRestoreJob")] if restores else [])]
    deployer = role("deployer", *rights)
    vault_key = key(allow("kms:PutKeyPolicy", **ANYBODY), allow("kms:Decrypt", **ANYBODY, **via))
    points = Protected(Kind.RECOVERY_POINTS, "in vault", "*", ACCOUNT)

    found = verdicts([deployer], [vault_key, points])["deployer.administer-decrypt"]

    assert found.verdict is verdict
    assert ("AWS Backup shows deployer nothing it decrypts" in found.because) is restores


def test_of_somebody_whose_policies_are_elsewhere_every_restore_is_believed():
    via = {"Condition": {"StringLike": {"kms:ViaService": "backup.*.amazonaws.com"}}}
    deployer = Principal("deployer", arn("deployer"), (document(allow("kms:*")),), declared=False)
    vault_key = key(allow("kms:PutKeyPolicy", **ANYBODY), allow("kms:Decrypt", **ANYBODY, **via))
    points = Protected(Kind.RECOVERY_POINTS, "in vault", "*", ACCOUNT)

    found = verdicts([deployer], [vault_key, points])["deployer.administer-decrypt"]

    assert found.verdict is Verdict.CONDITIONAL


def test_what_aws_backup_does_in_somebody_s_name_hides_nothing_else_that_is_believed():
    """Decrypting through AWS Backup is allowed by name, writing is only believed: the latter still has to be said."""
    via = {"Condition": {"StringLike": {"kms:ViaService": "backup.*.amazonaws.com"}}}
    named = {"Principal": {"AWS": [arn("deployer")]}}
    known = (document(allow("iam:PutRolePolicy")),)
    deployer = Principal("deployer", arn("deployer"), known, declared=False)
    vault_key = key(allow("kms:Decrypt", **named, **via))
    points = Protected(
        Kind.RECOVERY_POINTS, "in vault", "*", ACCOUNT, document({**deny("backup:StartRestoreJob"), "Principal": "*"})
    )

    found = verdicts([deployer], [vault_key, points, objects(), ROLES])["deployer.approve-execute"]

    assert found.verdict is Verdict.CONDITIONAL


def test_why_the_policies_of_somebody_are_not_known_is_said():
    """Not said of anybody else, of whom the same is believed: only where something is known is there a proof."""
    known = (document(allow("iam:PutRolePolicy")),)
    deployer = Principal("deployer", arn("deployer"), known, declared=False, because="the bootstrap is not read")

    found = verdicts([deployer], [objects(), ROLES])["deployer.approve-execute"]

    assert "not declared here (the bootstrap is not read) lets it execute" in found.because


def test_anybody_else_is_spoken_of_in_every_account():
    bucket = objects(deny("s3:*Delete*", "s3:Bypass*", **all_but(arn("admin"))))

    found = verdicts([], [bucket])

    assert found[f"anybody-else@{ACCOUNT}.write-delete"].verdict is Verdict.PROVED
    assert found[f"anybody-else@{ACCOUNT}.approve-execute"].verdict is Verdict.PROVED  # there is no role here
    assert verdicts([], [objects()])[f"anybody-else@{ACCOUNT}.write-delete"].verdict is Verdict.CONDITIONAL


def test_of_a_stranger_who_can_do_no_more_than_anybody_nothing_is_said():
    stranger = Principal("stranger", arn("stranger"), declared=False)

    assert not [name for name in verdicts([stranger], [objects()]) if name.startswith("stranger")]


def test_a_trust_policy_without_a_condition_trusts_the_whole_account():
    assert trusted_by(document({**allow("sts:AssumeRole"), "Principal": ROOT})) == (f"arn:aws:iam::{ACCOUNT}:*",)
    assert trusted_by(document({**allow("sts:AssumeRole"), "Principal": {"Service": "s3.amazonaws.com"}})) == ()


ACTIONS = st.sampled_from(["s3:PutObject", "s3:DeleteObject", "s3:*", "s3:Delete*", "*", "kms:Decrypt"])
PLACES = st.sampled_from(["*", "arn:aws:s3:::vault/*", "arn:aws:s3:::vault/sets/*", "arn:aws:s3:::other/*"])
WHO = st.sampled_from(
    [{}, callers(arn("a")), callers(arn("*")), {"Condition": {"ArnNotLike": {"aws:PrincipalArn": [arn("a")]}}}]
)


@st.composite
def statements(draw, principal=None):
    effect, action, place = draw(st.sampled_from(["Allow", "Deny"])), draw(ACTIONS), draw(PLACES)
    made = {"Sid": "S", "Effect": effect, "Action": [action], "Resource": [place]}
    return {**made, **draw(WHO), "Principal": principal} if principal else made


@settings(max_examples=300, deadline=None)
@given(
    own=st.lists(statements(), max_size=3),
    limit=st.none() | st.lists(statements(), max_size=3),
    bucket=st.lists(statements(principal="*"), max_size=3),
    name=st.sampled_from(["a", "b"]),
    place=st.sampled_from(["vault/sets/x", "vault/x"]),
)
def test_what_an_evaluator_allows_was_thought_possible(own, limit, bucket, name, place):
    from ministack.core.iam_evaluator import EvalContext, evaluate, evaluate_resource_policy, parse_policy_document

    for action in ("s3:PutObject", "s3:DeleteObject"):
        # GIVEN what an evaluator that is not ours decides of one request
        request = EvalContext(
            principal_arn=arn(name),
            principal_type="AssumedRole",
            principal_account=ACCOUNT,
            action=action,
            resource_arn=f"arn:aws:s3:::{place}",
            region="us-east-1",
            secure_transport=True,
            service_context={},
        )
        limits = [] if limit is None else [[parse_policy_document(document(*limit))]]
        mine = evaluate(request, [parse_policy_document(document(*own))], *limits).decision
        its = evaluate_resource_policy(document(*bucket), request).decision
        allowed = "Deny" not in (mine, its) and mine == "Allow"

        # THEN a proof that says "cannot" is never wrong
        boundary = None if limit is None else document(*limit)
        found = possible(Principal(name, arn(name), (document(*own),), boundary), action, objects(*bucket))
        assert found is not None or not allowed
