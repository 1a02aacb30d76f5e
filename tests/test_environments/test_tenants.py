"""How the tenants of a dataset are told apart: each way once, and what cannot be meant."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from holdfast.environments.model import Tenants


def declared(kind: str, tenants: str) -> str:
    select = "select: {tags: {a: b}}, " if kind == "dynamodb" else ""
    return f"datasets: [{{name: rows, kind: {kind}, tier: critical, {select}tenants: {tenants}}}]\n"


@pytest.mark.parametrize(
    ("kind", "tenants"),
    [
        ("postgres", "{by: column, field: tenant_id}"),
        ("postgres", "{by: column, field: tenant_id, shared: [public.countries]}"),
        ("postgres", "{by: schema, pattern: 'tenant_{tenant}', field: tenant_id}"),
        ("postgres", "{by: database}"),
        ("dynamodb", "{by: key, pattern: 'TENANT#{tenant}#*'}"),
        ("dynamodb", "{by: attribute, field: owner}"),
        ("s3", "{by: prefix}"),
    ],
)
def test_what_can_be_declared(folder, kind, tenants):
    environment = folder.load_with(declared(kind, tenants)).environment

    assert environment.dataset("rows").tenants is not None


@pytest.mark.parametrize(
    ("kind", "tenants", "field", "says"),
    [
        ("postgres", "{by: column}", "by", "does not say which column"),
        ("dynamodb", "{by: attribute}", "by", "does not say which attribute"),
        ("dynamodb", "{by: column, field: a}", "by", "allowed: key, attribute"),
        ("postgres", "{by: key}", "by", "allowed: schema, database, column"),
        ("postgres", "{by: schema, pattern: 't_{tenant}_*'}", "pattern", "names no single schema"),
        ("dynamodb", "{by: key, shared: [public.plans]}", "shared", "names tables of a database"),
        ("s3", "{by: prefix, pattern: 'a/{tenant}'}", "pattern", "is not used for files"),
        ("s3", "{by: prefix, field: a}", "field", "is not used for files"),
    ],
)
def test_what_cannot_be_meant_is_refused(folder, kind, tenants, field, says):
    error = folder.refused(declared(kind, tenants))

    assert f"datasets.rows.tenants.{field}" in error.message
    assert says in error.message


@pytest.mark.parametrize(
    "pattern", ["", "tenant", "{tenant}{tenant}", "{tenant}*", "{tenant}-*", "{tenant}x", "*{tenant}", "{other}"]
)
def test_a_pattern_that_cannot_tell_two_tenants_apart_is_refused(pattern):
    with pytest.raises(ValidationError, match="pattern"):
        Tenants(by="key", pattern=pattern)


@pytest.mark.parametrize(
    ("pattern", "value", "whose"),
    [
        ("{tenant}", "acme", True),
        ("{tenant}", "acme-2", False),
        ("{tenant}", "Acme", False),
        ("{tenant}", None, False),
        ("{tenant}", 7, False),
        ("TENANT#{tenant}#*", "TENANT#acme#", True),
        ("TENANT#{tenant}#*", "TENANT#acme#order#1", True),
        ("TENANT#{tenant}#*", "TENANT#acme-2#order#1", False),
        ("TENANT#{tenant}#*", "acme#order#1", False),
        ("TENANT#{tenant}", "TENANT#acme#1", False),
    ],
)
def test_a_value_is_a_tenants_or_not(pattern, value, whose):
    assert Tenants(by="key", pattern=pattern).is_of(value, "acme") is whose
