"""One tenant into quarantine: nothing of another tenant is restored, and IAM refuses to reach for it."""

from __future__ import annotations

import pytest
from applied_ground import PRIMARY
from botocore.exceptions import ClientError
from kinds_ground import begun, failed, noise, push_tenant, ready, spec_for

from holdfast.backupsets.errors import BadTenant, NoTenants
from holdfast.drills.engine import run
from holdfast.drills.errors import DatasetNeeded, TenantNeeded
from holdfast.drills.tenant.crossing import scoped_sessions
from holdfast.drills.tenant.kind import TenantRestore
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Scenario

pytestmark = pytest.mark.sandbox

TENANTS = ("acme", "bolt", "umbra")


@pytest.fixture
def applied(emulator, tmp_path):
    """Three tenants: a file they all hold alike, and files of their own."""
    applied = ready(emulator, tmp_path)
    for tenant in TENANTS:
        push_tenant(
            applied, tenant, {"logo.svg": b"<svg/>", "empty": b"", "own/report.csv": f"{tenant},1".encode() * 20}
        )
    return applied


def drill(applied, **more):
    return run(spec_for(applied, "tenant", **{"dataset": "exports", "tenant": "acme", **more}), applied.surroundings)


@pytest.mark.parametrize("scenario", [Scenario.CORRUPTION, Scenario.REGION_LOSS])
def test_a_tenant_comes_back_alone(applied, scenario):
    result = drill(applied, scenario=scenario)
    assert (result.verdict, failed(result)) == (Verdict.PASSED, set())
    leak = next(check for check in result.checks if check.id == "nothing-of-another-tenant")
    assert leak.observed == "0 files of 2 other tenants (6 files)"
    assert all(probe.refused_by == "IAM" for probe in result.probes if probe.id != "own-set-is-readable")
    assert {probe.id.partition("-")[0] for probe in result.probes} == {"own", "bolt", "umbra", "whole"}


def test_a_set_that_holds_another_tenants_file_is_a_leak(applied):
    push_tenant(applied, "acme", {"mixed/in.csv": b"umbra,1" * 20})
    result = drill(applied)
    assert result.verdict is Verdict.FAILED
    assert failed(result) == {"nothing-of-another-tenant"}
    assert "mixed/in.csv (of umbra)" in result.issues[0]


def test_a_set_pushed_one_level_too_high_is_a_leak(applied):
    push_tenant(applied, "acme", {"bolt/x.bin": noise(50)})
    assert failed(drill(applied)) == {"no-folder-of-another-tenant"}


@pytest.mark.parametrize("tenant", TENANTS)
def test_each_tenants_session_reads_its_own_and_no_other(applied, tenant):
    """The matrix tenants x {read, list, head, write, delete}: only the diagonal, and of it only reading."""
    with begun(applied, spec_for(applied, "tenant", dataset="exports", tenant=tenant)) as (_, drill):
        s3 = scoped_sessions(drill, PRIMARY).client("s3", PRIMARY)
    for other in TENANTS:
        key = next(each["Key"] for each in applied.versions(f"objects/exports/{other}/"))
        where = {"Bucket": applied.bucket(), "Key": key}
        listing = {"Bucket": applied.bucket(), "Prefix": f"sets/exports/{other}/"}
        reads = (lambda w=where: s3.get_object(**w), lambda p=listing: s3.list_object_versions(**p))
        writes = (lambda w=where: s3.put_object(**w, Body=b""), lambda w=where: s3.delete_object(**w))
        for call in reads:
            if other == tenant:
                assert call()
            else:
                with pytest.raises(ClientError, match="AccessDenied"):
                    call()
        for call in writes:
            with pytest.raises(ClientError, match="AccessDenied"):
                call()


def test_a_session_that_reaches_another_tenant_fails_the_drill(applied, monkeypatch):
    monkeypatch.setattr("holdfast.drills.tenant.crossing.scoped_sessions", lambda drill, _: drill.sessions)
    result = drill(applied)
    assert result.verdict is Verdict.FAILED
    assert any("umbra-content-GetObject: it was accepted" in issue for issue in result.issues)


def test_a_session_that_reaches_nothing_at_all_proves_nothing(applied, monkeypatch):
    none = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
    monkeypatch.setattr("holdfast.drills.tenant.crossing.tenant_policy", lambda *_: none)
    result = drill(applied)
    assert any(probe.id == "own-set-is-readable" and probe.outcome == "failed" for probe in result.probes)
    assert result.verdict is Verdict.FAILED


def test_the_only_tenant_of_a_dataset_says_so(emulator, tmp_path):
    alone = ready(emulator, tmp_path)
    push_tenant(alone, "acme", {"a": b"b"})
    result = drill(alone)
    assert result.verdict is Verdict.PASSED
    assert any("no backup set of any other tenant" in reason for reason in result.reasons)


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"tenant": None}, TenantNeeded),
        ({"dataset": None, "tenant": None}, DatasetNeeded),
        ({"dataset": "project"}, NoTenants),
        ({"tenant": "../umbra"}, BadTenant),
        ({"tenant": "_"}, BadTenant),
    ],
)
def test_a_wrong_scope_is_refused(applied, more, error):
    with pytest.raises(error) as caught:
        drill(applied, **more)
    assert caught.value.hint


def test_a_tenant_without_a_set_is_inconclusive(applied):
    result = drill(applied, tenant="nobody")
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "no backup set of exports of tenant nobody" in result.reasons[0]


def test_it_is_what_it_is_called():
    assert (TenantRestore().name, TenantRestore().needs_tenant) == ("tenant", True)
