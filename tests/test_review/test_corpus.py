"""Every rule against plans of the real provider: one that must be flagged, one near miss that must not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from holdfast.review.finding import Kind, Severity
from holdfast.review.review import Verdict
from holdfast.review.rules import CATALOGUE, TABLES

HERE = Path(__file__).parent
YAML_FILES = sorted((HERE / "workshop" / "cases").glob("*.yaml"))
CASES: dict[str, Any] = {
    rule: case
    for path in YAML_FILES
    for rule, case in YAML(typ="safe").load(path.read_text(encoding="utf-8"))["cases"].items()
}
SCENARIOS: dict[str, Any] = {
    name: scenario
    for group in YAML(typ="safe").load((HERE / "workshop" / "scenarios.yaml").read_text(encoding="utf-8")).values()
    for name, scenario in group.items()
}


def test_the_corpus_is_complete(corpus):
    assert set(corpus) == {f"{rule}__{set_}" for rule in CASES for set_ in ("flagged", "near")}


def test_almost_all_of_the_corpus_is_untouched_by_hand():
    by_hand = [rule for rule, case in CASES.items() if "by_hand" in case]
    assert len(by_hand) < len(CASES) / 10
    assert all(CASES[rule]["by_hand"].startswith(("provider 6", "the provider plans nothing")) for rule in by_hand)


@pytest.mark.parametrize("rule", sorted(CASES))
def test_a_weakening_is_found_and_nothing_else(rule, corpus, reviewed):
    result = reviewed(corpus[f"{rule}__flagged"])

    assert {finding.rule for finding in result.findings} == {rule, *CASES[rule].get("also", [])}
    assert all(finding.verified for finding in result.findings)


@pytest.mark.parametrize("rule", sorted(CASES))
def test_a_near_miss_is_not_found(rule, corpus, reviewed):
    result = reviewed(corpus[f"{rule}__near"])

    assert {finding.rule for finding in result.findings} == set(CASES[rule].get("near_also", []))


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_a_scenario_is_found_and_nothing_else(name, scenarios, reviewed):
    scenario = SCENARIOS[name]
    result = reviewed(scenarios[f"{name}__flagged"])

    assert {finding.rule for finding in result.findings} == {scenario.get("rule", name), *scenario.get("also", [])}


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_a_near_scenario_is_not_found(name, scenarios, reviewed):
    result = reviewed(scenarios[f"{name}__near"])

    assert {finding.rule for finding in result.findings} == set(SCENARIOS[name].get("near_also", []))


def test_all_weakenings_at_once_are_found_each_at_its_own_address(corpus, reviewed):
    flagged = {key: entry for key, entry in corpus.items() if key.endswith("__flagged")}
    result = reviewed(*flagged.values())

    found = {(finding.address, finding.rule) for finding in result.findings}
    expected = {(entry["change"]["address"], key.removesuffix("__flagged")) for key, entry in flagged.items()}
    assert expected <= found
    assert result.verdict is Verdict.FINDINGS


def test_a_first_apply_of_everything_protected_is_clean_but_for_what_cannot_be_undone(corpus, reviewed):
    creations = []
    for key, entry in corpus.items():
        change = entry["change"]["change"]
        if key.endswith("__near") and isinstance(change.get("after"), dict):
            new = json.loads(json.dumps(entry))
            after = {k: v for k, v in change["after"].items() if v != "placeholder"}
            new["change"]["change"] = {"actions": ["create"], "before": None, "after": after, "after_unknown": {}}
            creations.append(new)
    backup_plans = [c for c in creations if c["change"]["type"] == "aws_backup_plan"]
    assert len(creations) > 150
    assert backup_plans

    result = reviewed(*creations)

    grave = [f for f in result.findings if f.severity is not Severity.INFO and f.kind is not Kind.CONDITION]
    assert grave == []
    assert {f.rule for f in result.findings if f.severity is Severity.INFO} == {
        "irreversible-object-lock",
        "irreversible-bucket-lock",
        "irreversible-vault-lock",
        "irreversible-air-gapped-vault",
        "irreversible-snaplock",
    }


ELSEWHERE = {
    "test_signals.py": {"plan-action-invoked", "plan-deferred", "plan-region-changed", "plan-unknown-action"},
    "test_suppressions.py": {"suppression-expired"},
    "test_stacks.py": {rule.id for rule in TABLES["Base and head"]},
    "test_proofs.py": {rule.id for rule in TABLES["Proofs of base and head"]},
}
"""Rules no single plan of the provider can show; what must be found and what must not stands in these tests."""


def test_every_rule_of_the_catalogue_has_a_plan_that_is_flagged_and_a_near_miss(corpus, scenarios):
    pairs = {key.rpartition("__")[0] for key in (*corpus, *scenarios) if key.endswith("__near")}
    pairs = {SCENARIOS.get(name, {}).get("rule", name) for name in pairs}
    elsewhere = {rule for rules in ELSEWHERE.values() for rule in rules}

    assert pairs | elsewhere == set(CATALOGUE)
    for file, rules in ELSEWHERE.items():
        text = (HERE / file).read_text(encoding="utf-8")
        assert [rule for rule in rules if f'"{rule}"' not in text] == []
