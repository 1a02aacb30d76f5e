"""How much a restore may be about; a tenant whose data are rows is refused in words."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from holdfast.backupsets.errors import BadTenant, NoTenants, UnknownDataset
from holdfast.environments.model import Environment
from holdfast.restore.errors import ScopeMissing, ScopeTooWide, TenantInRows
from holdfast.restore.scope import ScopeKind, scope_of

sys.path.insert(0, str(Path(__file__).parents[1] / "test_drills"))
from applied_ground import make_environment

FILES = {"name": "exports", "kind": "s3", "tier": "demo", "tenants": {"by": "prefix"}}
WHOLE = {"name": "project", "kind": "files", "tier": "demo"}
ITEMS = {"name": "accounts", "kind": "dynamodb", "tier": "demo", "tenants": {"by": "key"}}
ROWS = {"name": "ledger", "kind": "postgres", "tier": "demo", "tenants": {"by": "column", "field": "tenant_id"}}


def environment(*datasets) -> Environment:
    return make_environment(datasets=list(datasets))


@pytest.mark.parametrize("dataset", [ITEMS, ROWS])
def test_a_tenant_of_rows_is_refused_and_told_what_takes_it_out(dataset):
    with pytest.raises(TenantInRows) as refused:
        scope_of(environment(FILES, dataset), dataset["name"], "acme", everything=False)

    assert f"({dataset['kind']})" in refused.value.message
    assert f"--dataset {dataset['name']} --tenant acme" in refused.value.hint


def test_a_tenant_that_has_rows_only_is_refused_without_a_dataset_too():
    with pytest.raises(TenantInRows, match="accounts"):
        scope_of(environment(WHOLE, ITEMS, ROWS), None, "acme", everything=False)


@pytest.mark.parametrize("dataset", [None, "exports"])
def test_a_tenants_files_are_restored_beside_datasets_of_rows(dataset):
    scope = scope_of(environment(ITEMS, FILES), dataset, "acme", everything=False)

    assert (scope.kind, scope.tenant, scope.dataset) == (ScopeKind.TENANT, "acme", dataset)


@pytest.mark.parametrize(
    ("datasets", "dataset", "tenant", "everything", "error"),
    [
        ([WHOLE], "project", "acme", False, NoTenants),
        ([WHOLE], None, "acme", False, NoTenants),
        ([FILES], "exports", "../acme", False, BadTenant),
        ([ROWS], "ledger", "_", False, BadTenant),
        ([FILES], "other", "acme", False, UnknownDataset),
        ([FILES], None, None, False, ScopeMissing),
        ([FILES], "exports", None, True, ScopeTooWide),
    ],
)
def test_what_cannot_be_meant_is_refused(datasets, dataset, tenant, everything, error):
    with pytest.raises(error):
        scope_of(environment(*datasets), dataset, tenant, everything=everything)
