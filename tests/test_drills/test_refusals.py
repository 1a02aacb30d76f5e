from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from holdfast.drills.attacks import ATTACKS, Attacker, made
from holdfast.drills.checks import CheckKind, Outcome, passed
from holdfast.drills.emulator_limits import ACCEPTS, limitation
from holdfast.drills.probing import Attempt
from holdfast.drills.refusals import ACCEPTED, Refusal, RefusedBy, inferred, told_by
from holdfast.drills.verdict import Verdict, judge

BARE = Refusal(RefusedBy.UNKNOWN, "AccessDenied", "no reason given")
LOCK = Refusal(RefusedBy.LOCK, "AccessDenied", "protected by object lock")
IAM = Refusal(RefusedBy.IAM, "AccessDenied", "not authorized to perform")
ARN = "User: arn:aws:sts::111111111111:assumed-role/holdfast-prod-drill-runner/s is not authorized to perform: "


@pytest.mark.parametrize(
    ("code", "message", "by"),
    [
        ("AccessDenied", "Access Denied because object protected by object lock.", RefusedBy.LOCK),
        ("AccessDenied", f"{ARN}s3:DeleteObjectVersion on resource: x with an explicit deny", RefusedBy.IAM),
        ("AccessDenied", f"{ARN}x because no identity-based policy allows the x action", RefusedBy.IAM),
        ("AccessDenied", f"{ARN}x with an explicit deny in a resource-based policy", RefusedBy.IAM),
        ("AccessDenied", f"{ARN}x with an explicit deny in a service control policy", RefusedBy.IAM),
        ("InvalidBucketState", "An Object Lock configuration is present on this bucket", RefusedBy.LOCK),
        ("AccessDenied", "Access Denied", RefusedBy.UNKNOWN),
        ("AccessDenied", "", RefusedBy.UNKNOWN),
        ("403", "", RefusedBy.UNKNOWN),
        ("MalformedXML", "protected by object lock", RefusedBy.UNKNOWN),
        ("NoSuchVersion", "The specified version does not exist.", RefusedBy.UNKNOWN),
        ("InvalidRequest", "Object is WORM protected and cannot be overwritten", RefusedBy.UNKNOWN),
        ("InvalidRetentionPeriod", "The retention period is invalid.", RefusedBy.UNKNOWN),
    ],
)
def test_lock_and_iam_are_told_apart_by_what_s3_says_and_never_guessed(code, message, by):
    assert told_by(code, message).by is by


def test_the_message_itself_is_not_kept():
    refusal = told_by("AccessDenied", f"{ARN}s3:DeleteObjectVersion on resource: arn:aws:s3:::acme/secret-name")
    assert "acme" not in str(refusal)
    assert "111111111111" not in str(refusal)


@pytest.mark.parametrize(
    ("same", "by"),
    [
        ([LOCK], RefusedBy.LOCK),
        ([IAM], RefusedBy.IAM),
        ([LOCK, IAM], RefusedBy.UNKNOWN),
        ([], RefusedBy.UNKNOWN),
        ([BARE], RefusedBy.UNKNOWN),
        ([ACCEPTED], RefusedBy.LOCK),
        ([ACCEPTED, IAM], RefusedBy.UNKNOWN),
    ],
)
def test_a_refusal_without_a_reason_is_settled_only_by_the_same_action_elsewhere(same, by):
    assert inferred(BARE, [BARE, *same]).by is by


@pytest.mark.parametrize("clear", [LOCK, IAM, ACCEPTED, Refusal(RefusedBy.UNKNOWN, "NoSuchVersion", "not a refusal")])
def test_only_bare_denials_are_settled(clear):
    assert inferred(clear, [LOCK, IAM]) is clear


def answered(expected, refusal, limit=None):
    attempt = Attempt("id", "call", "who", "what", frozenset(expected), limit)
    probe = attempt.answered(refusal)
    return probe.outcome, probe.refused_by


@pytest.mark.parametrize(
    ("expected", "refusal", "outcome"),
    [
        ({RefusedBy.LOCK}, LOCK, Outcome.PASSED),
        ({RefusedBy.IAM}, IAM, Outcome.PASSED),
        ({RefusedBy.IAM}, LOCK, Outcome.FAILED),
        ({RefusedBy.LOCK}, IAM, Outcome.SKIPPED),
        ({RefusedBy.LOCK}, BARE, Outcome.SKIPPED),
        ({RefusedBy.IAM}, BARE, Outcome.SKIPPED),
        ({RefusedBy.LOCK}, ACCEPTED, Outcome.FAILED),
        ({RefusedBy.IAM}, ACCEPTED, Outcome.FAILED),
        ({RefusedBy.NOBODY, RefusedBy.IAM}, ACCEPTED, Outcome.PASSED),
    ],
)
def test_only_a_refusal_by_whom_it_should_be_passes(expected, refusal, outcome):
    assert answered(expected, refusal) == (outcome, refusal.by.value)


@pytest.mark.parametrize("code", ["InvalidRequest", "MalformedXML", "MethodNotAllowed", "OperationAborted"])
@pytest.mark.parametrize("expected", [{RefusedBy.LOCK}, {RefusedBy.IAM}, {RefusedBy.NOBODY, RefusedBy.IAM}])
def test_what_was_neither_denied_nor_carried_out_leaves_the_drill_inconclusive(code, expected):
    attempt = Attempt("id", "call", "who", "what", frozenset(expected), "emulator")

    probe = attempt.answered(told_by(code, "odd"))

    assert probe.outcome is Outcome.SKIPPED
    assert code in probe.reason
    assert judge([probe, passed("lock-was-met", CheckKind.LOCK)]).verdict is Verdict.INCONCLUSIVE


def test_a_denial_that_does_not_say_by_whom_is_still_a_denial():
    probe = Attempt("id", "call", "who", "what", frozenset({RefusedBy.LOCK})).answered(BARE)
    assert judge([probe, passed("lock-was-met", CheckKind.LOCK)]).verdict is Verdict.PASSED


def test_a_limitation_excuses_an_acceptance_and_nothing_else():
    assert answered({RefusedBy.LOCK}, ACCEPTED, "emulator")[0] is Outcome.SKIPPED
    assert answered({RefusedBy.IAM}, LOCK, "emulator")[0] is Outcome.FAILED


def test_every_outcome_but_passed_has_a_reason():
    for expected in ({RefusedBy.LOCK}, {RefusedBy.IAM}):
        for refusal in (LOCK, IAM, BARE, ACCEPTED):
            probe = Attempt("id", "call", "who", "what", frozenset(expected)).answered(refusal)
            assert (probe.outcome is Outcome.PASSED) != bool(probe.reason)


def test_no_limitation_holds_outside_a_sandbox(ground):
    real = ground.environment.model_copy(update={"sandbox": False})
    for attack_id in ACCEPTS:
        assert limitation(ground.environment, attack_id)
        assert limitation(real, attack_id) is None


def test_every_attack_is_made_as_both_and_hiding_comes_last():
    names = [attack.name for attack in ATTACKS if attack.attacker is Attacker.DRILL_RUNNER]
    assert names == [attack.name for attack in ATTACKS if attack.attacker is Attacker.ADMINISTRATOR]
    assert names[-1] == "hide"
    assert len({attack.id for attack in ATTACKS}) == len(ATTACKS) == 12


@pytest.mark.parametrize("status", [404, 500, 503])
def test_an_answer_that_is_neither_yes_nor_no_goes_on_up(status):
    def call():
        raise ClientError({"Error": {"Code": "Odd"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "DeleteObject")

    with pytest.raises(ClientError):
        made(call)
