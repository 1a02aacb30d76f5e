"""Object recovery against a local AWS that enforces IAM: what comes back, from where, and what is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from applied_ground import PRIMARY, RECOVERY, Applied, make_environment

from holdfast.aws.endpoints import Endpoints
from holdfast.backupsets.catalog import catalog
from holdfast.backupsets.fetch import open_set
from holdfast.backupsets.packing import PACK_BELOW
from holdfast.clock import SystemClock
from holdfast.drills.engine import run
from holdfast.drills.errors import BudgetExceeded, SetOutsideScope
from holdfast.drills.object_recovery import ObjectRecovery
from holdfast.drills.spec import DrillSpec
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Scenario
from holdfast.errors import ServiceError
from holdfast.evidence.verification import verify

pytestmark = pytest.mark.sandbox


def spec(applied, **changes):
    base = DrillSpec(environment=applied.environment.environment, kind="object-recovery", dataset="project")
    return base.model_copy(update=changes)


def failed(result):
    return {check.id for check in result.checks if check.outcome == "failed"}


def test_a_dataset_comes_back_from_the_recovery_region_without_a_call_to_the_lost_one(applied):
    pushed = applied.push()
    result = run(spec(applied), applied.surroundings)
    assert (result.verdict, result.reasons) == (Verdict.PASSED, ())
    assert result.selection.point.id == pushed.set_id
    assert (result.selection.point.region, result.refused_calls) == (RECOVERY, ())
    assert result.selection.point.lock_mode == "COMPLIANCE"
    assert result.rpo.met
    assert result.rto.met
    assert list((applied.home / "scratch").iterdir()) == []


def test_a_corruption_drill_reads_from_the_primary_region(applied):
    applied.push()
    result = run(spec(applied, scenario=Scenario.CORRUPTION), applied.surroundings)
    assert result.verdict is Verdict.PASSED
    assert result.selection.point.region == PRIMARY
    assert "no-call-to-the-lost-region" not in {check.id for check in result.checks}


def test_the_record_verifies_offline_and_says_what_was_done(applied):
    applied.push()
    result = run(spec(applied, responsible="Grace"), applied.surroundings)
    verification = verify(Path(result.evidence.path).parents[1], clock=SystemClock())
    assert verification.good
    ((_, record),) = verification.records
    entry = record.entry
    assert entry.identity.record_id == result.drill_id
    assert entry.people.responsible == "Grace"
    assert entry.people.operator.startswith("arn:aws:iam::000000000000:root")
    assert entry.source.region == RECOVERY
    assert entry.source.lock.mode == "COMPLIANCE"
    assert entry.rto.phases.keys() == {"declare", "preflight", "select", "restore", "verify"}
    assert entry.sampling.detection_probability == 1
    assert entry.target.isolation
    assert any(subject.name.endswith("manifest.json") for subject in record.statement.subject)
    assert result.evidence.location.startswith(f"s3://{applied.names.evidence_bucket}/records/")


def test_no_content_of_a_file_is_in_the_record_or_the_journal(applied):
    applied.write("secret.txt", b"canary-8f1c2b7e-content")
    applied.push()
    run(spec(applied), applied.surroundings)
    for path in applied.home.rglob("*"):
        assert path.is_dir() or b"canary-8f1c2b7e-content" not in path.read_bytes()


@pytest.mark.parametrize("scenario", [Scenario.REGION_LOSS, Scenario.CORRUPTION])
def test_nothing_to_restore_is_inconclusive(applied, scenario):
    result = run(spec(applied, scenario=scenario), applied.surroundings)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("no backup set of project is in" in reason for reason in result.reasons)
    assert result.rpo.seconds is None


def test_a_set_that_was_never_committed_is_no_recovery_point(applied):
    key = "sets/project/_/20261122T010203Z-0123456789ab/manifest.json"
    locked = {"ServerSideEncryption": "aws:kms", "ObjectLockMode": "COMPLIANCE"}
    alias = applied.names.alias_arn(applied.names.key_alias, account="000000000000", region=RECOVERY)
    applied.s3(RECOVERY).put_object(
        Bucket=applied.bucket(RECOVERY),
        Key=key,
        Body=b"{}",
        SSEKMSKeyId=alias,
        ObjectLockRetainUntilDate=SystemClock().now() + timedelta(days=3),
        **locked,
    )
    result = run(spec(applied), applied.surroundings)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("the push did not finish" in reason for reason in result.reasons)


def test_the_recovery_point_is_the_newest_from_before_the_failure(applied):
    first = applied.push()
    applied.write("later.txt", b"later")
    failed_at = first.captured_at - timedelta(seconds=30)
    result = run(spec(applied, failed_at=failed_at), applied.surroundings)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("younger than the failure" in reason for reason in result.reasons)
    second = applied.push()
    assert run(spec(applied), applied.surroundings).selection.point.id == second.set_id
    chosen = run(spec(applied, set_id=first.set_id), applied.surroundings)
    assert (chosen.verdict, chosen.selection.point.files) == (Verdict.PASSED, 3)


def test_a_tenants_drill_sees_that_tenants_sets_only(applied):
    acme = applied.push("exports", tenant="acme")
    whole = applied.push("exports")
    result = run(spec(applied, dataset="exports", tenant="acme"), applied.surroundings)
    assert (result.verdict, result.selection.point.id) == (Verdict.PASSED, acme.set_id)
    assert run(spec(applied, dataset="exports"), applied.surroundings).selection.point.id == whole.set_id
    other = run(spec(applied, dataset="exports", tenant="globex"), applied.surroundings)
    assert other.verdict is Verdict.INCONCLUSIVE
    assert any("of tenant globex" in reason for reason in other.reasons)


def test_a_set_of_another_tenant_is_refused_by_name(applied):
    acme = applied.push("exports", tenant="acme")
    with pytest.raises(SetOutsideScope, match="exports of globex"):
        run(spec(applied, dataset="exports", tenant="globex", set_id=acme.set_id), applied.surroundings)
    assert list((applied.home / "scratch").iterdir()) == []


def test_a_sample_restores_that_many_and_states_its_detection_probability(applied):
    for number in range(20):
        applied.write(f"many/{number:03}", bytes([number]) * 10)
    applied.push()
    result = run(spec(applied, sample=5, seed=3), applied.surroundings)
    assert result.verdict is Verdict.PASSED
    document = result.document()
    assert (document["sampling"]["population"], document["sampling"]["sample_size"]) == (23, 5)
    assert document["sampling"]["detection_probability"] == pytest.approx(1 - 0.99**5, abs=1e-6)
    assert document["rto"]["met"] is None
    assert next(check for check in result.checks if check.id == "files").observed == "5"


def test_more_than_the_budget_is_refused(applied):
    applied.push()
    with pytest.raises(BudgetExceeded, match="--max-bytes"):
        run(spec(applied, max_bytes=10), applied.surroundings)


def test_empty_files_folders_links_and_odd_names_come_back_whole(applied):
    applied.write("empty", b"")
    applied.write("ünïcödé/…", b"x")
    (applied.source / "a folder").mkdir()
    (applied.source / "link").symlink_to("notes.txt")
    (applied.source / "closed").mkdir()
    (applied.source / "closed" / "inside").write_bytes(b"y")
    (applied.source / "closed").chmod(0o500)
    try:
        applied.push()
    finally:
        (applied.source / "closed").chmod(0o700)
    result = run(spec(applied), applied.surroundings)
    assert (result.verdict, result.reasons) == (Verdict.PASSED, ())
    assert list((applied.home / "scratch").iterdir()) == []


@pytest.mark.parametrize("pack_below", [0, PACK_BELOW])
def test_a_hidden_object_is_found_and_told_as_a_warning(applied, pack_below):
    applied.push(pack_below=pack_below)
    key = holding(applied).key
    applied.s3(RECOVERY).delete_object(Bucket=applied.bucket(RECOVERY), Key=key)
    result = run(spec(applied), applied.surroundings)
    assert result.verdict is Verdict.PASSED
    assert any("hidden behind a delete marker" in reason for reason in result.reasons)


def test_objects_whose_lock_is_weaker_than_declared_fail_the_drill(emulator, tmp_path):
    weak = Applied(make_environment(lock={"mode": "GOVERNANCE", "minimum": "1d", "maximum": "30d"}), emulator, tmp_path)
    weak.apply().push()
    document = weak.environment.document() | {"lock": make_environment().document()["lock"]}
    weak.environment = type(weak.environment).model_validate(document)
    result = run(spec(weak), weak.surroundings)
    assert result.verdict is Verdict.FAILED
    assert failed(result) == {"locks"}


@pytest.fixture(params=[0, PACK_BELOW], ids=["apart", "packed"])
def weak(request, emulator, tmp_path):
    """Under a GOVERNANCE lock, which these tests bypass where they need an object to be gone or damaged."""
    lock = {"mode": "GOVERNANCE", "minimum": "1d", "maximum": "30d"}
    applied = Applied(make_environment(lock=lock), emulator, tmp_path).apply()
    applied.push(pack_below=request.param)
    return applied


@dataclass(frozen=True)
class Holding:
    """The object of the recovery Region that `notes.txt` is in, what is in it, and the byte where the file begins."""

    key: str
    version_id: str
    content: bytes
    offset: int


def holding(applied):
    sessions, where = applied.sessions, {"Bucket": applied.bucket(RECOVERY)}
    (view,) = catalog(applied.environment, sessions)
    (entry,) = [each for each in open_set(sessions, RECOVERY, view) if each.name == "notes.txt"]
    key = view.folder.object_key(entry.chunks[0])
    found = applied.s3(RECOVERY).get_object(**where, Key=key)
    return Holding(key, found["VersionId"], found["Body"].read(), entry.offset or 0)


def destroy(applied, held):
    """Remove the one version of the object."""
    applied.s3(RECOVERY).delete_object(
        Bucket=applied.bucket(RECOVERY), Key=held.key, VersionId=held.version_id, BypassGovernanceRetention=True
    )


def test_a_set_that_lost_an_object_is_no_recovery_point(weak):
    destroy(weak, holding(weak))
    result = run(spec(weak), weak.surroundings)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("objects are missing in us-west-2" in reason for reason in result.reasons)


def test_an_object_lost_while_the_drill_runs_fails_it_and_names_the_file(weak, monkeypatch):
    real, held = ObjectRecovery.select, holding(weak)

    def select(self, drill):
        selection = real(self, drill)
        destroy(weak, held)
        return selection

    monkeypatch.setattr(ObjectRecovery, "select", select)
    result = run(spec(weak), weak.surroundings)
    assert result.verdict is Verdict.FAILED
    assert any("notes.txt" in issue and "missing" in issue for issue in result.issues)


@pytest.mark.parametrize("position", [0, 5, 10])
def test_a_flipped_bit_in_the_bucket_is_refused(weak, position):
    held = holding(weak)
    destroy(weak, held)
    content = bytearray(held.content)
    content[held.offset + position] ^= 1
    alias = weak.names.alias_arn(weak.names.key_alias, account="000000000000", region=RECOVERY)
    weak.s3(RECOVERY).put_object(
        Bucket=weak.bucket(RECOVERY),
        Key=held.key,
        Body=bytes(content),
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=alias,
        ObjectLockMode="GOVERNANCE",
        ObjectLockRetainUntilDate=SystemClock().now() + timedelta(days=3),
    )
    result = run(spec(weak), weak.surroundings)
    assert result.verdict is Verdict.FAILED
    assert any("notes.txt" in issue and "damaged" in issue for issue in result.issues)


def test_a_hidden_dependency_on_the_lost_region_fails_the_drill(applied, monkeypatch):
    applied.push()
    from holdfast.drills import object_recovery

    real = object_recovery.fetch_many

    def leaning(entries, target, **options):
        applied_sessions[0].client("s3", PRIMARY, role="drill-runner").list_objects_v2(Bucket=applied.bucket(PRIMARY))
        return real(entries, target, **options)

    applied_sessions = []
    real_restore = object_recovery.ObjectRecovery.restore

    def restore(self, drill, selection):
        applied_sessions.append(drill.sessions)
        return real_restore(self, drill, selection)

    monkeypatch.setattr(object_recovery, "fetch_many", leaning)
    monkeypatch.setattr(object_recovery.ObjectRecovery, "restore", restore)
    result = run(spec(applied), applied.surroundings)
    assert result.verdict is Verdict.FAILED
    assert result.refused_calls == (f"s3 ListObjectsV2 ({PRIMARY})",)
    assert {"no-call-to-the-lost-region", "restore-carried-out"} <= failed(result)


def test_an_environment_that_is_not_applied_is_refused_with_one_error(emulator, tmp_path):
    bare = Applied(make_environment(), emulator, tmp_path)
    with pytest.raises(ServiceError) as caught:
        run(spec(bare), bare.surroundings)
    assert caught.value.hint
    assert not (bare.home / "evidence").exists()


def test_an_emulator_that_is_gone_is_one_error(tmp_path):
    gone = Endpoints(default="http://127.0.0.1:9", access_key="000000000000", secret_key="none")
    nowhere = Applied(make_environment(), gone, tmp_path)
    with pytest.raises(ServiceError):
        run(spec(nowhere), nowhere.surroundings)


@pytest.mark.parametrize("action", ["s3:ListBucketVersions", "s3:GetObject", "s3:GetObjectVersion"])
def test_without_one_permission_the_drill_does_not_pass_and_names_the_action(applied, action):
    applied.push()
    vaults = [f"arn:aws:s3:::{applied.bucket(region)}" for region in (PRIMARY, RECOVERY)]
    evidence = f"arn:aws:s3:::{applied.names.evidence_bucket}"
    statements = applied.drill_runner_statements(vaults, evidence)
    reduced = [
        type(each)(**{**each.__dict__, "actions": tuple(one for one in each.actions if one != action)})
        for each in statements
    ]
    applied.put_role_policy("drill-runner", [each for each in reduced if each.actions])
    applied.revoke_bucket_grants()
    result = run(spec(applied), applied.surroundings)
    assert result.verdict is not Verdict.PASSED
    assert any(action in reason for reason in result.reasons)


def test_the_result_is_json_with_the_fixed_names(applied):
    applied.push()
    document = json.loads(json.dumps(run(spec(applied), applied.surroundings).document()))
    fixed = {"drill_id", "kind", "verdict", "rpo", "rto", "checks", "probes", "evidence"}
    assert fixed <= document.keys()
    assert {"measured_seconds", "target_seconds", "met"} <= document["rpo"].keys()
    assert {"measured_seconds", "target_seconds", "met", "phases"} <= document["rto"].keys()
