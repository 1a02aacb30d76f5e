"""The drill `tenant` of a PostgreSQL dataset, end to end: from the archive to evidence, and nothing left behind."""

from __future__ import annotations

import psycopg
import pytest
from applied_ground import PRIMARY, RECOVERY
from kinds_ground import failed
from tenants_ground import BY_COLUMN, BY_SCHEMA, ground_with, record_tenants

from holdfast.clock import SystemClock
from holdfast.drills.postgres.scratch import scratch_server
from holdfast.drills.tenant.errors import NotForThisTenant
from holdfast.drills.tenant.tables import TenantTables
from holdfast.drills.tenant.taking import QUARANTINE
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Scenario
from holdfast.evidence.verification import verify
from holdfast.postgres.binaries import find_binaries
from holdfast.postgres.connection import conninfo_of

pytestmark = [pytest.mark.sandbox, pytest.mark.postgres]


@pytest.fixture(scope="module")
def archive(emulator, tmp_path_factory):
    """The archive of a server with three tenants."""
    return record_tenants(emulator, tmp_path_factory.mktemp("tenants"))


@pytest.fixture
def ground_of(archive, emulator, tmp_path):
    def make(tenants, region=PRIMARY):
        return ground_with(tenants, archive, emulator, tmp_path, region)

    return make


def drill(ground, **changes):
    result = ground.drill(**{"kind": "tenant", "tenant": "acme", **changes})
    assert ground.left_over() == []
    return result


def test_a_tenant_comes_back_alone_from_the_recovery_region(ground_of):
    ground = ground_of(BY_COLUMN, RECOVERY)

    result = drill(ground, scenario=Scenario.REGION_LOSS)

    assert (result.verdict, failed(result)) == (Verdict.PASSED, set()), result.reasons
    ids = {check.id for check in result.checks if check.outcome == "passed"}
    assert ids >= {"nothing-of-another-tenant", "tenant-complete", "tenant-constraints", "structure", "rows"}
    assert result.location.startswith(f"database {QUARANTINE} of PostgreSQL")
    assert result.refused_calls == ()
    assert verify(ground.home / "evidence" / ground.environment.environment, clock=SystemClock()).findings == ()


def test_another_tenants_row_in_quarantine_fails_the_drill(ground_of, monkeypatch):
    restore = TenantTables.restore

    def planted(self, drill, selection):
        restored = restore(self, drill, selection)
        conninfo = conninfo_of(scratch_server(drill, find_binaries(), "postgres"), QUARANTINE)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute("insert into tenant_acme.accounts values (99, 'bolt', 'x', 'at')")
        return restored

    monkeypatch.setattr(TenantTables, "restore", planted)

    result = drill(ground_of(BY_SCHEMA))

    assert result.verdict is Verdict.FAILED
    assert any("table tenant_acme.accounts holds of other tenants 1 rows" in issue for issue in result.issues)


@pytest.mark.parametrize("options", [{"sample": 2}, {"scenario": Scenario.KEY_LOSS}])
def test_what_it_cannot_do_is_refused(ground_of, options):
    with pytest.raises(NotForThisTenant) as refused:
        drill(ground_of(BY_COLUMN), **options)
    assert refused.value.values["allowed"]
