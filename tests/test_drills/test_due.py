"""What is overdue: from each tier's `drill_every` and evidence that verifies. Never run counts as overdue."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from applied_ground import make_environment
from kinds_ground import DATASETS, declared_in, ready, spec_for

from holdfast.aws.endpoints import write_endpoints
from holdfast.cli.main import run as command
from holdfast.clock import SystemClock
from holdfast.drills.due.duties import RESTORED_BY, duties
from holdfast.drills.due.metric import publish
from holdfast.drills.due.standing import standing
from holdfast.drills.engine import run
from holdfast.drills.kinds import KINDS
from holdfast.environments.model import DatasetKind
from holdfast.evidence.verification import Trust, Verification, records_of

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/drill-due.schema.json").read_text())
NOTHING = Verification((), (), Trust.SAME_FOLDER)


@pytest.fixture
def applied(emulator, tmp_path):
    applied = ready(emulator, tmp_path)
    applied.push()
    return applied


def due(applied, later=timedelta(0)):
    evidence = records_of(applied.home, applied.environment.environment, clock=SystemClock())
    return standing(applied.environment, evidence, SystemClock().now() + later)


def of(found, kind, dataset=None):
    return next(each for each in found.standings if (each.duty.kind, each.duty.dataset) == (kind, dataset))


def test_what_is_owed_follows_from_the_declaration():
    owed = duties(make_environment(datasets=DATASETS))
    assert [(each.kind, each.dataset) for each in owed] == [
        ("object-recovery", "project"),
        ("configuration", "configuration"),
        ("object-recovery", "exports"),
        ("tenant", "exports"),
        ("immutability", None),
        ("access-control", None),
        ("replication", None),
        ("game-day", None),
    ]
    assert owed[0].every == timedelta(days=90)
    assert owed[-1].every == timedelta(days=365)


def test_a_tenant_of_rows_is_owed_where_a_drill_takes_it_out():
    rows = {"name": "ledger", "kind": "postgres", "tier": "demo", "tenants": {"by": "schema"}}
    items = {"name": "accounts", "kind": "dynamodb", "tier": "demo", "tenants": {"by": "key"}}
    nobodys = {"name": "orders", "kind": "rds", "tier": "demo", "tenants": {"by": "schema"}}
    owed = duties(make_environment(datasets=[rows, items, nobodys]))
    assert [each.dataset for each in owed if each.kind == "tenant"] == ["ledger", "accounts"]


def test_every_kind_of_dataset_is_restored_by_some_kind_of_drill():
    assert set(RESTORED_BY) == set(DatasetKind)
    assert {kinds[0] for kinds in RESTORED_BY.values()} <= KINDS.keys(), "what is owed can be run"


def test_never_run_is_overdue():
    found = standing(make_environment(datasets=DATASETS), NOTHING, SystemClock().now())
    assert len(found.overdue) == len(found.standings)
    assert {each.because for each in found.standings} == {"it was never run"}
    assert not found.good


@pytest.mark.sandbox
def test_a_passed_drill_is_in_time_until_its_tier_asks_again(applied):
    run(spec_for(applied, "object-recovery", dataset="project"), applied.surroundings)
    assert not of(due(applied), "object-recovery", "project").overdue
    assert of(due(applied), "object-recovery", "exports").overdue, "another dataset is not proved by it"
    later = of(due(applied, timedelta(days=91)), "object-recovery", "project")
    assert later.because.endswith("over 90 d")
    assert later.overdue


@pytest.mark.sandbox
def test_region_loss_counts_as_a_restore_and_a_failed_or_inconclusive_drill_does_not(applied):
    run(spec_for(applied, "object-recovery", dataset="exports"), applied.surroundings)
    assert of(due(applied), "object-recovery", "exports").because.startswith("none ever passed; the last one was")
    run(spec_for(applied, "region-loss", dataset="project"), applied.surroundings)
    assert not of(due(applied), "object-recovery", "project").overdue
    run(spec_for(applied, "replication"), applied.surroundings)
    assert of(due(applied), "replication").because.startswith("the last one failed (drill-")


@pytest.mark.sandbox
def test_a_drill_that_failed_after_one_that_passed_is_owed_again(applied, monkeypatch):
    run(spec_for(applied, "object-recovery", dataset="project"), applied.surroundings)
    late = SystemClock().now() + timedelta(hours=30)
    run(spec_for(applied, "object-recovery", dataset="project", failed_at=late), applied.surroundings)
    found = of(due(applied), "object-recovery", "project")
    assert found.passed is not None
    assert found.overdue


@pytest.mark.sandbox
def test_evidence_that_was_changed_does_not_count_and_is_named(applied):
    result = run(spec_for(applied, "object-recovery", dataset="project"), applied.surroundings)
    path = Path(result.evidence.path)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b'"payload":"', b'"payload":"A', 1))
    found = due(applied)
    assert of(found, "object-recovery", "project").because == "it was never run"
    assert found.findings
    assert not found.good


@pytest.mark.sandbox
def test_good_evidence_of_another_environment_does_not_count(applied):
    """Staging's folder, copied to where prod's should be: each record verifies by itself."""
    run(spec_for(applied, "object-recovery", dataset="project"), applied.surroundings)
    folder = applied.home / "evidence"
    (folder / applied.environment.environment).rename(folder / "prod")
    prod = applied.environment.model_copy(update={"environment": "prod"})
    found = standing(prod, records_of(applied.home, "prod", clock=SystemClock()), SystemClock().now())
    assert of(found, "object-recovery", "project").because == "it was never run"
    assert not found.good


@pytest.mark.sandbox
def test_the_number_is_published_also_when_it_is_nought(applied):
    found = due(applied)
    publish(found, applied.sessions)
    metrics = applied.sessions.client("cloudwatch", "us-east-1").list_metrics(Namespace="Holdfast")["Metrics"]
    mine = {"Name": "Environment", "Value": applied.environment.environment}
    assert [each["MetricName"] for each in metrics if mine in each["Dimensions"]] == ["DrillsOverdue"]


@pytest.mark.sandbox
def test_the_command_exits_2_prints_a_table_and_json(applied, monkeypatch, capsys):
    monkeypatch.setenv("HOLDFAST_ENVIRONMENTS", str(declared_in(applied)))
    monkeypatch.setenv("HOLDFAST_HOME", str(applied.home))
    write_endpoints(applied.home, applied.endpoints)
    name = applied.environment.environment
    assert command(["drill", "due", name, "--publish-metric"]) == 2
    said = capsys.readouterr()
    assert "object-recovery  project" in said.out
    assert "OVERDUE: it was never run" in said.out
    assert "8 of 8 drills are overdue" in said.err
    assert command(["drill", "due", name, "--json"]) == 2
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, SCHEMA)
    assert document["overdue"] == 8


def test_an_environment_that_is_not_there_is_an_error(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOLDFAST_ENVIRONMENTS", str(tmp_path))
    assert command(["drill", "due", "nowhere"]) == 1
    assert "hint:" in capsys.readouterr().err
