"""A guarded value that is unknown or sensitive is "cannot verify", never "unchanged", and never printed."""

from __future__ import annotations

import json

import pytest

from holdfast.review.finding import Kind, Severity
from holdfast.review.render import FORMATS, render
from holdfast.review.review import Verdict, review

KEY, LOCK, PLAN = "aws_kms_key", "aws_s3_bucket_object_lock_configuration", "aws_backup_plan"
CANARY = "canary-secret-4711"


def test_an_unknown_guarded_value_cannot_be_verified(safe, edited, reviewed):
    entry = edited(safe(KEY), tree="after_unknown", enable_key_rotation=True)
    result = reviewed(entry)

    (finding,) = result.findings
    assert finding.rule == "kms-rotation-off"
    assert finding.kind is Kind.UNVERIFIED
    assert finding.after == "(known after apply)"
    assert "Cannot verify" in finding.message
    assert result.verdict is Verdict.PARTIAL
    assert result.verdict.exit_code == 3


@pytest.mark.parametrize("tree", ["before_sensitive", "after_sensitive"])
def test_a_sensitive_guarded_value_cannot_be_verified_even_when_it_is_equal(tree, safe, edited, reviewed):
    (finding,) = reviewed(edited(safe(KEY), tree=tree, rotation_period_in_days=True)).findings

    assert finding.kind is Kind.UNVERIFIED
    assert "sensitive" in finding.message


def test_a_hidden_value_that_could_not_become_weaker_is_not_found(safe, edited, reviewed):
    entry = edited(safe(KEY), enable_key_rotation=False, tree="before")
    entry = edited(edited(entry, enable_key_rotation=False), tree="after_unknown", enable_key_rotation=True)

    assert reviewed(entry).findings == ()


def test_a_hidden_block_is_one_finding_for_all_rules_that_look_into_it(safe, edited, reviewed):
    (finding,) = reviewed(edited(safe(LOCK), tree="after_unknown", rule=True)).findings

    assert finding.path == "rule"
    assert finding.severity is Severity.BLOCK
    assert "Also not verified" in finding.message


def test_a_hidden_value_below_the_threshold_does_not_fail(safe, edited, plan_of, now):
    plan = plan_of(edited(safe(PLAN), tree="after_unknown", rule=[{"completion_window": True}]))

    result = review([plan], now=now, threshold=Severity.HIGH)

    assert [f.severity for f in result.findings] == [Severity.WARN]
    assert result.verdict is Verdict.CLEAN


def test_a_default_the_provider_reports_later_is_no_hidden_value(corpus, reviewed):
    entry = json.loads(json.dumps(corpus["backup-selection-role__near"]))
    assert entry["change"]["change"]["after_unknown"]["condition"] is True

    assert {f.rule for f in reviewed(entry).findings} == {"plan-guard-replaced"}


def test_but_it_is_one_when_the_configuration_sets_it(corpus, reviewed):
    entry = json.loads(json.dumps(corpus["backup-selection-role__near"]))
    entry["configuration"]["expressions"]["condition"] = {}

    kinds = {f.kind for f in reviewed(entry).findings}
    assert Kind.UNVERIFIED in kinds


def test_an_unreadable_policy_cannot_be_verified(safe, edited, reviewed):
    (finding,) = reviewed(edited(safe("aws_s3_bucket_policy"), policy="{not json")).findings

    assert finding.kind is Kind.UNVERIFIED
    assert "cannot be read" in finding.message


@pytest.mark.parametrize("format_", FORMATS)
def test_no_format_prints_a_sensitive_value_or_a_variable(format_, corpus, edited, plan_of, now):
    entries = [corpus["kms-policy-weaker__flagged"], corpus["rds-deletion-protection-off__flagged"]]
    database = edited(corpus["rds-gone__near"], password=CANARY, deletion_protection=False)
    database["change"]["change"]["after_sensitive"] = {"password": True}
    locked = edited(corpus["s3-object-lock-retention__flagged"], tree="after_sensitive", rule=True)
    locked["change"]["change"]["after"]["rule"] = [{"default_retention": [{"days": 3, "mode": CANARY}]}]
    policy = edited(corpus["s3-bucket-policy-weaker__flagged"], policy=f'{{"Statement": "{CANARY}"}}')
    policy["change"]["change"]["after_sensitive"] = {"policy": True}
    plan = plan_of(
        *entries, database, locked, policy,
        variables={"password": {"value": CANARY}},
        prior_state={"values": {"x": CANARY}},
        planned_values={"outputs": {"o": {"value": CANARY}}},
        output_changes={"o": {"after": CANARY}},
    )  # fmt: skip
    result = review([plan], now=now)

    assert len(result.findings) >= 5
    assert CANARY not in render(result, format_)
    assert "canary-secret" not in render(result, format_)
