from __future__ import annotations

import json
from datetime import timedelta

import pytest

from holdfast.aws.errors import ServiceBusy
from holdfast.drills.engine import resume, run
from holdfast.drills.errors import DrillEnded, DrillRunning, JournalError, NoSuchDrill, ResumeDiffers
from holdfast.drills.folders import Folders, make_scratch
from holdfast.drills.interface import Cleaned
from holdfast.drills.journal import read_entries
from holdfast.drills.live import held
from holdfast.drills.register import registered
from holdfast.drills.spec import DrillSpec
from holdfast.drills.sweep import sweep

SPEC = DrillSpec(environment="sandbox", kind="directory", dataset="project")
OTHER = "drill-20261122T110000Z-00000000"


@pytest.fixture
def dead(ground):
    """A drill whose process died while it verified: its journal and its scratch folder are there."""

    class Died(BaseException):
        """Nobody catches it, and the journal is cut to what a killed process leaves."""

    journal = []

    def at(name):
        if name == "verify":
            (found,) = registered(ground.home, "sandbox", ground.clock)
            journal.append((found.folders, found.folders.journal.read_bytes()))
            raise Died

    ground.kind.at = at
    with pytest.raises(Died):
        run(SPEC, ground.surroundings)
    ground.kind.at = lambda _: None
    folders, content = journal[0]
    folders.journal.write_bytes(content)
    for path in ground.recorder.folder.iterdir():
        path.unlink()
    make_scratch(folders)
    for path in ground.source.iterdir():
        (folders.target / path.name).write_bytes(path.read_bytes())
    return folders


def test_a_sweep_removes_what_a_dead_drill_left_and_ends_it(ground, dead):
    swept = sweep(ground.surroundings)
    assert swept.ended == (dead.drill_id,)
    assert swept.cleaned.removed == (str(dead.scratch),)
    assert not dead.scratch.exists()
    assert ground.recorder.verdicts() == []
    with pytest.raises(DrillEnded, match=r"is over \(swept\)"):
        resume(dead.drill_id, ground.surroundings)


def test_a_second_sweep_changes_nothing(ground, dead):
    sweep(ground.surroundings)
    before = dead.journal.read_bytes()
    again = sweep(ground.surroundings)
    assert (again.ended, again.cleaned) == ((), Cleaned())
    assert dead.journal.read_bytes() == before


def test_a_living_drill_is_neither_swept_nor_resumed(ground, dead):
    with held(dead, ground.clock):
        swept = sweep(ground.surroundings)
        assert (swept.ended, swept.cleaned.removed) == ((), ())
        with pytest.raises(DrillRunning):
            resume(dead.drill_id, ground.surroundings)
    assert dead.scratch.exists()


def test_a_sweep_leaves_what_no_drill_made_and_names_it(ground, dead, tmp_path):
    scratch = dead.scratch.parent
    (scratch / "mine").mkdir()
    (scratch / OTHER).mkdir()
    (scratch / OTHER / "precious").write_text("keep")
    (scratch / f"{OTHER[:-1]}1").symlink_to(tmp_path)
    swept = sweep(ground.surroundings)
    assert {each.resource.rpartition("/")[2] for each in swept.cleaned.left} == {"mine", OTHER, f"{OTHER[:-1]}1"}
    assert sorted(path.name for path in scratch.iterdir()) == [OTHER, f"{OTHER[:-1]}1", "mine"]
    assert ground.source.exists()


def test_a_marker_in_a_folder_of_another_name_is_no_permission(ground, dead):
    (dead.scratch.parent / OTHER).mkdir()
    (dead.scratch.parent / OTHER / "drill.json").write_text((dead.scratch / "drill.json").read_text())
    sweep(ground.surroundings)
    assert (dead.scratch.parent / OTHER).exists()


def test_a_scratch_folder_whose_files_are_gone_when_they_are_removed_is_not_said_to_be_removed(
    ground, dead, monkeypatch
):
    def gone(path):
        raise FileNotFoundError(2, "No such file or directory", str(path))

    monkeypatch.setattr("holdfast.drills.folders.remove_tree", gone)

    swept = sweep(ground.surroundings)

    assert dead.scratch.exists()
    assert str(dead.scratch) not in swept.cleaned.removed
    assert any(str(dead.scratch) in each for each in swept.cleaned.orphaned)


def test_another_environments_scratch_folder_is_not_this_ones_to_sweep(ground):
    theirs = Folders(ground.home, "prod", OTHER)
    make_scratch(theirs)
    swept = sweep(ground.surroundings)
    assert swept.cleaned == Cleaned()
    assert theirs.scratch.exists()


def test_a_scratch_folder_whose_journal_was_deleted_is_swept_by_its_marker(ground, dead):
    dead.journal.unlink()
    swept = sweep(ground.surroundings)
    assert swept.cleaned.removed == (str(dead.scratch),)


def test_a_journal_that_was_changed_is_set_aside_and_its_scratch_folder_swept(ground, dead):
    dead.journal.write_bytes(dead.journal.read_bytes().replace(b"project", b"exports"))
    with pytest.raises(JournalError, match="changed"):
        resume(dead.drill_id, ground.surroundings)
    swept = sweep(ground.surroundings)
    assert "changed" in swept.cleaned.left[0].because
    assert swept.cleaned.removed == (str(dead.scratch),)
    assert (dead.drill / "journal.unreadable").exists()
    assert sweep(ground.surroundings).cleaned == Cleaned()


def test_cut_at_any_line_a_journal_resumes_or_is_one_error_and_never_a_second_drill(ground, dead):
    whole, restored = dead.journal.read_bytes(), dict(ground.kind._files())
    ends = [number for number, byte in enumerate(whole, start=1) if byte == ord("\n")]
    for length in sorted({0, *ends, *(end - 1 for end in ends), *(end - 40 for end in ends)}):
        dead.journal.write_bytes(whole[:length])
        if not dead.scratch.exists():
            make_scratch(dead)
            for name, content in restored.items():
                (dead.target / name).write_bytes(content)
        try:
            result = resume(dead.drill_id, ground.surroundings)
        except JournalError:
            assert length <= whole.index(b"\n")
            continue
        assert result.drill_id == dead.drill_id
        assert result.verdict.value == "PASSED"
        assert len(registered(ground.home, "sandbox", ground.clock)) == 1
        for path in ground.recorder.folder.iterdir():
            path.unlink()


def test_a_resumed_drill_counts_the_interruption_and_says_so(ground, dead):
    ground.clock.advance(timedelta(minutes=30))
    result = resume(dead.drill_id, ground.surroundings)
    assert result.resumed
    assert result.rto.seconds == 1800
    document = result.document()
    assert document["rto"]["resumed"] is True
    assert any("includes the interruption" in reason for reason in result.reasons)
    assert next(row for row in document["timeline"] if row["phase"] == "verify")["clock"] == "wall"


def test_a_resumed_drill_whose_clock_ran_back_is_inconclusive(ground, dead):
    ground.clock.jump(-timedelta(minutes=30))
    result = resume(dead.drill_id, ground.surroundings)
    assert result.verdict.value == "INCONCLUSIVE"
    assert any("ran back by 1800 s" in reason for reason in result.reasons)


def test_a_resumed_drill_takes_the_same_sample(ground):
    sampled = SPEC.model_copy(update={"sample": 2, "seed": 5})
    first = run(sampled, ground.surroundings)
    entries = read_entries(Folders(ground.home, "sandbox", first.drill_id).journal)
    copied = [
        each.data["announced"]["name"]
        for each in entries
        if each.data.get("step") == "copy" and "announced" in each.data
    ]
    second = run(sampled, ground.surroundings)
    entries = read_entries(Folders(ground.home, "sandbox", second.drill_id).journal)
    assert copied == [
        each.data["announced"]["name"]
        for each in entries
        if each.data.get("step") == "copy" and "announced" in each.data
    ]


def test_resuming_what_is_not_there_names_what_is(ground, dead):
    with pytest.raises(NoSuchDrill, match=dead.drill_id):
        resume(OTHER, ground.surroundings)


@pytest.mark.parametrize("name", ["../../etc", "", ".", "targets"])
def test_resuming_a_path_is_no_such_drill(ground, dead, name):
    with pytest.raises(NoSuchDrill):
        resume(name, ground.surroundings)


def test_resuming_as_another_kind_is_refused(ground, dead):
    with pytest.raises(ResumeDiffers, match="declared with kind 'directory', not 'immutability'"):
        resume(dead.drill_id, ground.surroundings, kind="immutability")
    assert registered(ground.home, "sandbox", ground.clock)[0].resumable


def test_what_cannot_be_removed_stays_unfinished_until_it_is(ground, dead):
    def at(name):
        if name == "clean_up":
            raise ServiceBusy(doing="remove", reason="SlowDown", text="busy")

    ground.kind.at = at
    swept = sweep(ground.surroundings)
    assert swept.ended == ()
    assert "SlowDown" in swept.cleaned.orphaned[0]
    assert registered(ground.home, "sandbox", ground.clock)[0].unfinished
    ground.kind.at = lambda _: None
    assert sweep(ground.surroundings).ended == (dead.drill_id,)


def test_a_drill_of_a_sandbox_that_is_gone_cannot_be_resumed_and_is_swept_here(ground, dead, monkeypatch):
    def at(name):
        if name == "clean_up":
            raise AssertionError("there is nothing of it in this sandbox")

    ground.kind.at = at
    ground.run = "another run"
    with pytest.raises(ResumeDiffers, match="sandbox run"):
        resume(dead.drill_id, ground.surroundings)
    assert sweep(ground.surroundings).ended == (dead.drill_id,)
    assert not dead.scratch.exists()


def test_a_sweep_is_one_json_document(ground, dead):
    document = json.loads(json.dumps(sweep(ground.surroundings).document()))
    assert set(document) == {"ended", "created", "removed", "left", "orphaned"}
