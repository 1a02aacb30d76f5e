from __future__ import annotations

import contextlib
import json
import threading

import pytest

from holdfast.aws.errors import ObjectMissing, RegionDenied, ServiceBusy
from holdfast.clock import SystemClock
from holdfast.drills.checks import Outcome
from holdfast.drills.engine import run
from holdfast.drills.errors import (
    BudgetExceeded,
    DrillRunning,
    ScratchNotUsable,
    SourceIsTarget,
    TargetNotIsolated,
)
from holdfast.drills.folders import Folders, make_scratch
from holdfast.drills.live import claimed
from holdfast.drills.register import registered
from holdfast.drills.spec import DrillSpec
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Scenario
from holdfast.errors import StorageError

CLOCK = SystemClock()
SPEC = DrillSpec(environment="sandbox", kind="directory", dataset="project")


def failing(ground, where, error):
    def at(name):
        if name == where:
            raise error

    ground.kind.at = at


def test_a_drill_restores_verifies_records_and_leaves_nothing(ground):
    result = run(SPEC, ground.surroundings)
    assert result.verdict is Verdict.PASSED
    assert ground.leftovers() == []
    assert json.loads((ground.home / "evidence" / f"{result.drill_id}.json").read_text())["verdict"] == "PASSED"
    assert result.evidence is not None
    assert [time.phase.value for time in result.times] == [
        "declare", "preflight", "select", "restore", "verify", "probe", "measure", "clean_up",
    ]  # fmt: skip


def test_the_journal_says_every_phase_before_and_after(ground):
    run(SPEC, ground.surroundings)
    (found,) = registered(ground.home, "sandbox", ground.clock)
    assert found.state.ended == "PASSED"
    lines = [json.loads(line) for line in found.folders.journal.read_text().splitlines()]
    phases = [(line["event"], line["phase"]) for line in lines if line["event"].startswith("phase")]
    assert phases[::2] == [("phase-begin", phase) for _, phase in phases[1::2]]
    assert all(event == "phase-end" for event, _ in phases[1::2])


def test_no_recovery_point_is_inconclusive_and_recorded(ground):
    for path in ground.source.iterdir():
        path.unlink()
    result = run(SPEC, ground.surroundings)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "no recovery point: source is empty" in result.reasons
    assert ground.recorder.verdicts() == ["INCONCLUSIVE"]
    assert ground.leftovers() == []


@pytest.mark.parametrize("where", ["restore", "verify", "probe"])
@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (ObjectMissing(doing="read", text="gone"), Verdict.FAILED),
        (RegionDenied(service="s3", operation="GetObject", why="us-east-1"), Verdict.FAILED),
        (ServiceBusy(doing="read", reason="SlowDown", text="busy"), Verdict.INCONCLUSIVE),
        (StorageError(message="disk full"), Verdict.INCONCLUSIVE),
    ],
)
def test_a_phase_that_cannot_be_carried_out_is_never_passed(ground, where, error, verdict):
    failing(ground, where, error)
    result = run(SPEC, ground.surroundings)
    assert result.verdict is verdict
    assert any(error.message in reason for reason in result.reasons)
    assert ground.leftovers() == []
    assert ground.recorder.verdicts() == [verdict.value]


def test_an_unforeseen_error_is_recorded_as_inconclusive_and_goes_on_up(ground):
    failing(ground, "verify", ZeroDivisionError("nobody foresaw this"))
    with pytest.raises(ZeroDivisionError):
        run(SPEC, ground.surroundings)
    assert ground.recorder.verdicts() == ["INCONCLUSIVE"]
    assert ground.leftovers() == []


@pytest.mark.parametrize("where", ["survey"])
def test_preflight_that_cannot_ask_refuses_and_leaves_nothing(ground, where):
    failing(ground, where, ServiceBusy(doing="ask", reason="SlowDown", text="busy"))
    with pytest.raises(ServiceBusy):
        run(SPEC, ground.surroundings)
    assert ground.recorder.verdicts() == []
    assert ground.leftovers() == []
    assert registered(ground.home, "sandbox", ground.clock)[0].state.ended == "refused"


def test_what_cannot_be_cleaned_up_is_named_and_fails_the_drill(ground):
    failing(ground, "clean_up", ServiceBusy(doing="remove", reason="SlowDown", text="busy"))
    result = run(SPEC, ground.surroundings)
    assert result.verdict is Verdict.FAILED
    assert "SlowDown" in result.cleaned.orphaned[0]


def test_the_region_loss_scenario_says_that_nothing_was_refused(ground):
    result = run(SPEC.model_copy(update={"scenario": Scenario.REGION_LOSS}), ground.surroundings)
    (check,) = [check for check in result.checks if check.id == "no-call-to-the-lost-region"]
    assert check.outcome is Outcome.PASSED


def test_a_call_to_the_lost_region_fails_the_drill_even_when_the_kind_hides_it(ground):
    class Hiding(type(ground.kind)):
        def restore(self, drill, selection):
            with contextlib.suppress(RegionDenied):
                drill.sessions.client("s3", "us-east-1").list_buckets()
            return super().restore(drill, selection)

    ground.kind = Hiding(ground.source)
    result = run(SPEC.model_copy(update={"scenario": Scenario.REGION_LOSS}), ground.surroundings)
    assert result.verdict is Verdict.FAILED
    assert result.refused_calls == ("s3 ListBuckets (us-east-1)",)


def test_more_than_the_budget_is_refused_before_anything_is_restored(ground):
    with pytest.raises(BudgetExceeded, match=r"restoring 300 bytes exceeds the budget \(--max-bytes\) of 299"):
        run(SPEC.model_copy(update={"max_bytes": 299}), ground.surroundings)
    assert ground.leftovers() == []
    assert ground.recorder.verdicts() == []
    assert run(SPEC.model_copy(update={"max_bytes": 300}), ground.surroundings).verdict is Verdict.PASSED


def test_more_than_the_disk_holds_is_refused(ground, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 299}))
    with pytest.raises(BudgetExceeded, match="free disk space of 299"):
        run(SPEC, ground.surroundings)


@pytest.mark.parametrize("inside", [True, False])
def test_a_target_inside_the_source_or_around_it_is_refused(ground, inside):
    ground.kind.source = ground.home if inside else ground.home / "scratch"
    with pytest.raises(SourceIsTarget, match="lies in, or holds, the source"):
        run(SPEC, ground.surroundings)
    assert ground.leftovers() == []


def test_a_scratch_folder_that_is_a_link_is_refused(ground, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    ground.home.mkdir()
    (ground.home / "scratch").symlink_to(elsewhere)
    with pytest.raises(TargetNotIsolated, match="a link to another place"):
        run(SPEC, ground.surroundings)
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("make", ["folder", "file", "link"])
def test_a_scratch_folder_that_exists_is_refused_and_left_alone(ground, make, tmp_path):
    folders = Folders(ground.home, "sandbox", "drill-20261122T120000Z-00000000")
    folders.scratch.parent.mkdir(parents=True)
    if make == "folder":
        folders.scratch.mkdir()
    elif make == "file":
        folders.scratch.write_text("mine")
    else:
        folders.scratch.symlink_to(tmp_path)
    with pytest.raises(TargetNotIsolated, match="it exists already"):
        make_scratch(folders)
    assert folders.scratch.exists()


def test_a_home_that_cannot_be_written_is_one_error(ground):
    ground.home.mkdir()
    (ground.home / "scratch").write_text("not a folder")
    with pytest.raises((ScratchNotUsable, TargetNotIsolated)):
        run(SPEC, ground.surroundings)


def test_a_second_drill_on_the_same_target_is_refused_with_the_first_ones_id(ground):
    seen = []

    def at(name):
        if name == "restore" and not seen:
            seen.append(name)
            with pytest.raises(DrillRunning, match=r"drill drill-\w+-\w+ is running on project"):
                run(SPEC, ground.surroundings)

    ground.kind.at = at
    assert run(SPEC, ground.surroundings).verdict is Verdict.PASSED
    assert seen
    assert ground.recorder.verdicts() == ["PASSED"]


def test_of_two_drills_that_start_at_once_exactly_one_wins_every_time(ground):
    rounds = 200
    winners = [0] * rounds
    meet = threading.Barrier(2, timeout=240)

    def try_to_claim(name):
        for number in range(rounds):
            meet.wait()
            try:
                with claimed(Folders(ground.home, "sandbox", f"drill-20261122T120000Z-{name * 8}"), "project", CLOCK):
                    winners[number] += 1
                    meet.wait()
            except DrillRunning:
                meet.wait()

    threads = [threading.Thread(target=try_to_claim, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert winners == [1] * rounds


def test_another_dataset_may_be_drilled_at_the_same_time(ground):
    folders = Folders(ground.home, "sandbox", "drill-20261122T120000Z-00000000")
    with claimed(folders, "exports", ground.clock):
        assert run(SPEC, ground.surroundings).verdict is Verdict.PASSED


def test_what_was_taken_away_between_restore_and_verify_is_inconclusive(ground):
    def at(name):
        if name == "restore":
            (scratch,) = (ground.home / "scratch").iterdir()
            (scratch / "drill.json").unlink()

    ground.kind.at = at
    result = run(SPEC, ground.surroundings)
    assert result.verdict is Verdict.FAILED  # what is left behind without a marker is named, not removed
    assert any("no longer this drill's" in reason for reason in result.reasons)
    assert result.cleaned.orphaned


def test_progress_is_told_phase_by_phase(ground):
    run(SPEC, ground.surroundings)
    assert ground.said[0] == "check that the target is safe"
    assert ground.said[-1] == "record"
