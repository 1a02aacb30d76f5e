"""Planned, approved by somebody else, run, verified, recorded: against S3, KMS, IAM and STS that enforce."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from applied_ground import PRIMARY, RECOVERY, Applied, make_environment
from restore_ground import RestoreGround, tree

from holdfast.aws.errors import ServiceUnreachable
from holdfast.clock import SystemClock
from holdfast.errors import StorageError, Terminated
from holdfast.evidence.kms_signer import KmsSigner
from holdfast.evidence.verification import verify
from holdfast.locking import AnotherCommandRuns
from holdfast.restore.errors import (
    GoesOnAnotherWay,
    IdempotencyKeyReused,
    NotEnoughSpace,
    NothingToRestore,
    PlanForAnother,
    TargetChanged,
    WouldOverwrite,
)
from holdfast.restore.folders import RestoreFolders
from holdfast.restore.refusals import ApprovalAlreadyUsed, ApprovalMissing
from holdfast.restore.state import Step, read_state, states

pytestmark = pytest.mark.sandbox
_UNREACHABLE = ServiceUnreachable(doing="restore", endpoint="s3", text="no answer")


def records(ground):
    """What the evidence says, all of which must verify."""
    verification = verify(ground.home / "evidence" / ground.name, clock=SystemClock())
    assert verification.findings == ()
    return [record.entry for _, record in verification.records]


def test_what_was_backed_up_comes_back_and_is_recorded(ground):
    ground.applied.push()
    plan = ground.plan(reason="INC-1")
    assert (plan.changes.create.files, plan.changes.overwrite.files, plan.changes.left) == (3, 0, 0)
    state = ground.run(plan, ground.approve(plan))
    assert (state.verdict, state.step) == ("PASSED", Step.ENDED)
    assert tree(ground.folder / "restored") == tree(ground.applied.source)
    (entry,) = records(ground)
    assert (entry.identity.kind, entry.identity.record_id) == ("restore", state.restore_id)
    assert (entry.result.verdict, entry.people.operator) == ("PASSED", ground.arn("runner"))
    assert entry.people.approver == ground.arn("approver")
    assert state.document()["evidence"]["location"].startswith("s3://")
    outcomes = {check.id: check.outcome for check in entry.checks}
    assert outcomes["second-approval"] == "PASSED"
    assert outcomes["second-factor"] == "PASSED"
    assert [p.name for p in ground.folder.iterdir() if p.name.startswith(".restored")] == []


def test_the_same_command_again_does_nothing_and_says_the_same(ground):
    ground.applied.push()
    plan = ground.plan()
    approval = ground.approve(plan)
    first = ground.run(plan, approval)
    (ground.folder / "restored" / "notes.txt").write_text("work that went on")
    again = ground.run(plan, approval)
    assert again.document() == first.document()
    assert (ground.folder / "restored" / "notes.txt").read_text() == "work that went on"
    assert len(records(ground)) == 1


def test_an_idempotency_key_stands_for_one_plan(ground):
    ground.applied.push()
    one, other = ground.plan(), ground.plan(ground.folder / "elsewhere")
    ground.run(one, ground.approve(one), key="ticket-1")
    with pytest.raises(IdempotencyKeyReused):
        ground.run(other, ground.approve(other), key="ticket-1")
    assert not (ground.folder / "elsewhere").exists()


def test_it_restores_into_a_bucket_below_the_prefix_and_reads_it_back(ground):
    ground.applied.push()
    s3, bucket = ground.applied.s3(), f"quarantine-{ground.name}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="incident/other.txt", Body=b"mine")
    state = ground.restore(f"s3://{bucket}/incident", region=PRIMARY)
    assert state.verdict == "PASSED", state.done
    keys = {each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]}
    assert keys == {"incident/other.txt", *(f"incident/{name}" for name in tree(ground.applied.source))}
    assert s3.get_object(Bucket=bucket, Key="incident/data/b.bin")["Body"].read() == b"b" * 1000


def test_a_target_with_other_content_needs_leave_to_overwrite(ground):
    ground.applied.push()
    target = ground.folder / "restored"
    (target / "data").mkdir(parents=True)
    (target / "notes.txt").write_text("newer")
    (target / "mine.txt").write_text("not in any set")
    (target / "data" / "b.bin").write_bytes(b"b" * 1000)
    with pytest.raises(WouldOverwrite, match=r"notes\.txt"):
        ground.plan()
    plan = ground.plan(overwrite=True)
    changes = plan.changes
    assert (changes.create.files, changes.overwrite.files, changes.same.files, changes.left) == (1, 1, 1, 1)
    assert ground.run(plan, ground.approve(plan)).verdict == "PASSED"
    assert tree(target) == tree(ground.applied.source) | {"mine.txt": b"not in any set"}


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_target_that_changed_after_the_approval_is_refused(ground, overwrite):
    ground.applied.push()
    plan = ground.plan(overwrite=overwrite)
    approval = ground.approve(plan)
    (ground.folder / "restored").mkdir()
    (ground.folder / "restored" / "notes.txt").write_text("appeared meanwhile")
    with pytest.raises(TargetChanged):
        ground.run(plan, approval)
    assert tree(ground.folder / "restored") == {"notes.txt": b"appeared meanwhile"}
    assert states(ground.home, ground.name) == []


def test_as_many_and_as_large_are_not_the_same_files(ground):
    """Approved was that a.txt is replaced; by now b.txt is what would be."""
    ground.applied.write("a.txt", b"1111")
    ground.applied.write("b.txt", b"2222")
    ground.applied.push()
    target = ground.folder / "restored"
    target.mkdir()
    (target / "a.txt").write_bytes(b"mine")
    (target / "b.txt").write_bytes(b"2222")
    plan = ground.plan(overwrite=True)
    approval = ground.approve(plan)
    (target / "a.txt").write_bytes(b"1111")
    (target / "b.txt").write_bytes(b"mine")
    with pytest.raises(TargetChanged, match="other files"):
        ground.run(plan, approval)
    assert (target / "b.txt").read_bytes() == b"mine"


def test_a_plan_that_leaves_out_everything_is_none(ground):
    ground.applied.push()
    with pytest.raises(NothingToRestore, match="leaves out every file"):
        ground.plan(without=("*",))


def test_what_is_replaced_is_named_before_what_is_new(ground):
    for number in range(110):
        ground.applied.write(f"new-{number:03}.txt", b"new")
    ground.applied.write("z.txt", b"theirs")
    ground.applied.push()
    (ground.folder / "restored").mkdir()
    (ground.folder / "restored" / "z.txt").write_bytes(b"mine")
    changes = ground.plan(overwrite=True).changes
    assert [(each.change, each.path) for each in changes.shown][:1] == [("overwrite", "z.txt")]
    assert len(changes.shown) + changes.not_shown == changes.create.files + 1


def test_a_name_taken_at_the_last_moment_is_not_replaced(ground, monkeypatch):
    ground.applied.push()
    plan = ground.plan()
    from holdfast.restore import running

    real = running.place

    def taken(staged, target, names, *, overwrite):
        target.mkdir()
        (target / "notes.txt").write_text("mine")
        return real(staged, target, names, overwrite=overwrite)

    monkeypatch.setattr(running, "place", taken)
    state = ground.run(plan, ground.approve(plan))
    assert state.verdict == "FAILED"
    assert "notes.txt has changed since the plan was made" in state.document()["reasons"][0]
    assert (ground.folder / "restored" / "notes.txt").read_text() == "mine"
    assert [entry.result.verdict for entry in records(ground)] == ["FAILED"]


def test_a_folder_exchanged_for_a_link_at_the_last_moment_leads_nowhere(ground, monkeypatch):
    ground.applied.push()
    plan, outside = ground.plan(), ground.folder / "outside"
    outside.mkdir()
    from holdfast.restore import running

    real = running.place

    def exchanged(staged, target, names, *, overwrite):
        target.mkdir()
        (target / "data").symlink_to(outside)
        return real(staged, target, names, overwrite=overwrite)

    monkeypatch.setattr(running, "place", exchanged)
    assert ground.run(plan, ground.approve(plan)).verdict == "FAILED"
    assert list(outside.iterdir()) == []


def flip(place):
    path = place / "data" / "b.bin"
    path.write_bytes(b"c" + path.read_bytes()[1:])


def swap(place):
    one, other = place / "data" / "b.bin", place / "notes.txt"
    one_holds, other_holds = one.read_bytes(), other.read_bytes()
    one.write_bytes(other_holds)
    other.write_bytes(one_holds)


DAMAGE = {
    "a flipped bit": flip,
    "a missing file": lambda place: (place / "notes.txt").unlink(),
    "an extra file": lambda place: (place / "extra").write_text("x"),
    "a truncated file": lambda place: (place / "data" / "b.bin").write_bytes(b"b" * 999),
    "two files exchanged": swap,
    "a link for a file": lambda place: ((place / "notes.txt").unlink(), (place / "notes.txt").symlink_to("data/b.bin")),
    "an empty file": lambda place: (place / "data" / "a.bin").write_bytes(b""),
    "a missing folder": lambda place: [each.unlink() for each in (place / "data").iterdir()],
    "nothing at all": lambda place: [each.unlink() for each in place.rglob("*") if each.is_file()],
}


@pytest.fixture(scope="module")
def shared(emulator, tmp_path_factory):
    """One environment with a pushed dataset, for restores that come to nothing."""
    ground = RestoreGround(Applied(make_environment(), emulator, tmp_path_factory.mktemp("shared")).apply())
    ground.applied.push()
    return ground


@pytest.mark.parametrize("damage", DAMAGE)
def test_every_damage_keeps_everything_back_and_is_recorded_as_failed(shared, monkeypatch, damage):
    from holdfast.restore import staging

    real, target = staging.fetch_many, shared.folder / damage

    def damaged(entries, place, **options):
        fetched = real(entries, place, **options)
        DAMAGE[damage](place)
        return fetched

    monkeypatch.setattr(staging, "fetch_many", damaged)
    plan = shared.plan(target)
    state = shared.run(plan, shared.approve(plan))
    assert state.verdict == "FAILED"
    assert not target.exists()
    entry = next(each for each in records(shared) if each.identity.record_id == state.restore_id)
    assert (entry.result.verdict, entry.identity.kind) == ("FAILED", "restore")
    assert any(check.outcome == "FAILED" for check in entry.checks)


def test_an_environment_declared_anew_needs_a_new_plan(ground):
    ground.applied.push()
    plan = ground.plan()
    approval = ground.approve(plan)
    ground.environment = ground.applied.environment.model_copy(update={"description": "changed"})
    with pytest.raises(PlanForAnother):
        ground.run(plan, approval)


def test_a_disk_too_small_is_said_before_anything_is_fetched(ground, monkeypatch):
    ground.applied.push()
    plan = ground.plan()
    from holdfast.restore import running

    monkeypatch.setattr(running.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 10})())
    with pytest.raises(NotEnoughSpace):
        ground.run(plan, ground.approve(plan))
    monkeypatch.undo()
    assert ground.run(plan, ground.approve(plan)).verdict == "PASSED"


def test_a_journal_somebody_changed_is_one_error_and_no_fresh_start(ground):
    ground.applied.push()
    plan = ground.plan()
    approval = ground.approve(plan)
    state = ground.run(plan, approval)
    folders = RestoreFolders(ground.home, ground.name, state.restore_id, plan.target)
    text = folders.journal.read_text().replace("PASSED", "FAILED")
    folders.journal.write_text(text)
    with pytest.raises(StorageError, match="cannot be trusted"):
        ground.run(plan, approval)
    with pytest.raises(StorageError, match="cannot be trusted"):
        read_state(ground.home, ground.name, state.restore_id)


def test_the_audit_log_says_who_restored_what_to_where(ground):
    ground.applied.push()
    ground.restore()
    surroundings = ground.surroundings()
    begin, end = surroundings.trail.entries(environment=ground.name)
    assert (begin["phase"], end["phase"], end["outcome"]) == ("begin", "end", "PASSED")
    assert begin["principal"] == ground.arn("runner")
    assert begin["target"] == str(ground.folder / "restored")
    assert json.dumps(begin)


def test_the_recovery_region_is_enough_when_the_primary_one_is_lost(ground):
    ground.applied.push()
    plan = ground.plan(region=RECOVERY)
    approval = ground.approve(plan)
    surroundings = ground.surroundings()
    lost = frozenset({PRIMARY})
    guarded = surroundings.sessions.guarded(regions=lost, buckets=frozenset({ground.applied.bucket(PRIMARY)}))
    from dataclasses import replace

    from holdfast.restore.admission import Asked
    from holdfast.restore.running import run

    asked = Asked(plan=plan, approval=approval, factor=ground.factor())
    state = run(asked, replace(surroundings, sessions=guarded))
    assert state.verdict == "PASSED"
    assert guarded.guard.refused == ()


@pytest.mark.parametrize("where", ["fetch_many", "write_list", "place", "check_directory"])
@pytest.mark.parametrize("what", [KeyboardInterrupt, Terminated(during="the command"), _UNREACHABLE])
def test_interrupted_or_cut_off_anywhere_the_same_command_goes_on(shared, monkeypatch, where, what):
    from holdfast.restore import running, staging

    module = staging if hasattr(staging, where) else running
    plan = shared.plan(shared.folder / f"{where}-{getattr(what, '__name__', type(what).__name__)}")
    approval = shared.approve(plan)

    def cut_off(*_, **__):
        raise what

    with monkeypatch.context() as patch:
        patch.setattr(module, where, cut_off)
        with pytest.raises((KeyboardInterrupt, Terminated, ServiceUnreachable)):
            shared.run(plan, approval)
    (begun,) = [each for each in states(shared.home, shared.name) if each.begun["plan_sha256"] == plan.digest]
    assert begun.verdict is None
    state = shared.run(plan, approval)
    assert (state.verdict, state.document()["resumed"]) == ("PASSED", True)
    assert tree(Path(plan.target.path)) == tree(shared.applied.source)
    assert len([each for each in records(shared) if each.identity.record_id == state.restore_id]) == 1


def test_one_restore_at_a_time_to_one_target(shared, monkeypatch):
    from holdfast.restore import staging

    plan = shared.plan(shared.folder / "busy")
    other = shared.plan(shared.folder / "busy")
    real, met = staging.fetch_many, []

    def meanwhile(*arguments, **options):
        with pytest.raises(AnotherCommandRuns):
            shared.run(other, shared.approve(other))
        met.append(True)
        return real(*arguments, **options)

    monkeypatch.setattr(staging, "fetch_many", meanwhile)
    assert shared.run(plan, shared.approve(plan)).verdict == "PASSED"
    assert met == [True]


def test_an_approval_is_for_one_restore(shared):
    plan = shared.plan(shared.folder / "once")
    approval = shared.approve(plan)
    assert shared.run(plan, approval).verdict == "PASSED"
    with pytest.raises(ApprovalAlreadyUsed):
        shared.run(plan, approval, key="a second time")


def test_an_approver_may_sign_with_kms(shared):
    kms = shared.applied.sessions.client("kms", RECOVERY)
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    plan = shared.plan(shared.folder / "kms")
    approval = shared.approve(plan, signer=KmsSigner(kms, key))
    assert shared.run(plan, approval).verdict == "PASSED"


def test_what_was_begun_with_an_approval_does_not_go_on_without_one(shared, monkeypatch):
    from holdfast.restore import staging

    plan = shared.plan(shared.folder / "another-way")
    approval = shared.approve(plan)

    def cut_off(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(staging, "fetch_many", cut_off)
        with pytest.raises(KeyboardInterrupt):
            shared.run(plan, approval)
    with pytest.raises(GoesOnAnotherWay):
        shared.run(plan, break_glass="INC-7, nobody answers")
    with pytest.raises(ApprovalMissing):
        shared.run(plan)
    later = shared.approve(plan)
    assert later != approval
    state = shared.run(plan, later)
    assert state.verdict == "PASSED"
    assert state.begun["approval_sha256"] == hashlib.sha256(later).hexdigest(), "the newer approval is what counts"
