"""DynamoDB's own point-in-time recovery. The emulator restores the newest state whatever moment is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from applied_ground import PRIMARY
from backup_ground import Protected, backup_environment, now
from kinds_ground import begun

from holdfast.clock import SystemClock
from holdfast.drills.aws_backup.baselines import take
from holdfast.drills.dynamodb.choosing import choose, failure_of
from holdfast.drills.dynamodb.errors import NotATable
from holdfast.drills.engine import run
from holdfast.drills.errors import OptionNotTaken
from holdfast.drills.sweep import sweep
from holdfast.drills.verdict import Verdict
from holdfast.evidence.verification import verify

pytestmark = pytest.mark.sandbox
ITEMS = [{"id": {"S": str(number)}, "total": {"N": str(number)}, "tags": {"SS": ["b", "a"]}} for number in range(30)]


@pytest.fixture
def ground(emulator, tmp_path):
    """An environment of its own."""
    return Protected(backup_environment(), emulator, tmp_path).apply()


@pytest.fixture
def table(ground):
    """A table of the dataset, with point-in-time recovery."""
    name = ground.make_table(ITEMS)
    recovery = {"PointInTimeRecoveryEnabled": True}
    ground.client("dynamodb", PRIMARY).update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification=recovery
    )
    return name


def baseline(ground):
    (taken,) = take(ground.environment, ground.sessions, "orders", clock=SystemClock(), now=True)
    return taken


def drill(ground, **options):
    spec = ground.spec("orders").model_copy(update={"kind": "dynamodb", **options})
    result = run(spec, ground.surroundings)
    assert ground.made_by_drills(PRIMARY) == []
    return result


def test_a_table_comes_back_item_by_item(ground, table):
    kept = baseline(ground)

    result = drill(ground)

    assert result.verdict is Verdict.PASSED, result.reasons
    assert result.newest_committed == kept.baseline.as_of
    assert result.rpo.met
    assert result.location.endswith(result.drill_id.lower())
    assert verify(ground.home / "evidence" / ground.environment.environment, clock=SystemClock()).findings == ()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"put": {"id": {"S": "7"}, "total": {"N": "700"}}}, "content"),
        ({"put": {"id": {"S": "new"}}}, "nothing-extra"),
        ({"delete": {"id": {"S": "7"}}}, "nothing-missing"),
    ],
)
def test_an_item_that_is_not_as_it_was_fails_and_is_named(ground, table, change, found):
    baseline(ground)
    dynamodb = ground.client("dynamodb", PRIMARY)
    if "put" in change:
        dynamodb.put_item(TableName=table, Item=change["put"])
    else:
        dynamodb.delete_item(TableName=table, Key=change["delete"])

    result = drill(ground)

    assert result.verdict is Verdict.FAILED
    assert any(issue.startswith(found) for issue in result.issues)


@pytest.mark.parametrize("late", [0.0, 0.05, 0.5, 0.999])
def test_a_drill_of_the_second_of_its_baseline_is_not_older_than_that(ground, table, late):
    """The clock of the service tells whole seconds, so a declaration is placed up to one too early."""
    kept = baseline(ground)
    spec = ground.spec("orders").model_copy(update={"kind": "dynamodb"})

    with begun(ground, spec) as (_, drill):
        placed = replace(drill, failed_at=kept.baseline.as_of - timedelta(seconds=late))
        point = choose(placed).point
        asked = replace(placed, spec=spec.model_copy(update={"failed_at": placed.failed_at}))
        older = replace(drill, failed_at=placed.failed_at - timedelta(seconds=1))

    assert point.digest == kept.baseline.digest
    assert failure_of(placed) == kept.baseline.as_of
    assert failure_of(asked) <= placed.failed_at, "what was asked for is never passed"
    assert failure_of(older) < kept.baseline.as_of


def test_without_a_baseline_nothing_is_shown(ground, table):
    result = drill(ground)

    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("--now" in reason for reason in result.reasons)


def test_a_table_without_point_in_time_recovery_has_no_recovery_point(ground):
    ground.make_table(ITEMS[:1])

    result = drill(ground)

    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("point-in-time recovery is not enabled" in reason for reason in result.reasons)


def test_a_moment_before_recovery_began_cannot_be_gone_back_to(ground, table):
    result = drill(ground, failed_at=now() - timedelta(days=40))

    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("goes back to" in reason for reason in result.reasons)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"dataset": "exports"}, NotATable),
        ({"sample": 2}, OptionNotTaken),
        ({"set_id": "x"}, OptionNotTaken),
    ],
)
def test_what_it_cannot_do_is_refused(ground, table, options, error):
    with pytest.raises(error):
        drill(ground, **options)


def test_a_sweep_takes_away_a_table_no_journal_tells_of(ground, table):
    left = f"holdfast-{ground.environment.environment}-drill-20261122t020000z-0123abcd"
    key = [{"AttributeName": "id", "KeyType": "HASH"}]
    kinds = [{"AttributeName": "id", "AttributeType": "S"}]
    ground.client("dynamodb", PRIMARY).create_table(
        TableName=left, KeySchema=key, AttributeDefinitions=kinds, BillingMode="PAY_PER_REQUEST"
    )

    swept = sweep(ground.surroundings)

    assert any(left in each for each in swept.cleaned.removed)
    assert ground.made_by_drills(PRIMARY) == []
