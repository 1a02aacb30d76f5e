"""Replication timed on canaries, and judged by what is really in the recovery Region."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from applied_ground import PRIMARY, RECOVERY
from kinds_ground import failed, ready, replicate, spec_for

from holdfast.clock import SystemClock
from holdfast.drills.engine import run
from holdfast.drills.replication import kind as replication
from holdfast.drills.replication.kind import LIMIT, limit_of
from holdfast.drills.sweep import sweep
from holdfast.drills.verdict import Verdict

pytestmark = pytest.mark.sandbox


@pytest.fixture
def applied(emulator, tmp_path):
    return ready(emulator, tmp_path)


def drill(applied):
    return run(spec_for(applied, "replication"), applied.surroundings)


def stream(applied, key, body=b"wal", *, region=PRIMARY):
    alias = applied.names.alias_arn(applied.names.key_alias, account="000000000000", region=region)
    applied.s3(region).put_object(
        Bucket=applied.bucket(region),
        Key=f"streams/{key}",
        Body=body,
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=alias,
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=SystemClock().now() + timedelta(days=2),
    )


def test_canaries_are_timed_until_they_can_be_read(applied):
    replicate(applied)
    stream(applied, "wal/1")
    result = drill(applied)
    assert (result.verdict, failed(result)) == (Verdict.PASSED, set())
    lags = [float(check.observed.split()[0]) for check in result.checks if check.id.endswith("-lag")]
    assert len(lags) == 3
    assert all(0 <= lag < LIMIT.total_seconds() for lag in lags)
    assert next(check for check in result.checks if check.id == "backlog").outcome == "passed"


def test_without_a_rule_that_covers_streams_it_fails(applied):
    assert failed(drill(applied)) == {"configured"}
    replicate(applied, prefix="elsewhere/")
    assert failed(drill(applied)) == {"configured"}
    replicate(applied, status="Disabled")
    assert failed(drill(applied)) == {"configured"}


def test_what_does_not_arrive_in_time_fails_with_what_the_source_says(applied, monkeypatch):
    replicate(applied)
    monkeypatch.setattr(replication, "limit_of", lambda _: timedelta(seconds=1))
    monkeypatch.setattr("holdfast.drills.replication.arrival._read", lambda *_: None)
    result = drill(applied)
    assert result.verdict is Verdict.FAILED
    assert {"canary-0-lag", "canary-1-lag", "canary-2-lag"} <= failed(result)
    assert any("the source says" in issue for issue in result.issues)


def test_an_object_streamed_before_and_never_replicated_is_named(applied, monkeypatch):
    stream(applied, "wal/lost")
    replicate(applied)
    time.sleep(1)  # S3 tells times in whole seconds: the object is to be older than no time at all
    monkeypatch.setattr(replication, "limit_of", lambda _: timedelta(seconds=0))
    monkeypatch.setattr(replication, "checks_of", lambda *_, **__: ())
    result = drill(applied)
    assert "backlog" in failed(result)
    assert "streams/wal/lost" in next(check.reason for check in result.checks if check.id == "backlog")


def test_a_replica_of_another_size_is_named_whatever_the_source_says(applied):
    replicate(applied)
    stream(applied, "wal/torn", b"whole")
    stream(applied, "wal/torn", b"torn apart", region=RECOVERY)
    result = drill(applied)
    assert "backlog" in failed(result)
    assert "10 bytes where 5 were written" in next(check.reason for check in result.checks if check.id == "backlog")


def test_canaries_that_are_locked_are_listed_and_swept_later(applied):
    replicate(applied)
    result = drill(applied)
    locked = [each for each in result.cleaned.left if "/streams/canaries/" in each.resource and each.until]
    assert len(locked) == 3
    assert result.cleaned.orphaned == ()
    assert any("/streams/canaries/" in each.resource for each in sweep(applied.surroundings).cleaned.left)


def test_the_limit_is_the_shortest_objective_and_never_more_than_s3_promises(applied):
    assert limit_of(applied.environment) == LIMIT
    tiers = applied.environment.document()["tiers"]
    tiers["demo"]["rpo"]["region_loss"] = "5m"
    strict = type(applied.environment).model_validate(applied.environment.document() | {"tiers": tiers})
    assert limit_of(strict) == timedelta(minutes=5)
