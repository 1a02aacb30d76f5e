"""A game day: its file, its order, one verdict, and going on after it was killed."""

from __future__ import annotations

import pytest
from kinds_ground import captured, failed, ready, spec_for

from holdfast.drills.engine import resume, run
from holdfast.drills.errors import DrillEnded
from holdfast.drills.game_day.errors import GameDayFileError, GameDayNeeded, GameDayNotUsed
from holdfast.drills.game_day.loading import load_game_day
from holdfast.drills.game_day.plan import GameDay, Part
from holdfast.drills.kinds import KINDS
from holdfast.drills.object_recovery import ObjectRecovery
from holdfast.drills.register import registered
from holdfast.drills.verdict import Verdict
from holdfast.environments.errors import UnreadableEnvironmentFile
from holdfast.evidence.verification import records_of

GOOD = """\
name: quarterly
rto: 1h
steps:
  - name: files
    kind: object-recovery
    dataset: project
    scenario: region_loss
    after: [setup]
  - name: setup
    kind: region-loss
    of: configuration
"""


@pytest.fixture
def applied(emulator, tmp_path):
    applied = ready(emulator, tmp_path)
    applied.push()
    captured(applied)
    return applied


def load(text, tmp_path, applied):
    path = tmp_path / "game-day.yaml"
    path.write_text(text)
    return load_game_day(path, applied.environment, KINDS)


def play(applied, plan):
    return run(spec_for(applied, "game-day", game_day=plan), applied.surroundings)


@pytest.mark.sandbox
def test_several_drills_in_their_order_with_one_verdict_and_a_record_each(applied, tmp_path):
    result = play(applied, load(GOOD, tmp_path, applied))
    assert (result.verdict, failed(result)) == (Verdict.PASSED, set())
    assert [check.id for check in result.checks[:2]] == ["setup", "files"]
    assert result.rto.met
    assert result.rto.seconds > 0
    found = records_of(applied.home, applied.environment.environment, clock=applied.surroundings.clock)
    assert found.findings == ()
    assert [record.entry.identity.name for _, record in found.records] == ["region-loss", "object-recovery", "game-day"]
    assert found.records[-1][1].entry.rto.met is True
    assert list((applied.home / "scratch").iterdir()) == []


@pytest.mark.sandbox
def test_what_depends_on_a_failure_is_not_run(applied, tmp_path, monkeypatch):
    from holdfast.drills.configuration.kind import ConfigurationRestore
    from holdfast.drills.errors import SetOutsideScope

    def fail(*_):
        raise SetOutsideScope(set_id="x", scope="y", problem="z")

    monkeypatch.setattr(ConfigurationRestore, "verify", fail)
    result = play(applied, load(GOOD, tmp_path, applied))
    assert result.verdict is Verdict.FAILED
    assert failed(result) == {"setup"}
    check = next(check for check in result.checks if check.id == "files")
    assert (check.outcome, check.observed, check.reason) == ("skipped", "NOT RUN", "setup did not pass")


@pytest.mark.sandbox
def test_an_inconclusive_step_leaves_the_day_inconclusive(applied, tmp_path):
    result = play(applied, load(GOOD.replace("dataset: project", "dataset: exports"), tmp_path, applied))
    assert result.verdict is Verdict.INCONCLUSIVE


@pytest.mark.sandbox
def test_too_slow_together_is_a_missed_objective(applied, tmp_path):
    result = play(applied, load(GOOD.replace("rto: 1h", "rto: 1s"), tmp_path, applied))
    assert failed(result) == {"recovery-time"}


@pytest.mark.sandbox
@pytest.mark.parametrize("step", ["restore", "verify"])
def test_killed_inside_a_step_it_goes_on_with_that_drill_and_repeats_none(applied, tmp_path, monkeypatch, step):
    class Killed(BaseException):
        pass

    from holdfast.drills import execution

    def die(*_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(ObjectRecovery, step, die) if step == "restore" else patched.setattr(
            "holdfast.drills.object_recovery.compare_tree", _after_one(die)
        )
        patched.setattr(execution.Execution, "_break_off", lambda *_: None)
        with pytest.raises(Killed):
            play(applied, load(GOOD, tmp_path, applied))
    there = registered(applied.home, applied.environment.environment, applied.surroundings.clock)
    day = next(each for each in there if each.state.spec.kind == "game-day")
    assert day.resumable
    result = resume(day.drill_id, applied.surroundings)
    assert (result.verdict, result.resumed) == (Verdict.PASSED, True)
    again = registered(applied.home, applied.environment.environment, applied.surroundings.clock)
    assert len(again) == len(there) if step == "verify" else len(again) <= 3
    assert all(each.state.ended == "PASSED" for each in again)
    with pytest.raises(DrillEnded):
        resume(day.drill_id, applied.surroundings)


def _after_one(die):
    from holdfast.drills.restored_tree import compare_tree

    calls = []

    def compare(*arguments, **options):
        calls.append(1)
        return compare_tree(*arguments, **options) if len(calls) == 1 else die()

    return compare


WRONG = {
    "no such kind": (GOOD.replace("kind: region-loss", "kind: regionloss"), 10, "did you mean region-loss"),
    "a game day in a game day": (
        GOOD.replace("kind: object-recovery", "kind: game-day"),
        5,
        "no such kind can be a step",
    ),
    "no such dataset": (GOOD.replace("dataset: project", "dataset: projects"), 6, "'projects'"),
    "no such scenario": (GOOD.replace("region_loss", "regionloss"), 7, "regionloss"),
    "a scenario the kind has not": (GOOD.replace("region_loss", "account_loss"), 7, "does not simulate"),
    "no such step": (GOOD.replace("[setup]", "[set-up]"), 8, "set-up"),
    "itself": (GOOD.replace("[setup]", "[files]"), 8, "no such other step"),
    "a circle": (f"{GOOD}    after: [files]\n", 8, "depend on each other"),
    "the same name twice": (GOOD.replace("name: setup", "name: files").replace("[setup]", "[]"), 4, "two steps"),
    "a kind that wraps nothing": (GOOD.replace("of: configuration", "of: replication"), 11, "cannot wrap replication"),
    "no steps": ("name: x\nsteps: []\n", 2, "steps"),
    "an unknown word": (GOOD.replace("rto: 1h", "rta: 1h"), 2, "rta"),
    "a bad duration": (GOOD.replace("rto: 1h", "rto: soon"), 2, "rto"),
    "a dataset for a kind without one": (
        f"{GOOD}  - name: locks\n    kind: access-control\n    dataset: project\n",
        14,
        "takes no --dataset",
    ),
}


@pytest.mark.sandbox
@pytest.mark.parametrize(("text", "line", "said"), WRONG.values(), ids=WRONG)
def test_every_mistake_names_file_and_line(applied_once, tmp_path, text, line, said):
    with pytest.raises(GameDayFileError) as caught:
        load(text, tmp_path, applied_once)
    assert said in caught.value.message
    assert caught.value.source.line == line, caught.value.message
    assert caught.value.hint


@pytest.mark.sandbox
@pytest.mark.parametrize("text", ["", "- a\n", "name: [", "name: !!python/object:x {}\n"])
def test_a_file_that_is_no_game_day_is_one_error(applied_once, tmp_path, text):
    with pytest.raises(UnreadableEnvironmentFile):
        load(text, tmp_path, applied_once)


@pytest.fixture(scope="module")
def applied_once(tmp_path_factory):
    """Loading asks nobody: an environment that is nowhere applied will do."""
    from applied_ground import make_environment
    from kinds_ground import DATASETS

    class Declared:
        environment = make_environment(datasets=DATASETS)

    return Declared()


def test_order_follows_dependencies_and_else_the_file():
    parts = [Part(name=name, kind="x", after=after) for name, after in (("c", ("a",)), ("b", ()), ("a", ()))]
    assert [each.name for each in GameDay(name="day", steps=tuple(parts)).in_order()] == ["b", "a", "c"]


@pytest.mark.sandbox
def test_a_game_day_without_a_file_and_a_file_for_another_kind_are_refused(applied):
    with pytest.raises(GameDayNeeded):
        run(spec_for(applied, "game-day"), applied.surroundings)
    plan = GameDay(name="day", steps=(Part(name="a", kind="immutability"),))
    with pytest.raises(GameDayNotUsed):
        run(spec_for(applied, "object-recovery", dataset="project", game_day=plan), applied.surroundings)
