"""From the safe plan of `prod`, made by the real Terraform and provider: what weakens it is found, nothing else."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from mutation_ground import COMPARED, entry_of, mutations, stronger, weaker

from holdfast.cli.main import run
from holdfast.review.finding import Kind
from holdfast.review.load import parse_plan
from holdfast.review.rules import loss_rules
from holdfast.review.stacks import load_stacks

HARMFUL = {Kind.WEAKENING, Kind.LOSS, Kind.UNVERIFIED}

pytestmark = pytest.mark.terraform


@pytest.fixture(scope="module")
def states(tmp_path_factory) -> dict[str, list[dict[str, Any]]]:
    """Every resource of prod as it is once applied, by type; a policy not known yet is taken from its stack."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOLDFAST_HOME", str(home))
        assert run(["plan", "prod", "--offline"]) == 0
    stacks = load_stacks(home / "prod")
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((home / "prod" / "plans").glob("*.json")):
        for change in parse_plan(path.read_bytes(), name=path.stem, path=path).changes:
            state = copy.deepcopy(change.after) or {}
            body = stacks[path.stem].resources[change.address].body
            state.update({name: body[name] for name in ("policy", "assume_role_policy") if name in body})
            if state not in found.setdefault(change.type, []):
                found[change.type].append(state)
    return found


def test_every_weakening_of_one_attribute_and_every_loss_is_found_and_no_strengthening(states, reviewed):
    made: list[str] = []
    missed, wrong = [], []
    for rule in COMPARED:
        for type_, before, after in mutations(states, rule, weaker):
            made.append(rule.id)
            if rule.id not in {finding.rule for finding in reviewed(entry_of(type_, before, after)).findings}:
                missed.append((rule.id, before, after))
        for type_, before, after in mutations(states, rule, stronger):
            findings = reviewed(entry_of(type_, before, after)).findings
            wrong += [(rule.id, before, after) for finding in findings if finding.rule == rule.id]
    for type_, rule in loss_rules().items():
        for before in states.get(type_, []):
            gone = entry_of(type_, before, before)
            gone["change"]["change"].update(actions=["delete"], after=None)
            made.append(rule.id)
            missed += [] if rule.id in {f.rule for f in reviewed(gone).findings} else [(rule.id, before, None)]

    assert len(made) > 1_000
    assert len(set(made)) > 60
    assert missed == []
    assert wrong == []


def test_what_is_applied_as_planned_has_no_harm_in_it(states, reviewed):
    entries = []
    for type_, all_ in states.items():
        for index, state in enumerate(all_):
            entry = entry_of(type_, state, json.loads(json.dumps(state)))
            entry["change"]["address"] = f"{type_}.x{index}"
            entry["change"]["change"]["after"]["tags"] = {"changed": "tag"}
            entries.append(entry)

    assert len(entries) > 100
    assert {"aws_backup_vault_lock_configuration", "aws_backup_plan", "aws_kms_key", "aws_s3_bucket_policy"} <= set(
        states
    )
    assert [f for f in reviewed(*entries).findings if f.kind in HARMFUL] == []
