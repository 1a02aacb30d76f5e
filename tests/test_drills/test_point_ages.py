"""The age of each dataset's newest recovery point, published for the alarm that takes silence for a failure."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from applied_ground import PRIMARY
from backup_ground import Protected, backup_environment
from kinds_ground import declared_in

from holdfast.aws.endpoints import write_endpoints
from holdfast.backupsets.push import push
from holdfast.cli.main import run as command
from holdfast.clock import SystemClock
from holdfast.drills.due.ages import ages, publish_ages

pytestmark = pytest.mark.sandbox
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/drill-due.schema.json").read_text())
LITTLE = timedelta(minutes=5)


@pytest.fixture
def protected(emulator, tmp_path):
    ground = Protected(backup_environment(), emulator, tmp_path).apply().protect()
    yield ground
    ground.fault()


def look(ground):
    return {each.dataset: each for each in ages(ground.environment, ground.sessions, SystemClock())}


def push_notes(ground):
    source = ground.folder / "notes"
    source.mkdir()
    (source / "note.txt").write_text("a note")
    return push(ground.environment, ground.sessions, "notes", source)


def published(ground):
    """Datasets of this environment CloudWatch holds an age of."""
    cloudwatch = ground.client("cloudwatch", PRIMARY)
    metrics = cloudwatch.list_metrics(Namespace="Holdfast", MetricName="RecoveryPointAge")["Metrics"]
    named = [{pair["Name"]: pair["Value"] for pair in each["Dimensions"]} for each in metrics]
    return sorted(each["Dataset"] for each in named if each["Environment"] == ground.environment.environment)


def test_each_dataset_is_as_old_as_the_newest_thing_it_can_be_restored_from(protected):
    kept = push_notes(protected)
    protected.make_bucket({"k": b"v"})
    protected.make_table([{"id": {"S": "1"}}])
    protected.back_up()

    found = look(protected)

    assert {name: each.because for name, each in found.items() if each.because} == {
        "disk": "no recovery point of it was found"
    }
    assert all(timedelta() <= found[name].age < LITTLE for name in ("notes", "exports", "orders"))
    assert found["notes"].newest == kept.captured_at
    assert {each.limit for each in found.values()} == {timedelta(hours=24)}


def test_what_is_known_is_published_and_of_the_rest_the_alarm_hears_nothing(protected):
    push_notes(protected)
    found = look(protected)

    publish_ages(found.values(), protected.sessions)

    assert published(protected) == ["notes"]
    cloudwatch, now = protected.client("cloudwatch", PRIMARY), SystemClock().now()
    dimensions = {"Environment": protected.environment.environment, "Dataset": "notes"}
    statistics = cloudwatch.get_metric_statistics(
        Namespace="Holdfast",
        MetricName="RecoveryPointAge",
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=3600,
        Statistics=["Maximum"],
    )
    assert [each["Maximum"] for each in statistics["Datapoints"]] == [found["notes"].age.total_seconds()]


def test_the_oldest_of_several_resources_counts(protected):
    """Both buckets are backed up; the point of one is dated three hours back."""
    late = protected.make_bucket({"k": b"v"})
    protected.make_bucket({"k": b"v"})
    protected.fault({"effect": "backdate", "job": "backup", "seconds": 3 * 3600, "resource": f"*{late}"})
    protected.back_up()

    time.sleep(1)  # S3 tells its time in whole seconds, recovery points are dated more finely
    assert timedelta(hours=3) <= look(protected)["exports"].age < timedelta(hours=3) + LITTLE


def test_a_point_that_is_not_complete_is_none(protected):
    protected.make_bucket({"k": b"v", "l": b"w"})
    protected.fault({"effect": "partial", "job": "backup"})
    protected.back_up()

    assert look(protected)["exports"].age is None


def test_a_baseline_is_no_backup(protected):
    protected.make_bucket({"k": b"v"})
    protected.fault({"effect": "backdate", "job": "backup", "seconds": 3 * 3600})
    protected.back_up()
    protected.take_baseline()

    time.sleep(1)  # as above
    assert look(protected)["exports"].age >= timedelta(hours=3)


def test_a_table_with_point_in_time_recovery_is_as_old_as_that_goes(protected):
    table = protected.make_table([{"id": {"S": "1"}}])
    assert look(protected)["orders"].because.startswith("nothing can be restored of arn:aws:dynamodb:")
    dynamodb = protected.client("dynamodb", PRIMARY)
    on = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=on)

    found = look(protected)["orders"]

    told = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    latest = told["PointInTimeRecoveryDescription"]["LatestRestorableDateTime"]
    assert abs(found.newest - latest) < LITTLE
    assert found.age < LITTLE + LITTLE


def test_a_service_that_refuses_keeps_no_other_dataset_from_being_told(protected):
    push_notes(protected)
    protected.fault(
        {"effect": "error", "operation": "ListRecoveryPointsByBackupVault", "code": "AccessDeniedException"}
    )

    found = look(protected)

    assert found["notes"].age is not None
    assert "list the recovery points" in found["disk"].because or "AccessDenied" in found["disk"].because


def test_the_command_publishes_ages_beside_the_number_of_drills(protected, monkeypatch, capsys):
    push_notes(protected)
    monkeypatch.setenv("HOLDFAST_ENVIRONMENTS", str(declared_in(protected)))
    monkeypatch.setenv("HOLDFAST_HOME", str(protected.home))
    write_endpoints(protected.home, protected.endpoints)
    name = protected.environment.environment

    assert command(["drill", "due", name, "--publish-metric", "--json"]) == 2

    said = capsys.readouterr()
    document = json.loads(said.out)
    jsonschema.validate(document, SCHEMA)
    assert {each["dataset"] for each in document["ages"] if each["age_seconds"] is not None} == {"notes"}
    assert "recovery points of disk: no recovery point of it was found" in said.err
    assert published(protected) == ["notes"]
    assert command(["drill", "due", name, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["ages"] == []
