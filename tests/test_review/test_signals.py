"""What makes a plan partial, and what Terraform says of moves, imports, counts, checks and actions."""

from __future__ import annotations

import copy

import pytest

from holdfast.review.finding import Kind, Severity
from holdfast.review.review import Verdict, review


def test_an_errored_plan_is_partial(scenarios, reviewed):
    result = reviewed(scenarios["plan-errored__flagged"])

    assert result.partial
    assert any(f.rule == "plan-errored" for f in result.findings)


def test_an_incomplete_plan_is_partial_and_fails_closed(scenarios, reviewed):
    result = reviewed(scenarios["plan-incomplete__flagged"])

    assert result.partial
    assert result.verdict is Verdict.PARTIAL


def test_a_partial_plan_fails_closed_at_any_threshold(scenarios, plan_of, now):
    plan = plan_of(scenarios["plan-incomplete__flagged"])

    assert review([plan], now=now, threshold=Severity.BLOCK).verdict is Verdict.PARTIAL


def test_deferred_changes_make_a_plan_partial_and_are_reviewed(corpus, reviewed):
    deferred = copy.deepcopy(corpus["backup-retention__flagged"]["change"])
    result = reviewed(
        corpus["kms-key-gone__near"],
        deferred_changes=[{"reason": "provider_config_unknown", "resource_change": deferred}],
        deferred_action_invocations=[{}],
    )

    assert {f.rule for f in result.findings} == {"plan-deferred", "backup-retention"}
    assert next(f for f in result.findings if f.rule == "plan-deferred").message.startswith(
        "Changes are deferred to a later plan: 2 deferred"
    )


def test_a_deferred_change_may_lack_both_sides(corpus, reviewed):
    deferred = copy.deepcopy(corpus["backup-retention__flagged"]["change"])
    deferred["change"].update(actions=["create"], before=None, after=None)
    result = reviewed(corpus["kms-key-gone__near"], deferred_changes=[{"resource_change": deferred}, {}])

    assert result.partial


def test_an_action_nobody_knows_makes_a_plan_partial(corpus, reviewed):
    entry = copy.deepcopy(corpus["kms-key-gone__near"])
    entry["change"]["change"]["actions"] = ["transmogrify"]
    result = reviewed(entry)

    assert result.partial
    assert [f.rule for f in result.findings] == ["plan-unknown-action"]
    assert "`transmogrify`" in result.findings[0].message


def test_a_weakening_in_a_partial_plan_counts_as_a_weakening(corpus, reviewed):
    result = reviewed(corpus["backup-retention__flagged"], complete=False)

    assert result.partial
    assert result.verdict is Verdict.FINDINGS


def test_a_shrinking_count_is_named_with_its_numbers(scenarios, reviewed):
    result = reviewed(scenarios["plan-count-shrink__flagged"])

    finding = next(f for f in result.findings if f.rule == "plan-count-shrink")
    assert (finding.address, finding.path, finding.before, finding.after) == ("aws_s3_bucket.a", "count", 3, 2)


def test_a_shrinking_for_each_in_a_module_is_named(scenarios, reviewed):
    plan = copy.deepcopy(scenarios["plan-count-shrink__flagged"])
    for change, key in zip(plan["resource_changes"], ('"a.b"', '"c"]"', '"d"'), strict=True):
        change["address"] = f"module.m[0].aws_s3_bucket.a[{key}]"
        change["action_reason"] = change.get("action_reason", "").replace("count_index", "each_key")
    finding = next(f for f in reviewed(plan).findings if f.rule == "plan-count-shrink")

    assert (finding.address, finding.path) == ("module.m.aws_s3_bucket.a", "for_each")


def test_an_import_that_changes_what_it_finds(scenarios, reviewed):
    result = reviewed(scenarios["plan-import-with-changes__flagged"])

    assert {f.rule for f in result.findings} == {"plan-import-with-changes", "s3-versioning-suspended"}


def test_an_import_that_changes_nothing(scenarios, reviewed):
    assert reviewed(scenarios["plan-import-with-changes__near"]).findings == ()


def test_an_import_that_replaces_what_it_finds(scenarios, reviewed):
    plan = copy.deepcopy(scenarios["plan-import-with-changes__flagged"])
    plan["resource_changes"][0]["change"]["actions"] = ["delete", "create"]

    assert "plan-import-with-changes" in {f.rule for f in reviewed(plan).findings}


def test_a_failed_check_is_named(scenarios, reviewed):
    (finding,) = reviewed(scenarios["plan-check-failed__flagged"]).findings

    assert (finding.address, finding.severity) == ("check.c", Severity.HIGH)


def test_an_unknown_check_does_not_fail(scenarios, reviewed):
    result = reviewed(scenarios["plan-check-unknown__flagged"])

    assert [f.kind for f in result.findings] == [Kind.UNVERIFIED]
    assert result.verdict is Verdict.CLEAN


INVOCATION = {"address": "action.aws_lambda_invoke.x", "type": "aws_lambda_invoke"}


@pytest.mark.parametrize(("target", "found"), [("self", True), (None, True), ("aws_lambda_function.f", True)])
def test_an_action_on_a_guarded_or_unknown_resource_is_found(target, found, corpus, reviewed):
    entry = corpus["kms-key-gone__near"]
    address = entry["change"]["address"] if target == "self" else target
    trigger = {"lifecycle_action_trigger": {"triggering_resource_address": address}} if address else {}
    result = reviewed(entry, action_invocations=[{**INVOCATION, **trigger}])

    assert ("plan-action-invoked" in {f.rule for f in result.findings}) is found


def test_an_action_on_an_unguarded_resource_is_not_found(corpus, reviewed):
    entry = copy.deepcopy(corpus["kms-key-gone__near"])
    entry["change"].update(type="aws_lambda_function", address="aws_lambda_function.f")
    trigger = {"lifecycle_action_trigger": {"triggering_resource_address": "aws_lambda_function.f"}}

    assert reviewed(entry, action_invocations=[{**INVOCATION, **trigger}]).findings == ()


def test_a_changed_region_is_found(safe, edited, reviewed):
    entry = edited(safe("aws_backup_plan"), region="us-west-2")
    entry["change"]["change"]["before"]["region"] = "us-east-1"

    assert {f.rule for f in reviewed(entry).findings} == {"plan-region-changed"}


def test_a_forgotten_resource_is_a_loss(scenarios, reviewed):
    (finding,) = reviewed(scenarios["forget__flagged"]).findings

    assert finding.after == "forgotten"
    assert finding.kind is Kind.LOSS


def test_a_replacement_that_forgets_the_old_one_is_a_loss(corpus, reviewed):
    entry = copy.deepcopy(corpus["s3-versioning-suspended__near"])
    entry["change"]["change"]["actions"] = ["create", "forget"]

    assert [f.rule for f in reviewed(entry).findings] == ["s3-versioning-gone"]


def test_recovery_points_at_stake_are_counted(corpus, reviewed):
    entry = copy.deepcopy(corpus["backup-vault-gone__flagged"])
    entry["change"]["change"]["before"]["recovery_points"] = 27

    assert "27 recovery points are at stake" in reviewed(entry).findings[0].message


def test_the_reason_of_a_deletion_is_said(corpus, reviewed):
    (finding,) = reviewed(corpus["kms-key-gone__flagged"]).findings

    assert "destroyed because it is no longer in the configuration" in finding.message


def test_a_weakening_inside_a_replacement_is_found(corpus, reviewed):
    entry = corpus["backup-vault-lock-minimum__flagged"]
    assert entry["change"]["change"]["actions"] == ["delete", "create"]

    assert "backup-vault-lock-minimum" in {f.rule for f in reviewed(entry).findings}


def test_what_is_created_anew_elsewhere_is_compared(scenarios, reviewed):
    finding = next(f for f in reviewed(scenarios["recreated__flagged"]).findings if f.rule == "backup-retention")

    assert finding.address == "aws_backup_plan.new"
    assert finding.message.startswith("Created anew in place of `aws_backup_plan.old`: ")


def test_unrelated_roles_that_come_and_go_are_not_compared(corpus, reviewed):
    old, new = (copy.deepcopy(corpus[f"iam-trust-weaker__{set_}"]) for set_ in ("near", "flagged"))
    old["change"]["change"].update(actions=["delete"], after=None)
    new["change"]["change"].update(actions=["create"], before=None)
    new["change"]["change"]["after"]["name"] = "another"

    assert reviewed(old, new).findings == ()
