"""One tenant's items into quarantine, out of a table that all tenants share: none of anybody else is handed over."""

from __future__ import annotations

import pytest
from applied_ground import PRIMARY
from backup_ground import Protected, backup_environment
from kinds_ground import failed

from holdfast.clock import SystemClock
from holdfast.drills.aws_backup.baselines import take
from holdfast.drills.aws_backup.targets import quarantine_of
from holdfast.drills.engine import run
from holdfast.drills.sweep import sweep
from holdfast.drills.tenant.errors import NotForThisTenant
from holdfast.drills.tenant.items import TenantItems
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Scenario, Tenants
from holdfast.evidence.verification import verify

pytestmark = pytest.mark.sandbox

TENANTS = ("acme", "acme-2", "bolt")
ITEMS = [
    {"id": {"S": f"TENANT#{tenant}#{number}"}, "owner": {"S": tenant}, "total": {"N": str(number)}}
    for tenant in TENANTS
    for number in range(30)
]
BY_KEY = {"by": "key", "pattern": "TENANT#{tenant}#*"}
BY_BOTH = {**BY_KEY, "field": "owner"}
BY_ATTRIBUTE = {"by": "attribute", "field": "owner"}


@pytest.fixture
def ground_of(emulator, tmp_path):
    """Makes an environment whose table tells tenants apart as declared, with the items of three."""

    def make(tenants, items=ITEMS):
        environment = backup_environment()
        datasets = tuple(
            each.model_copy(update={"tenants": Tenants(**tenants)}) if each.name == "orders" else each
            for each in environment.datasets
        )
        ground = Protected(environment.model_copy(update={"datasets": datasets}), emulator, tmp_path).apply()
        name = ground.make_table(items)
        ground.client("dynamodb", PRIMARY).update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
        take(ground.environment, ground.sessions, "orders", clock=SystemClock(), now=True)
        return ground

    return make


def drill(ground, **options):
    spec = ground.spec("orders").model_copy(update={"kind": "tenant", "tenant": "acme", **options})
    result = run(spec, ground.surroundings)
    assert ground.made_by_drills(PRIMARY) == []
    return result


def planting(monkeypatch, *items):
    """Have something else in quarantine, between the restore and the checks."""
    restore = TenantItems.restore

    def planted(self, drill, selection):
        restored = restore(self, drill, selection)
        dynamodb = drill.sessions.client("dynamodb", PRIMARY)
        for item in items:
            dynamodb.put_item(TableName=quarantine_of(drill.environment, drill.drill_id), Item=item)
        return restored

    monkeypatch.setattr(TenantItems, "restore", planted)


@pytest.mark.parametrize("tenants", [BY_KEY, BY_BOTH, BY_ATTRIBUTE])
def test_a_tenant_comes_back_alone(ground_of, tenants):
    ground = ground_of(tenants)

    result = drill(ground)

    assert (result.verdict, failed(result)) == (Verdict.PASSED, set()), result.reasons
    leak = next(check for check in result.checks if check.id == "nothing-of-another-tenant")
    assert leak.observed == "0 of 60 other items"
    complete = next(check for check in result.checks if check.id == "tenant-complete")
    assert complete.observed == "30 items, 0 missing, 0 changed, 0 more"
    assert result.location.endswith("-tenant")
    assert verify(ground.home / "evidence" / ground.environment.environment, clock=SystemClock()).findings == ()


@pytest.mark.parametrize(
    ("tenants", "item", "says"),
    [
        (BY_KEY, {"id": {"S": "TENANT#bolt#0"}}, "1 under another key"),
        (BY_KEY, {"id": {"S": "TENANT#acme-2#0"}}, "1 under another key"),
        (BY_KEY, {"id": {"S": "CONFIG"}}, "1 under another key"),
        (BY_BOTH, {"id": {"S": "TENANT#acme#7"}, "owner": {"S": "bolt"}}, "1 that name another tenant"),
        (BY_BOTH, {"id": {"S": "TENANT#acme#7"}}, "1 that name no tenant"),
        (BY_ATTRIBUTE, {"id": {"S": "x"}, "owner": {"S": "bolt"}}, "1 that name another tenant"),
        (BY_ATTRIBUTE, {"id": {"S": "x"}, "owner": {"NULL": True}}, "1 that name no tenant"),
    ],
)
def test_an_item_of_anybody_else_in_quarantine_fails_and_is_counted(ground_of, monkeypatch, tenants, item, says):
    planting(monkeypatch, item)

    result = drill(ground_of(tenants))

    assert result.verdict is Verdict.FAILED
    assert "nothing-of-another-tenant" in failed(result)
    issue = next(each for each in result.issues if each.startswith("nothing-of-another-tenant"))
    assert says in issue
    assert "table holdfast-" in issue
    assert "bolt" not in issue.partition("holds")[2]


def test_an_item_of_the_tenant_that_was_never_restored_fails(ground_of, monkeypatch):
    planting(monkeypatch, {"id": {"S": "TENANT#acme#made-up"}})

    assert failed(drill(ground_of(BY_KEY))) == {"tenant-complete"}


def test_an_item_of_the_tenant_that_is_missing_fails(ground_of, monkeypatch):
    monkeypatch.setattr("holdfast.drills.tenant.items._write", lambda *_: None)

    result = drill(ground_of(BY_KEY))

    assert failed(result) == {"tenant-complete"}
    assert "30 are missing" in result.issues[0]


def test_a_source_item_that_names_nobody_is_told(ground_of):
    result = drill(ground_of(BY_ATTRIBUTE, [*ITEMS, {"id": {"S": "lost"}}]))

    assert result.verdict is Verdict.PASSED
    assert any("1 items of the restored table name no tenant" in reason for reason in result.reasons)


def test_a_tenant_without_an_item_is_inconclusive(ground_of):
    result = drill(ground_of(BY_KEY), tenant="nobody")

    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("holds no item of this tenant" in reason for reason in result.reasons)


def test_the_only_tenant_of_a_table_says_so(ground_of):
    result = drill(ground_of(BY_KEY, ITEMS[:30]))

    assert result.verdict is Verdict.PASSED
    assert any("nothing to be told apart from" in reason for reason in result.reasons)


@pytest.mark.parametrize(
    "options", [{"sample": 2}, {"set_id": "x"}, {"scenario": Scenario.REGION_LOSS}, {"scenario": Scenario.KEY_LOSS}]
)
def test_what_it_cannot_do_is_refused(ground_of, options):
    with pytest.raises(NotForThisTenant) as refused:
        drill(ground_of(BY_KEY), **options)
    assert refused.value.values["allowed"]


def test_a_sweep_takes_away_a_quarantine_no_journal_tells_of(ground_of):
    ground = ground_of(BY_KEY)
    left = f"holdfast-{ground.environment.environment}-drill-20261122t020000z-0123abcd-tenant"
    ground.client("dynamodb", PRIMARY).create_table(
        TableName=left,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )

    swept = sweep(ground.surroundings)

    assert any(left in each for each in swept.cleaned.removed)
    assert ground.made_by_drills(PRIMARY) == []
