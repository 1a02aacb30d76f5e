from __future__ import annotations

import itertools

import pytest

from holdfast.drills.checks import CheckKind, Outcome, Probe, compare, failed, passed, skipped
from holdfast.drills.verdict import Verdict, judge

PASSED = passed("sum", CheckKind.CHECKSUM)
FAILED = failed("sum", CheckKind.CHECKSUM, "differs")
GAP = skipped("sum", CheckKind.CHECKSUM, "cannot be read", essential=True)
ASIDE = skipped("sum", CheckKind.CHECKSUM, "not declared", essential=False)
OBJECTIVE = passed("rto", CheckKind.OBJECTIVE)


def attempt(outcome, **more):
    return Probe(
        id="delete", call="DeleteObject", principal="p", resource="r", expected="lock", outcome=outcome, **more
    )


def test_no_checks_executed_is_inconclusive():
    assert judge([]).verdict is Verdict.INCONCLUSIVE
    assert "no check was executed" in judge([]).reasons


@pytest.mark.parametrize("only", [[ASIDE], [GAP], [OBJECTIVE], [OBJECTIVE, ASIDE], [attempt(Outcome.SKIPPED)]])
def test_what_only_skips_or_speaks_of_the_drill_itself_is_never_passed(only):
    assert judge(only).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("executed", [PASSED, attempt(Outcome.PASSED)])
def test_one_executed_check_can_pass(executed):
    assert judge([executed]).verdict is Verdict.PASSED
    assert judge([executed, ASIDE]).verdict is Verdict.PASSED


def test_an_essential_check_that_was_skipped_leaves_it_inconclusive_with_its_reason():
    judgement = judge([PASSED, GAP])
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reasons == ("sum was skipped: cannot be read",)


def test_the_verdict_never_gets_better_by_adding_a_failure_or_a_doubt():
    order = [Verdict.PASSED, Verdict.INCONCLUSIVE, Verdict.FAILED]
    every = [PASSED, FAILED, GAP, ASIDE, OBJECTIVE, attempt(Outcome.PASSED), attempt(Outcome.FAILED)]
    for size in range(4):
        for findings in itertools.product(every, repeat=size):
            before = judge(findings).verdict
            assert judge([*findings, FAILED]).verdict is Verdict.FAILED
            assert order.index(judge([*findings, GAP]).verdict) >= order.index(before)
            doubted = judge(findings, doubts=["skew"]).verdict
            assert doubted is (Verdict.FAILED if before is Verdict.FAILED else Verdict.INCONCLUSIVE)


def test_a_missed_objective_fails_a_drill_whose_data_is_right():
    assert judge([PASSED, failed("rto", CheckKind.OBJECTIVE, "too slow")]).verdict is Verdict.FAILED


def test_a_remark_changes_nothing_and_is_told():
    judgement = judge([PASSED], remarks=["RPO not judged"])
    assert judgement == judge([PASSED], remarks=["RPO not judged"])
    assert (judgement.verdict, judgement.reasons) == (Verdict.PASSED, ("RPO not judged",))


def test_a_skipped_check_needs_a_reason():
    with pytest.raises(ValueError, match="reason"):
        skipped("sum", CheckKind.CHECKSUM, "", essential=False)


def test_comparing_names_both_sides():
    check = compare("count", CheckKind.COUNT, expected=3, observed=2)
    assert (check.outcome, check.reason) == (Outcome.FAILED, "expected 3, observed 2")
    assert compare("count", CheckKind.COUNT, expected=3, observed=3).outcome is Outcome.PASSED


def test_exit_codes_are_those_of_the_manual():
    assert [verdict.exit_code for verdict in Verdict] == [0, 2, 3]
