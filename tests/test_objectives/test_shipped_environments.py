"""The environments that come with Holdfast, proved as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from holdfast.environments import assumptions, datasets, tiers
from holdfast.environments.layers import standing_alone
from holdfast.environments.loading import load_environment
from holdfast.environments.proving import declaration, prove_environment
from holdfast.objectives import proof
from holdfast.objectives.proving import prove
from holdfast.objectives.services import SERVICES

FOLDER = Path(__file__).parents[2] / "environments"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAMES = standing_alone(FOLDER)


def shipped(name):
    return load_environment(name, FOLDER).environment


@pytest.mark.parametrize("name", NAMES)
def test_nothing_shipped_is_refuted(name):
    report = prove_environment(shipped(name), NOW)

    assert not [each.document() for each in report.with_verdict(proof.Verdict.REFUTED)]


@pytest.mark.parametrize("name", NAMES)
def test_every_objective_and_rule_has_its_proof(name):
    environment = shipped(name)
    found = {each.id for each in prove_environment(environment, NOW).proofs}

    for dataset in environment.datasets:
        tier = environment.tier_of(dataset)
        assert {f"rpo.{dataset.name}.{scenario}" for scenario in tier.rpo} <= found
        assert {f"rto.{dataset.name}.{scenario}" for scenario in tier.rto} <= found
        assert {f"lock.{dataset.tier}.{rule.name}.retention" for rule in tier.rules} <= found


def test_a_copy_deleted_before_its_source_is_refuted():
    given = declaration(shipped("sandbox"), NOW)
    tier = given.tiers["demo"]
    rules = tuple(replace(rule, copy=replace(rule.copy, delete_after=timedelta(days=1))) for rule in tier.rules)
    report = prove(replace(given, tiers={**given.tiers, "demo": replace(tier, rules=rules)}))

    assert "lock.demo.half-daily.replica" in {each.id for each in report.with_verdict(proof.Verdict.REFUTED)}


def test_kinds_scenarios_and_sources_are_those_of_environment_files():
    assert set(SERVICES) == {each.value for each in datasets.DatasetKind}
    assert {each.value for each in proof.Scenario} == {each.value for each in tiers.Scenario}
    assert {each.value for each in proof.AssumptionSource} == {each.value for each in assumptions.AssumptionSource}


def test_a_sandbox_key_may_be_destroyed():
    assert not declaration(shipped("sandbox"), NOW).primary_key.guarded
    assert declaration(shipped("prod"), NOW).primary_key.guarded


def test_what_a_drill_measured_replaces_the_assumption():
    measured = proof.Assumption("restore time", timedelta(minutes=3), proof.AssumptionSource.MEASURED, NOW.date())
    report = prove_environment(
        shipped("sandbox"), NOW, restore_times={("project", proof.Scenario.REGION_LOSS): measured}
    )
    found = {each.id: each.verdict for each in report.proofs}

    assert found["rto.project.region_loss"] is proof.Verdict.PROVED
    assert found["rto.project.corruption"] is proof.Verdict.CONDITIONAL
