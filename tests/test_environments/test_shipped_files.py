"""The environment files that come with Holdfast: valid, as promised, and able to be proved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from holdfast.environments.layers import environment_names, read_layers
from holdfast.environments.loading import load_environment
from holdfast.environments.proving import prove_environment
from holdfast.environments.retention import push_rule
from holdfast.environments.validating import validate_environment
from holdfast.objectives.proof import Verdict

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WHOLE = ("dev", "prod", "sandbox", "staging")

MINUTES, HOURS = timedelta(minutes=1), timedelta(hours=1)
PROMISED = {
    "general-availability": (24 * HOURS, 48 * HOURS),
    "enterprise": (4 * HOURS, 24 * HOURS),
    "critical": (5 * MINUTES, 2 * HOURS),
    "authentication": (5 * MINUTES, 1 * HOURS),
    "metadata": (15 * MINUTES, None),
    "logs": (1 * MINUTES, None),
    "monitoring": (None, 4 * HOURS),
    "reporting": (None, 8 * HOURS),
    "development": (24 * HOURS, 24 * HOURS),
    "historical": (48 * HOURS, 48 * HOURS),
}
"""RPO and RTO of each tier, as the house has promised them."""


def load(shipped, name):
    return load_environment(name, shipped).environment


def test_there_are_the_files_the_documentation_speaks_of(shipped):
    names = environment_names(shipped)
    page = (shipped.parent / "docs/environments.md").read_text(encoding="utf-8")

    assert set(WHOLE) | {"base", "service-tiers"} == set(names)
    assert all(f"environments/{name}.yaml" in page for name in names)


def test_every_file_is_valid_on_the_day_it_was_written_and_warns_only_of_what_is_not_ours_to_write(shipped):
    """Who approves restores, and with which key, only the people know who will."""
    for name in environment_names(shipped):
        found = validate_environment(name, shipped, NOW.date())

        assert found.valid, found.error
        expected = ["restore.approvers"] if name in WHOLE and not load(shipped, name).sandbox else []
        assert [each.field for each in found.warnings] == expected


@pytest.mark.parametrize("name", WHOLE)
def test_no_proof_is_refuted(shipped, name):
    report = prove_environment(load(shipped, name), NOW)

    refuted = [f"{proof.id}: {proof.because}" for proof in report.proofs if proof.verdict is Verdict.REFUTED]
    assert report.proofs
    assert not refuted


@pytest.mark.parametrize("tier", PROMISED)
def test_each_tier_of_prod_promises_what_the_house_has(shipped, tier):
    found = load(shipped, "prod").tiers[tier]

    assert (found.rpo.get("corruption"), found.rto.get("corruption")) == PROMISED[tier]


def test_prod_uses_every_tier(shipped):
    prod = load(shipped, "prod")

    assert {dataset.tier for dataset in prod.datasets} == set(prod.tiers) == set(PROMISED)


def test_prod_keeps_days_point_in_time_months_of_hours_and_years_of_months(shipped):
    rules = {rule.name: rule for rule in load(shipped, "prod").tiers["critical"].rules}

    assert rules["continuous"].delete_after >= timedelta(days=30)
    assert rules["hourly"].delete_after >= timedelta(days=90)
    assert rules["monthly"].delete_after >= timedelta(days=7 * 365)
    assert all(rule.copy_to_recovery for rule in rules.values() if not rule.continuous)


@pytest.mark.parametrize("name", [name for name in WHOLE if name != "sandbox"])
def test_real_environments_keep_copies_in_an_account_and_state_in_a_region_of_their_own(shipped, name):
    found = load(shipped, name)

    assert found.accounts.workload != found.accounts.backup
    assert found.state.region == found.regions.recovery
    assert not found.sandbox


def test_no_two_environments_share_an_account_or_a_state_bucket(shipped):
    found = [load(shipped, name) for name in WHOLE]
    accounts = [account for each in found for account in {each.accounts.workload, each.accounts.backup}]
    buckets = [each.state.bucket for each in found if each.state]

    assert len(accounts) == len(set(accounts))
    assert len(buckets) == len(set(buckets))


def test_the_sandbox_is_one_made_up_account_with_locks_of_days(shipped):
    sandbox = load(shipped, "sandbox")

    assert sandbox.sandbox
    assert sandbox.accounts.workload == sandbox.accounts.backup == "000000000000"
    assert sandbox.lock.minimum == timedelta(days=1)
    assert sandbox.dataset("project").kind == "files"
    assert sandbox.dataset("exports").kind == "s3"
    assert push_rule(sandbox.tier_of(sandbox.dataset("project"))).delete_after == timedelta(days=2)


def test_the_example_of_the_documentation_does_what_it_says(shipped, tmp_path):
    page = (shipped.parent / "docs/environments.md").read_text(encoding="utf-8")
    example = next(block for block in page.split("```yaml\n")[1:] if block.startswith("extends: service-tiers"))
    for name in ("base", "service-tiers"):
        (tmp_path / f"{name}.yaml").write_text((shipped / f"{name}.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "staging.yaml").write_text(example.partition("```")[0], encoding="utf-8")

    tiers = read_layers("staging", tmp_path).merged.plain()["tiers"]

    rules = {rule["name"]: rule for rule in tiers["critical"]["rules"]}
    assert "historical" not in tiers
    assert list(rules) == ["continuous", "hourly"]
    assert (rules["hourly"]["delete_after"], rules["hourly"]["schedule"]) == ("30d", "cron(0 * * * ? *)")
