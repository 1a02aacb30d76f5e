"""PostgreSQL drills against real servers: what comes back, to which moment, how fast, and what is left behind."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from applied_ground import PRIMARY, RECOVERY

from holdfast.backupsets.errors import NoTenants
from holdfast.clock import SystemClock
from holdfast.drills.errors import BudgetExceeded, OptionNotTaken
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Scenario
from holdfast.evidence.verification import verify
from holdfast.postgres.errors import NotAPostgresDataset, PostgresNotFound

pytestmark = [pytest.mark.sandbox, pytest.mark.postgres]


def check(result, name):
    return next(each for each in result.checks if each.id == name)


def test_a_server_comes_back_from_the_recovery_region_and_answers(ground_for, recorded):
    ground = ground_for().put(recorded.simple, RECOVERY)
    result = ground.drill()
    assert result.verdict is Verdict.PASSED, result.reasons
    assert (result.selection.point.id, result.selection.point.region) == (recorded.backup, RECOVERY)
    assert result.refused_calls == ()
    assert result.rpo.met
    assert result.rto.met
    assert check(result, "application-orders-have-customers").outcome == "passed"
    assert check(result, "rows").outcome == "passed"
    assert check(result, "structure").outcome == "passed"
    assert check(result, "checksums").outcome == "passed"
    assert ground.left_over() == []


def test_the_replay_goes_over_a_failover_to_the_newest_timeline(ground_for, recorded):
    result = ground_for().put(recorded.promoted, RECOVERY).drill()
    assert result.verdict is Verdict.PASSED, result.reasons
    assert check(result, "timeline").observed == "2"


def test_a_mistake_is_undone_by_going_back_to_before_it(ground_for, recorded):
    undone = {"name": "orders-are-back", "sql": "select count(*) from orders", "equals": 20_010}
    ground = ground_for(checks=[undone]).put(recorded.mistaken, PRIMARY)
    result = ground.drill(scenario=Scenario.CORRUPTION, failed_at=recorded.before_mistake)
    assert result.verdict is Verdict.PASSED, result.reasons
    assert result.selection.point.region == PRIMARY
    assert 0 <= result.rpo.seconds < 60
    assert result.newest_committed <= recorded.before_mistake


def test_the_recovery_region_goes_back_in_time_as_well(ground_for, recorded):
    ground = ground_for().put(recorded.mistaken, RECOVERY)
    result = ground.drill(failed_at=recorded.before_mistake)
    assert result.verdict is Verdict.PASSED, result.reasons
    assert result.selection.point.region == RECOVERY


def test_a_time_after_the_end_of_the_log_fails_with_what_the_server_says(ground_for, recorded):
    ground = ground_for().put(recorded.simple, PRIMARY)
    result = ground.drill(scenario=Scenario.CORRUPTION, failed_at=SystemClock().now() + timedelta(hours=1))
    assert result.verdict is Verdict.FAILED
    assert any("recovery ended before configured recovery target" in reason for reason in result.reasons)
    assert ground.left_over() == []


def test_the_record_verifies_and_holds_no_data(ground_for, recorded):
    secret = {"name": "none-is-called-so", "sql": "select count(*) from customers where name = 'customer 77'"}
    ground = ground_for(checks=[{**secret, "equals": 1}]).put(recorded.simple, RECOVERY)
    result = ground.drill()
    verification = verify(Path(result.evidence.path).parents[1], clock=SystemClock())
    assert verification.good
    ((_, written),) = verification.records
    entry = written.entry
    assert entry.source.type == "base backup and log"
    assert entry.source.resource.endswith(f"/base/{recorded.backup}/")
    assert "a socket in that folder" in " ".join(entry.target.isolation)
    assert any(subject.name.endswith("backup.info") for subject in written.statement.subject)
    for path in ground.home.rglob("*"):
        assert path.is_dir() or b"customer 77" not in path.read_bytes()


def test_without_a_base_backup_it_is_inconclusive(ground_for):
    result = ground_for().drill()
    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("no base backup of ledger" in reason for reason in result.reasons)


def test_a_base_backup_younger_than_the_failure_is_none(ground_for, recorded):
    ground = ground_for().put(recorded.simple, PRIMARY)
    early = recorded.before_mistake - timedelta(days=1)
    result = ground.drill(scenario=Scenario.CORRUPTION, failed_at=early)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("younger than the failure" in reason for reason in result.reasons)


def test_a_base_backup_that_was_never_finished_is_none(ground_for, recorded):
    archive = {key: body for key, body in recorded.simple.items() if not key.endswith("backup.info")}
    result = ground_for().put(archive, RECOVERY).drill()
    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("it was never finished" in reason for reason in result.reasons)


@pytest.mark.parametrize("changes", [{"tenant": "acme"}, {"sample": 5}])
def test_half_a_server_is_refused(ground_for, changes):
    ground = ground_for()
    with pytest.raises((OptionNotTaken, NoTenants), match=r"tenant|--sample"):
        ground.drill(**changes)
    assert ground.left_over() == []


def test_a_budget_too_small_is_refused_before_anything_is_fetched(ground_for, recorded):
    ground = ground_for().put(recorded.simple, RECOVERY)
    with pytest.raises(BudgetExceeded):
        ground.drill(max_bytes=1000)
    assert ground.left_over() == []


def test_another_kind_of_dataset_is_refused(applied):
    from holdfast.drills.engine import run
    from holdfast.drills.spec import DrillSpec

    spec = DrillSpec(environment=applied.environment.environment, kind="postgres-pitr", dataset="project")
    with pytest.raises(NotAPostgresDataset, match="of kind files"):
        run(spec, applied.surroundings)


def test_without_the_programs_it_is_refused(ground_for, recorded, monkeypatch, tmp_path):
    monkeypatch.setenv("HOLDFAST_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(PostgresNotFound, match="no postgres in"):
        ground_for().put(recorded.simple, RECOVERY).drill()


def test_objects_hidden_behind_delete_markers_are_found_and_told(ground_for, recorded):
    ground = ground_for().put(recorded.simple, RECOVERY)
    hidden = recorded.segments()[-1]
    ground.s3(RECOVERY).delete_object(Bucket=ground.bucket(RECOVERY), Key=f"streams/ledger/main/{hidden}")
    result = ground.drill()
    assert result.verdict is Verdict.PASSED, result.reasons
    assert any("hidden behind a delete marker" in reason for reason in result.reasons)
