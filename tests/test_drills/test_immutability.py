"""The immutability drill against a local AWS that enforces IAM, as it should be and with each protection weakened."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from applied_ground import PRIMARY, RECOVERY, Applied, make_environment
from call_faults import meeting, refused

from holdfast.clock import SystemClock
from holdfast.constructs.policies.document import allow, deny
from holdfast.drills import bucket_settings, refusals
from holdfast.drills.checks import Outcome
from holdfast.drills.engine import run
from holdfast.drills.errors import DrillNotConfirmed
from holdfast.drills.immutability import Immutability
from holdfast.drills.refusals import RefusedBy
from holdfast.drills.spec import DrillSpec
from holdfast.drills.sweep import sweep
from holdfast.drills.verdict import Verdict
from holdfast.evidence.verification import verify

pytestmark = pytest.mark.sandbox
REGIONS = (PRIMARY, RECOVERY)


def drill(applied, **options):
    spec = DrillSpec(environment=applied.environment.environment, kind="immutability")
    return run(spec, applied.surroundings, **options)


def probes(result, outcome):
    return {probe.id: probe for probe in result.probes if probe.outcome is outcome}


def settings_of(applied, region):
    s3, bucket = applied.s3(region), applied.bucket(region)
    return (
        s3.get_bucket_versioning(Bucket=bucket)["Status"],
        s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"],
        s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"],
    )


def allowed_to(applied, *actions, region=PRIMARY):
    """Let the drill runner do more than it may, in its role and in one bucket."""
    arn = f"arn:aws:s3:::{applied.bucket(region)}"
    vaults = [f"arn:aws:s3:::{applied.bucket(each)}" for each in REGIONS]
    declared = applied.drill_runner_statements(vaults, f"arn:aws:s3:::{applied.names.evidence_bucket}")
    kept = [
        replace(each, actions=tuple(action for action in each.actions if action not in actions))
        if each.effect == "Deny"
        else each
        for each in declared
    ]
    applied.put_role_policy("drill-runner", [*kept, allow("TooMuch", actions, on=[arn, f"{arn}/*"])])
    policy = applied.vault_policy(region)
    applied.put_bucket_policy(region, [each for each in policy if not set(each.actions) & set(actions)])


def test_everything_is_refused_in_both_regions_and_the_record_says_by_whom(applied):
    before = {region: settings_of(applied, region) for region in REGIONS}
    result = drill(applied)
    assert result.verdict is Verdict.PASSED
    assert not probes(result, Outcome.FAILED)
    assert {probe.id for probe in result.probes if probe.refused_by == "nobody"} == {
        f"{region}-administrator-{name}" for region in REGIONS for name in ("hide", "suspend-versioning")
    }
    for region in REGIONS:
        refused = {p.id: p.refused_by for p in result.probes if p.id.startswith(region)}
        assert refused[f"{region}-drill-runner-delete-version"] == "IAM"
        assert refused[f"{region}-administrator-delete-version"] == "lock"
        assert refused[f"{region}-administrator-delete-batch"] == "lock"
        assert refused[f"{region}-administrator-bypass-governance"] == "lock"
        assert refused[f"{region}-drill-runner-suspend-versioning"] == "IAM"
        assert settings_of(applied, region) == before[region]
    assert all(probe.principal.startswith("arn:aws:") for probe in result.probes)


def test_the_emulators_weakness_is_listed_as_skipped_with_its_reason(applied):
    result = drill(applied)
    skipped = probes(result, Outcome.SKIPPED)
    assert set(skipped) == {f"{region}-administrator-suspend-versioning" for region in REGIONS}
    assert all("S3 answers 409" in probe.reason for probe in skipped.values())
    assert sum("suspend-versioning was skipped" in reason for reason in result.reasons) == 2


def test_the_canary_is_read_back_after_every_attempt(applied):
    result = drill(applied)
    ids = {check.id for check in result.checks}
    for probe in result.probes:
        region = next(each for each in REGIONS if probe.id.startswith(each))
        assert f"{region}-unchanged-after-{probe.id.removeprefix(f'{region}-')}" in ids


def test_the_canaries_stay_locked_and_are_listed_until_when(applied):
    result = drill(applied)
    left = result.cleaned.left
    assert {each.resource.split("/")[2] for each in left} == {applied.bucket(region) for region in REGIONS}
    for region in REGIONS:
        (version,) = applied.versions("canaries/", region)
        assert version["Key"] == f"canaries/{result.drill_id}/canary"
        head = applied.s3(region).head_object(
            Bucket=applied.bucket(region), Key=version["Key"], VersionId=version["VersionId"]
        )
        assert head["Metadata"] == {"holdfast-drill": result.drill_id}
        assert head["ObjectLockRetainUntilDate"] in [each.until for each in left]
        page = applied.s3(region).list_object_versions(Bucket=applied.bucket(region), Prefix="canaries/")
        assert "DeleteMarkers" not in page


def test_the_record_verifies_offline_and_holds_every_probe(applied):
    result = drill(applied)
    verification = verify(Path(result.evidence.path).parents[1], clock=SystemClock())
    assert verification.good
    ((_, record),) = verification.records
    assert len(record.entry.probes) == len(result.probes) == 32
    assert {probe.refused_by for probe in record.entry.probes} == {"lock", "IAM", "nobody"}


def test_a_governance_lock_that_an_administrator_bypasses_fails_the_drill(emulator, tmp_path):
    lock = {"mode": "GOVERNANCE", "minimum": "1d", "maximum": "30d"}
    weak = Applied(make_environment(lock=lock), emulator, tmp_path).apply()
    result = drill(weak)
    assert result.verdict is Verdict.FAILED
    accepted = probes(result, Outcome.FAILED)
    assert f"{PRIMARY}-administrator-bypass-governance" in accepted
    assert accepted[f"{PRIMARY}-administrator-bypass-governance"].reason == "it was accepted"
    gone = [
        check for check in result.checks if check.id == f"{PRIMARY}-unchanged-after-administrator-bypass-governance"
    ]
    assert gone[0].reason == "the version is gone"
    later = probes(result, Outcome.SKIPPED)[f"{PRIMARY}-administrator-shorten"]
    assert later.essential
    assert "changed by an earlier attempt" in later.reason


def test_a_role_that_may_delete_fails_the_drill_although_the_lock_holds(applied):
    allowed_to(applied, "s3:DeleteObjectVersion", "s3:DeleteObject")
    result = drill(applied)
    assert result.verdict is Verdict.FAILED
    found = {id_: probe.refused_by for id_, probe in probes(result, Outcome.FAILED).items()}
    assert found == {
        f"{PRIMARY}-drill-runner-delete-version": "lock",
        f"{PRIMARY}-drill-runner-delete-batch": "lock",
        f"{PRIMARY}-drill-runner-hide": "nobody",
    }
    assert all(check.outcome is Outcome.PASSED for check in result.checks)


@pytest.mark.parametrize(
    ("action", "name"),
    [
        ("s3:PutBucketVersioning", "suspend-versioning"),
        ("s3:PutBucketObjectLockConfiguration", "drop-default-lock"),
        ("s3:PutLifecycleConfiguration", "delete-lifecycle"),
    ],
)
def test_a_role_that_may_weaken_the_bucket_fails_the_drill_and_the_setting_is_put_back(applied, action, name):
    before = settings_of(applied, PRIMARY)
    allowed_to(applied, action)
    result = drill(applied)
    assert result.verdict is Verdict.FAILED
    assert probes(result, Outcome.FAILED)[f"{PRIMARY}-drill-runner-{name}"].refused_by == "nobody"
    assert settings_of(applied, PRIMARY) == before


@pytest.fixture
def as_operator(applied):
    """The same environment, called by a user with every right in IAM whom the buckets' policies do not exempt."""
    applied.become_user()
    return applied


def test_a_caller_who_is_stopped_by_iam_has_not_met_the_lock_there_and_is_told(as_operator):
    result = drill(as_operator)
    skipped = probes(result, Outcome.SKIPPED)
    assert skipped[f"{PRIMARY}-administrator-delete-version"].reason == "IAM refused it before the lock was asked"
    assert any(f"{PRIMARY}-administrator-delete-version was skipped" in reason for reason in result.reasons)
    assert result.verdict is Verdict.PASSED  # the attempts to shorten got as far as the lock
    lock_met = [check for check in result.checks if check.id == f"{PRIMARY}-lock-was-met"]
    assert lock_met[0].observed == "4 refusals"


def test_when_iam_refuses_everything_the_lock_is_not_shown_and_nothing_passes(as_operator):
    arn = f"arn:aws:s3:::{as_operator.bucket(PRIMARY)}"
    root = as_operator.root

    class Closing(Immutability):
        def verify(self, drill, selection, restored):
            stop = deny("StopEverybody", ["s3:PutObjectRetention"], on=[f"{arn}/*"])
            root.put_bucket_policy(PRIMARY, [*root.vault_policy(PRIMARY), stop])
            return super().verify(drill, selection, restored)

    surroundings = replace(as_operator.surroundings, kinds={"immutability": Closing()})
    spec = DrillSpec(environment=as_operator.environment.environment, kind="immutability")
    result = run(spec, surroundings)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert any(f"{PRIMARY}-lock-was-met was skipped" in reason for reason in result.reasons)


def test_where_s3_gives_no_reason_the_lock_is_told_by_the_same_call_without_its_harm(applied, monkeypatch):
    spoken = [row for row in refusals._SENTENCES if row[1] is not RefusedBy.LOCK]
    monkeypatch.setattr(refusals, "_SENTENCES", tuple(spoken))
    result = drill(applied)
    by = {probe.id.removeprefix(f"{PRIMARY}-"): probe for probe in result.probes if probe.id.startswith(PRIMARY)}
    for attacker in ("drill-runner", "administrator"):
        assert (by[f"{attacker}-shorten"].refused_by, by[f"{attacker}-shorten"].outcome) == ("lock", Outcome.PASSED)
        assert by[f"{attacker}-weaken-mode"].refused_by == "lock"
    deleted = by["administrator-delete-version"]
    assert (deleted.refused_by, deleted.outcome) == ("unknown", Outcome.SKIPPED)
    assert result.verdict is Verdict.PASSED
    assert any("does not say by whom" in reason for reason in result.reasons)


def test_an_attack_that_is_answered_neither_yes_nor_no_leaves_the_drill_inconclusive(applied):
    """Such as a request an S3 in between does not understand: nobody can say what the lock would have done."""
    odd = refused(400, "InvalidRequest")
    with meeting(lambda operation, _: odd if operation == "s3:DeleteObjects" else None):
        result = drill(applied)

    assert result.verdict is Verdict.INCONCLUSIVE, result.reasons
    unclear = {f"{region}-{who}-delete-batch" for region in REGIONS for who in ("drill-runner", "administrator")}
    assert {each.id for each in probes(result, Outcome.SKIPPED).values() if each.essential} == unclear
    assert all(any(f"{each} was skipped" in reason for reason in result.reasons) for each in unclear)


def test_what_a_caller_may_not_remove_stays_and_is_named(as_operator):
    result = drill(as_operator)
    marker = as_operator.root.s3(PRIMARY).delete_object(
        Bucket=as_operator.bucket(PRIMARY), Key=f"canaries/{result.drill_id}/canary"
    )
    swept = sweep(as_operator.surroundings)
    assert swept.cleaned.removed == ()
    left = [each for each in swept.cleaned.left if marker["VersionId"] in each.resource]
    assert left[0].because == "only an administrator of the bucket may remove it"


def test_outside_a_sandbox_it_must_be_confirmed_and_no_administrator_touches_a_bucket(applied):
    applied.environment = applied.environment.model_copy(update={"sandbox": False})
    with pytest.raises(DrillNotConfirmed):
        drill(applied)
    result = drill(applied, confirm=applied.environment.environment)
    ids = {probe.id for probe in result.probes}
    assert f"{PRIMARY}-drill-runner-suspend-versioning" in ids
    assert f"{PRIMARY}-administrator-suspend-versioning" not in ids
    assert result.verdict is Verdict.PASSED


def test_an_accepted_weakening_outside_a_sandbox_is_a_failure_and_never_excused(applied, monkeypatch):
    everywhere = tuple(replace(each, sandbox_only=False) for each in bucket_settings.SETTING_ATTACKS)
    monkeypatch.setattr("holdfast.drills.attacking.SETTING_ATTACKS", everywhere)
    applied.environment = applied.environment.model_copy(update={"sandbox": False})
    result = drill(applied, confirm=applied.environment.environment)
    assert result.verdict is Verdict.FAILED
    assert set(probes(result, Outcome.FAILED)) == {f"{region}-administrator-suspend-versioning" for region in REGIONS}


def test_a_sweep_leaves_locked_canaries_and_removes_expired_ones(applied):
    result = drill(applied)
    swept = sweep(applied.surroundings)
    assert {each.until for each in swept.cleaned.left} == {each.until for each in result.cleaned.left}
    assert swept.cleaned.removed == ()
    s3, bucket = applied.s3(PRIMARY), applied.bucket(PRIMARY)
    s3.delete_bucket_policy(Bucket=bucket)
    expired = "canaries/drill-20260101T000000Z-00000000/canary"
    for key in (expired, "canaries/somebody-elses", "canaries/drill-20260101T000000Z-00000000/other"):
        until = SystemClock().now() + timedelta(seconds=5)  # for as long as one call may take on a busy machine
        s3.put_object(Bucket=bucket, Key=key, Body=b"x", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=until)
    s3.delete_object(Bucket=bucket, Key=expired)
    for _ in range(600):
        if applied.sessions.server_time(PRIMARY) > until + timedelta(seconds=1):
            break
        time.sleep(0.1)
    swept = sweep(applied.surroundings)
    assert len(swept.cleaned.removed) == 2  # the marker and the version under it
    assert all(expired in resource for resource in swept.cleaned.removed)
    assert {version["Key"] for version in applied.versions("canaries/")} == {
        f"canaries/{result.drill_id}/canary",
        "canaries/somebody-elses",
        "canaries/drill-20260101T000000Z-00000000/other",
    }
    assert sweep(applied.surroundings).cleaned.removed == ()
