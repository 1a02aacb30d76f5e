"""Who gets into the elevated roles: with a second factor just given, and for one tenant."""

from __future__ import annotations

from datetime import timedelta

import pytest
from construct_bench import ACCOUNT, Bench, role
from role_bench import HUMANS, KEYS, VAULT, declare

from holdfast.constructs import BreakGlass, Principals, RestoreOperator
from holdfast.constructs.errors import OutsideLimit

MFA = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "10"}
TAGGED = {**MFA, "aws:RequestTag/tenant": "alpha"}
STRANGER = f"arn:aws:iam::{ACCOUNT}:user/application"


@pytest.fixture(scope="module")
def roles():
    return declare(Bench())


def test_break_glass_opens_to_a_second_factor_just_given(roles):
    assert roles["BreakGlass"].admits(HUMANS, context=MFA)


@pytest.mark.parametrize("action", ["sts:AssumeRole", "sts:TagSession"])
def test_restores_open_to_a_second_factor_and_a_tenant(roles, action):
    assert roles["Restore"].admits(HUMANS, action, context=TAGGED)


@pytest.mark.parametrize("name", ["Restore", "BreakGlass"])
@pytest.mark.parametrize(
    "lacking",
    [
        {"aws:MultiFactorAuthPresent": "false"},
        {"aws:MultiFactorAuthPresent": None},
        {"aws:MultiFactorAuthAge": None},
        {"aws:MultiFactorAuthAge": "901"},
    ],
)
def test_no_or_an_old_second_factor_opens_nothing(roles, name, lacking):
    assert not roles[name].admits(HUMANS, context={**TAGGED, **lacking})


def test_break_glass_asks_again_sooner_than_a_restore_does(roles):
    aged = {**TAGGED, "aws:MultiFactorAuthAge": "301"}

    assert roles["Restore"].admits(HUMANS, context=aged)
    assert not roles["BreakGlass"].admits(HUMANS, context=aged)


@pytest.mark.parametrize("name", ["Restore", "BreakGlass"])
@pytest.mark.parametrize("caller", [STRANGER, role("application"), "arn:aws:iam::999999999999:user/people/alice"])
def test_others_do_not_get_in_with_any_factor(roles, name, caller):
    assert not roles[name].admits(caller, context=TAGGED)


@pytest.mark.parametrize(
    "tags", [{}, {"aws:RequestTag/tenant": ""}, {"aws:RequestTag/tenant": "alpha", "aws:RequestTag/admin": "yes"}]
)
def test_a_restore_without_a_tenant_or_with_another_tag_does_not_begin(roles, tags):
    assert not roles["Restore"].admits(HUMANS, context={**MFA, **tags})


@pytest.mark.parametrize("name", ["Writer", "Operator", "DrillRunner", "Auditor"])
def test_the_other_roles_let_in_whom_they_name_and_take_no_tags(roles, name):
    assert roles[name].admits(role("pipeline"))
    assert not roles[name].admits(role("application"))
    assert not roles[name].admits(role("pipeline"), "sts:TagSession", context={"aws:RequestTag/tenant": "alpha"})


@pytest.mark.parametrize("construct", [RestoreOperator, BreakGlass])
@pytest.mark.parametrize("age", [timedelta(0), timedelta(seconds=59), timedelta(hours=1, seconds=1)])
def test_an_age_that_means_nothing_is_refused(bench, construct, age):
    with pytest.raises(OutsideLimit, match="one minute to one hour"):
        construct(
            bench.stack,
            "Role",
            role_name="role",
            trusted=Principals.of(HUMANS),
            bucket_arns=[VAULT],
            keys=KEYS,
            mfa_age=age,
        )


@pytest.mark.parametrize("construct", [RestoreOperator, BreakGlass])
def test_an_elevated_session_lasts_an_hour_at_most(bench, construct):
    construct(bench.stack, "Role", role_name="role", trusted=Principals.of(HUMANS), bucket_arns=[VAULT], keys=KEYS)

    assert bench.template().only("aws_iam_role")["max_session_duration"] == 3600
