"""Conditions over several plans: where copies are, and what locks say to plans."""

from __future__ import annotations

import copy

import pytest

from holdfast.review.finding import Severity
from holdfast.review.review import review


@pytest.fixture
def both(plan_of, scenarios, now):
    """Review a scenario cut in two plans: what is in us-west-2 in one, the rest in the other."""

    def make(name):
        whole = scenarios[name]
        keys = {b["address"]: b.get("provider_config_key") for b in whole["configuration"]["root_module"]["resources"]}
        parts = []
        for wanted in (True, False):
            part = copy.deepcopy(whole)
            changes = part["resource_changes"]
            part["resource_changes"] = [c for c in changes if (keys[c["address"]] == "aws.west") is wanted]
            parts.append(plan_of(part, name="recovery" if wanted else "primary"))
        return review(parts, now=now)

    return make


@pytest.mark.parametrize("name", ["no-second-copy-bucket", "copy-into-unlocked-vault"])
def test_conditions_hold_over_several_plans(name, both):
    rule = {"no-second-copy-bucket": "no-second-copy"}.get(name, name)

    assert {f.rule for f in both(f"{name}__flagged").findings} == {rule}
    assert both(f"{name}__near").findings == ()


def test_a_copy_in_another_plan_is_a_copy(both):
    assert both("copy-in-same-region__near").findings == ()


def test_what_was_so_before_is_for_information_only(scenarios, reviewed):
    (finding,) = reviewed(scenarios["already-so__flagged"]).findings

    assert finding.severity is Severity.INFO
    assert "It was so before" in finding.message


def test_an_emulator_has_one_account(scenarios, reviewed):
    plan = copy.deepcopy(scenarios["copy-in-same-account__flagged"])
    for provider in plan["configuration"]["provider_config"].values():
        provider["expressions"]["skip_credentials_validation"] = {"constant_value": True}
    (finding,) = reviewed(plan).findings

    assert finding.severity is Severity.INFO


def test_a_vault_without_maximum_takes_backups_for_ever(scenarios, reviewed):
    plan = copy.deepcopy(scenarios["vault-minimum-over-retention__near"])
    lock = next(c for c in plan["resource_changes"] if c["type"] == "aws_backup_vault_lock_configuration")
    lock["change"]["after"]["max_retention_days"] = None
    backup = next(c for c in plan["resource_changes"] if c["type"] == "aws_backup_plan")
    for rule in backup["change"]["after"]["rule"]:
        rule["lifecycle"] = []

    assert reviewed(plan).findings == ()


def test_a_vault_with_a_maximum_takes_none_for_ever(scenarios, reviewed):
    plan = copy.deepcopy(scenarios["vault-minimum-over-retention__near"])
    backup = next(c for c in plan["resource_changes"] if c["type"] == "aws_backup_plan")
    backup["change"]["after"]["rule"][0]["lifecycle"] = []

    (finding,) = reviewed(plan).findings
    assert "kept for ever" in finding.message


def test_a_bucket_for_logs_needs_no_second_copy(scenarios, reviewed):
    plan = copy.deepcopy(scenarios["no-second-copy-bucket__flagged"])
    logging = copy.deepcopy(plan["resource_changes"][0])
    logging.update(address="aws_s3_bucket_logging.l", type="aws_s3_bucket_logging")
    logging["change"].update(actions=["create"], before=None, after={"bucket": "app", "target_bucket": "vault"})
    plan["resource_changes"].append(logging)

    assert reviewed(plan).findings == ()


def test_the_guards_that_go_along_are_named(scenarios, reviewed):
    result = reviewed(scenarios["guard-and-guarded-removed__flagged"])

    finding = next(f for f in result.findings if f.rule == "guard-and-guarded-removed")
    assert finding.address == "aws_s3_bucket.b"
    assert "`aws_s3_bucket_policy.p`" in finding.message


def test_a_prepared_deletion_is_not_said_of_what_is_deleted_already(scenarios, reviewed):
    loosened = {f.rule for f in reviewed(scenarios["deletion-prepared__flagged"]).findings}
    deleted = {f.rule for f in reviewed(scenarios["deletion-prepared__near"]).findings}

    assert "deletion-prepared" in loosened
    assert "deletion-prepared" not in deleted


def test_many_vaults_of_one_name_say_nothing(scenarios, reviewed):
    plan = copy.deepcopy(scenarios["vault-minimum-over-retention__flagged"])
    vault = next(c for c in plan["resource_changes"] if c["type"] == "aws_backup_vault")
    plan["resource_changes"] += [{**copy.deepcopy(vault), "address": f"aws_backup_vault.v{n}"} for n in range(40)]

    assert reviewed(plan).findings == ()
