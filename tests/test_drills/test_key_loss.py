"""The primary key is lost: KMS refuses it, the recovery copy is read under its own, and what is not is a failure."""

from __future__ import annotations

from datetime import timedelta

import pytest
from applied_ground import PRIMARY, RECOVERY
from call_faults import meeting, refused
from kinds_ground import WEAK, failed, ready, spec_for

from holdfast.aws.errors import AccessRefused, KeyLost
from holdfast.clock import SystemClock
from holdfast.drills.engine import resume, run
from holdfast.drills.key_loss.kind import KeyLoss
from holdfast.drills.lost_key import backup_key, primary_key_names
from holdfast.drills.sweep import sweep
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Scenario

pytestmark = pytest.mark.sandbox


@pytest.fixture
def applied(emulator, tmp_path):
    applied = ready(emulator, tmp_path)
    applied.push()
    return applied


@pytest.fixture
def weak(emulator, tmp_path):
    """Under a GOVERNANCE lock, so that a test can put other objects in place."""
    applied = ready(emulator, tmp_path, lock=WEAK)
    applied.push()
    return applied


def drill(applied, **more):
    return run(spec_for(applied, "key-loss", dataset="project", **more), applied.surroundings)


def state(applied, region=PRIMARY):
    return backup_key(applied.sessions, region).state


def rewrite_under(applied, key_region, region=RECOVERY):
    """Write every chunk of a Region's copy again, under the key of some Region."""
    arn = applied.names.alias_arn(applied.names.key_alias, account="000000000000", region=key_region)
    for version in applied.versions("objects/", region):
        body = applied.s3(region).get_object(Bucket=applied.bucket(region), Key=version["Key"])["Body"].read()
        applied.s3(region).put_object(
            Bucket=applied.bucket(region),
            Key=version["Key"],
            Body=body,
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=arn,
            ObjectLockMode="GOVERNANCE",
            ObjectLockRetainUntilDate=SystemClock().now() + timedelta(days=3),
        )


def test_the_recovery_copy_is_read_while_kms_refuses_the_lost_key(applied):
    result = drill(applied)
    assert (result.verdict, failed(result)) == (Verdict.PASSED, set())
    probes = {probe.id: (probe.refused_by, probe.error_code) for probe in result.probes}
    assert probes == {
        f"{PRIMARY}-lost-key-decrypts-nothing": ("KMS", "DisabledException"),
        f"{RECOVERY}-other-region-does-not-open-it": ("KMS", "InvalidCiphertextException"),
    }
    assert result.selection.point.region == RECOVERY
    assert state(applied) == "Enabled", "and it is given back"


def test_an_object_in_the_recovery_region_under_the_lost_key_is_a_failure(weak):
    rewrite_under(weak, PRIMARY)
    result = drill(weak)
    assert result.verdict is Verdict.FAILED
    assert any("taken for lost" in issue for issue in result.issues)
    assert state(weak) == "Enabled"


def test_any_restore_under_the_scenario_holds_back_what_takes_the_lost_key(weak):
    rewrite_under(weak, PRIMARY)
    result = run(spec_for(weak, "object-recovery", dataset="project", scenario=Scenario.KEY_LOSS), weak.surroundings)
    assert result.verdict is Verdict.FAILED
    assert "nothing-read-under-the-lost-key" in failed(result)


def test_an_object_of_the_primary_copy_under_another_key_is_named(weak):
    rewrite_under(weak, RECOVERY, region=PRIMARY)
    result = drill(weak)
    assert failed(result) == {f"{PRIMARY}-objects-under-own-key"}


def test_a_set_that_has_one_copy_only_is_lost_with_the_key(weak):
    weak.write("more.txt", b"a second set")
    second = weak.push()
    for version in weak.versions(f"sets/project/_/{second.set_id}/commit.json", RECOVERY):
        weak.s3(RECOVERY).delete_object(
            Bucket=weak.bucket(RECOVERY),
            Key=version["Key"],
            VersionId=version["VersionId"],
            BypassGovernanceRetention=True,
        )
    result = drill(weak)
    assert result.verdict is Verdict.FAILED
    assert failed(result) == {"every-set-has-a-copy-under-the-other-key"}
    assert second.set_id in result.issues[0]


def test_a_key_that_cannot_be_enabled_again_is_left_behind_and_fails_the_drill(applied, monkeypatch):
    real = KeyLoss.restore

    def refuse(*_):
        raise AccessRefused(doing="look at the key", operation="DescribeKey", text="no")

    def restore(self, drill, selection):
        restored = real(self, drill, selection)
        monkeypatch.setattr("holdfast.drills.key_loss.disabling.backup_key", refuse)
        return restored

    monkeypatch.setattr(KeyLoss, "restore", restore)
    result = drill(applied)
    assert result.verdict is Verdict.FAILED
    assert "cleaned-up" in failed(result)


def test_killed_with_the_key_disabled_it_is_resumed_or_swept_and_the_key_is_enabled(applied, monkeypatch):
    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    from holdfast.drills import execution

    for way in ("resume", "sweep"):
        with monkeypatch.context() as patched:
            patched.setattr(KeyLoss, "verify", die)
            patched.setattr(execution.Execution, "_break_off", lambda *_: None)
            with pytest.raises(Killed):
                drill(applied)
        assert state(applied) == "Disabled"
        (drill_id,) = [
            each.name
            for each in (applied.home / applied.environment.environment / "drills").glob("drill-*")
            if not ended(each)
        ]
        if way == "resume":
            result = resume(drill_id, applied.surroundings)
            assert (result.verdict, result.resumed) == (Verdict.PASSED, True)
        else:
            assert sweep(applied.surroundings).ended == (drill_id,)
        assert state(applied) == "Enabled"


def ended(folder):
    return '"event":"ended"' in (folder / "journal.jsonl").read_text()


def test_the_guard_holds_back_what_took_the_key_and_nothing_else(applied):
    guarded = applied.sessions.guarded(keys=primary_key_names(applied.sessions))
    key = applied.versions("objects/")[0]["Key"]
    with pytest.raises(KeyLost, match="taken for lost"):
        guarded.client("s3", PRIMARY).get_object(Bucket=applied.bucket(), Key=key)
    assert guarded.client("s3", PRIMARY).head_object(Bucket=applied.bucket(), Key=key)
    assert guarded.client("s3", RECOVERY).get_object(Bucket=applied.bucket(RECOVERY), Key=key)
    assert [(each.service, each.operation) for each in guarded.guard.refused] == [("s3", "GetObject")]


def test_a_key_the_drill_could_not_enable_is_enabled_by_the_next_sweep_once(applied):
    unheard = refused(400, "ExpiredToken")
    with meeting(lambda name, _: unheard if name == "kms:EnableKey" else None):
        result = drill(applied)
    assert result.verdict is not Verdict.PASSED
    assert state(applied) == "Disabled"

    sweep(applied.surroundings)

    assert state(applied) == "Enabled"
    applied.sessions.client("kms", PRIMARY).disable_key(KeyId=backup_key(applied.sessions, PRIMARY).arn)
    sweep(applied.surroundings)
    assert state(applied) == "Disabled", "what somebody else disables since is theirs"
