"""`holdfast prove`: what is printed where, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from holdfast.cli.main import run

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "prove.schema.json").read_text())
ENVIRONMENT = """
environment: small
organization: acme
accounts: {{workload: "111111111111", backup: "{backup}"}}
regions: {{primary: us-east-1, recovery: us-west-2}}
lock: {{mode: COMPLIANCE, acknowledge: nobody can delete before expiry, minimum: 1d, maximum: 1y}}
evidence: {{retention: 30d}}
assumptions: {{copy_time: {{value: 1h, source: default}}}}
tiers:
  gold:
    rpo: {{{scenario}: {rpo}}}
    rules:
      - name: nightly
        schedule: cron(30 2 * * ? *)
        timezone: America/New_York
        start_window: 60m
        completion_window: 180m
        delete_after: 7d
        copy: {{delete_after: 7d}}
datasets:
  - {{name: project, kind: {kind}, tier: gold, select: {{tags: {{service: project}}}}}}
exclusions:
  - {{dataset: cache, reason: made again within minutes, until: {until}}}
"""
WITH_RTO = ENVIRONMENT.replace("    rules:", "    rto: {{corruption: 2h}}\n    rules:")


@pytest.fixture
def prove(tmp_path, monkeypatch, capsys):
    """Write an environment, prove it, and return exit code, stdout and stderr."""
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "160")

    def call(
        *options,
        rpo="3d",
        scenario="corruption",
        kind="files",
        until="9999-12-31",
        backup="222222222222",
        quick=("--quick",),
    ):
        text = ENVIRONMENT.format(rpo=rpo, scenario=scenario, kind=kind, until=until, backup=backup)
        (tmp_path / "small.yaml").write_text(text)
        code = run(["prove", "small", "--environments", str(tmp_path), *quick, *options])
        return code, *capsys.readouterr()

    return call


def documents(prove, **changes):
    code, out, _ = prove("--json", **changes)
    document = json.loads(out)
    jsonschema.validate(document, SCHEMA)
    return code, document


SEPARATION = {
    "id": "separation.roles",
    "subject": "roles",
    "scenario": None,
    "verdict": "conditional",
    "bound_seconds": None,
    "limit_seconds": None,
    "witness": None,
}


def test_proved_ends_well(prove):
    code, document = documents(prove)

    assert code == 0
    assert {proof["verdict"] for proof in document["proofs"] if proof["id"] != "separation.roles"} == {"proved"}


def test_what_was_not_looked_at_is_an_assumption(prove):
    _, document = documents(prove)

    (proof,) = [proof for proof in document["proofs"] if proof["id"] == "separation.roles"]
    assert proof.items() >= SEPARATION.items()
    assert "not checked: --quick" in proof["because"]


def test_without_synthesis_it_says_why(prove, monkeypatch):
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "cdktn" else real(name, *rest))

    code, document = documents(prove, quick=())

    assert code == 0
    assert "pip install 'holdfast[synth]'" in document["proofs"][-1]["because"]


def test_separation_of_duties_is_proved_from_the_synthesized_stacks(prove):
    code, document = documents(prove, quick=())

    found = {proof["id"]: proof["verdict"] for proof in document["proofs"] if proof["id"].startswith("separation.")}
    assert code == 0
    assert found["separation.holdfast-small-backup-writer.write-delete"] == "proved"
    assert found["separation.holdfast-small-backup-writer.administer-decrypt"] == "proved"
    assert "separation.roles" not in found


def test_conditional_ends_well_unless_asked_otherwise(prove):
    code, document = documents(prove, scenario="region_loss", kind="dynamodb")

    assert (code, document["verdict"]) == (0, "conditional")
    assert prove("--fail-on", "conditional", scenario="region_loss", kind="dynamodb")[0] == 2


def test_refuted_is_exit_code_2_with_the_interval(prove):
    code, document = documents(prove, rpo="2d")
    (refuted,) = [proof for proof in document["proofs"] if proof["verdict"] == "refuted"]

    assert (code, document["verdict"]) == (2, "refuted")
    assert refuted["id"] == "rpo.project.corruption"
    assert refuted["bound_seconds"] == 51 * 3600  # a night without 2:30, and the windows
    assert refuted["witness"]["from"].endswith("T07:30:00Z")
    assert refuted["witness"]["to"].endswith("T10:30:00Z")


def test_an_expired_exclusion_is_refuted(prove):
    code, document = documents(prove, until="2026-01-01")

    assert code == 2
    assert [proof["id"] for proof in document["proofs"] if proof["verdict"] == "refuted"] == [
        "coverage.cache.exclusion"
    ]


def test_a_backup_account_that_is_the_workload_account_is_refuted(prove):
    assert documents(prove, scenario="account_loss", backup="111111111111")[0] == 2
    assert documents(prove, scenario="account_loss")[0] == 0


def test_the_table_shows_the_interval_in_the_zone_of_the_schedule_and_in_utc(prove):
    code, out, err = prove(rpo="2d")
    words = " ".join(out.split())

    assert code == 2
    assert words.index("refuted") < words.index("proved")
    assert "02:30 EST to" in words
    assert "06:30 EDT" in words
    assert "07:30 UTC" in words
    assert "1 refuted, 1 conditional" in err
    assert "small: refuted" not in out


def test_the_table_names_every_proof(prove):
    _, document = documents(prove)
    _, out, _ = prove()

    rows = [line for line in out.splitlines()[1:] if line.startswith(("proved", "conditional", "refuted"))]
    assert len(rows) == len(document["proofs"])


def test_an_environment_that_is_not_there_is_an_error(prove, tmp_path, capsys):
    prove()

    assert run(["prove", "nowhere", "--environments", str(tmp_path)]) == 1
    assert "nowhere" in capsys.readouterr().err


def test_a_verdict_that_is_none_is_refused(prove):
    code, _, err = prove("--fail-on", "proved")

    assert code == 1
    assert "conditional" in err


def test_the_schema_refuses_other_fields_and_verdicts():
    proof = {
        "id": "rpo.a.corruption",
        "subject": "a",
        "scenario": None,
        "verdict": "proved",
        "bound_seconds": 1,
        "limit_seconds": None,
        "witness": None,
        "because": "so",
    }
    document = {"schema": "holdfast.prove/1", "verdict": "proved", "proofs": [proof]}
    jsonschema.validate(document, SCHEMA)

    for broken in (
        {**document, "verdict": "maybe"},
        {**document, "more": 1},
        {**document, "proofs": [{**proof, "witness": {"from": "2027-01-01T00:00:00Z"}}]},
        {**document, "proofs": [{key: value for key, value in proof.items() if key != "because"}]},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, SCHEMA)


@pytest.fixture
def drilled(tmp_path):
    """Record a passed drill of `project` that took so many seconds from declaration to verified, this many days ago."""
    from datetime import UTC, datetime, timedelta

    from holdfast.clock import ManualClock
    from holdfast.evidence import sections
    from holdfast.evidence.local_signer import LocalSigner
    from holdfast.evidence.local_store import LocalStore, evidence_folder
    from holdfast.evidence.record import Record, Subject
    from holdfast.evidence.writing import write_record

    def write(seconds, *, days_ago=1):
        home = tmp_path / "home"
        ended = datetime.now(UTC) - timedelta(days=days_ago)
        declared = ended - timedelta(seconds=seconds)
        record = Record(
            identity=sections.Identity(
                record_id=f"drill-{seconds}",
                kind=sections.Kind.DRILL,
                name="object-recovery",
                environment="small",
                sandbox=False,
                tool_version="0.1.0",
            ),
            people=sections.People(operator="arn:aws:iam::111111111111:role/drill-runner"),
            objective=sections.Objective(dataset="project", scenario="corruption", rto_target_seconds=7200),
            timeline=sections.Timeline(declared_at=declared, ended_at=ended),
            rto=sections.Rto(measured_seconds=seconds, target_seconds=7200, met=seconds <= 7200),
            checks=(sections.Check(id="sha256", kind="digest", outcome=sections.Outcome.PASSED),),
            result=sections.Result(verdict=sections.Verdict.PASSED),
        )
        write_record(
            record,
            [Subject.of_bytes("plan.json", b"{}")],
            signer=LocalSigner.at(home),
            local=LocalStore(evidence_folder(home, "small")),
            locked=None,
            clock=ManualClock(ended),
        )
        return ended.date()

    return write


def rto_of(prove, monkeypatch):
    monkeypatch.setitem(globals(), "ENVIRONMENT", WITH_RTO)
    code, document = documents(prove)
    (proof,) = [proof for proof in document["proofs"] if proof["id"] == "rto.project.corruption"]
    return code, proof


def test_a_drill_turns_a_conditional_into_a_proof_that_names_it(prove, drilled, monkeypatch):
    assert rto_of(prove, monkeypatch)[1]["verdict"] == "conditional"

    day = drilled(600)

    code, proof = rto_of(prove, monkeypatch)
    assert code == 0
    assert proof["verdict"] == "proved"
    assert proof["bound_seconds"] == 600
    assert proof["because"] == f"restore time 10 min (measured {day} by drill drill-600)"


def test_a_drill_longer_ago_than_the_tier_says_is_an_assumption_again(prove, drilled, monkeypatch):
    drilled(600, days_ago=91)

    assert rto_of(prove, monkeypatch)[1]["verdict"] == "conditional"


def test_evidence_that_was_touched_is_said_and_not_used(prove, drilled, monkeypatch, tmp_path):
    drilled(600)
    (record,) = (tmp_path / "home" / "evidence" / "small").glob("*/0*.json")
    record.write_text(record.read_text().replace("a", "b", 1))

    code, _, err = prove()

    assert code == 0
    assert "evidence of small does not verify" in err
    assert rto_of(prove, monkeypatch)[1]["verdict"] == "conditional"
