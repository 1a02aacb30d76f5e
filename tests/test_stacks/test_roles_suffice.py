"""The roles that are declared may do what the code that takes them on does."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase

import pytest

from holdfast.backupsets.layout import Folder
from holdfast.backupsets.permissions import CATALOG, FETCH, PUSH, actions
from holdfast.drills.canary import PREFIX
from holdfast.environments.names import Names


@pytest.fixture
def allowed(synthesized):
    """The actions a role of production is allowed, and those it is denied."""
    prod = synthesized("prod")

    def of(construct):
        statements = json.loads(prod.at(f"access/{construct}/Policy")["policy"])["Statement"]
        by_effect = {
            effect: {action for each in statements if each["Effect"] == effect for action in each["Action"]}
            for effect in ("Allow", "Deny")
        }
        return by_effect["Allow"], by_effect["Deny"]

    return of


@pytest.mark.parametrize(
    ("construct", "tables"), [("BackupWriter", (PUSH,)), ("DrillRunner", (CATALOG, FETCH))], ids=["push", "fetch"]
)
def test_a_role_may_make_the_calls_its_work_is_made_of(allowed, construct, tables):
    may, may_not = allowed(construct)

    assert set(actions(*tables)) <= may
    assert not set(actions(*tables)) & may_not


def test_the_writer_may_not_read_sets(allowed):
    may, may_not = allowed("BackupWriter")

    assert "kms:Decrypt" not in may
    assert "kms:Decrypt" in may_not


def test_writing_and_drilling_are_different_roles(synthesized):
    names = Names(synthesized("prod").environment)

    assert names.role_arn("backup-writer") != names.role_arn("drill-runner")


def test_what_is_written_lies_where_the_writer_may_write(synthesized):
    prod, space = synthesized("prod"), Folder("orders")
    keys = [space.object_key("ab" * 32), space.document_key("20261122T000000Z-0123456789ab", "manifest.json")]

    for bucket in (Names(prod.environment).vault_bucket, Names(prod.environment).replica_bucket):
        for key in keys:
            assert _covers(prod, "BackupWriter", "WriteSets", bucket, key)
            assert not _covers(prod, "DrillRunner", "WriteCanaries", bucket, key)


def test_canaries_lie_where_the_drill_runner_may_write(synthesized):
    prod = synthesized("prod")
    bucket = Names(prod.environment).vault_bucket

    assert _covers(prod, "DrillRunner", "WriteCanaries", bucket, f"{PREFIX}some-drill/canary")
    assert not _covers(prod, "BackupWriter", "WriteSets", bucket, f"{PREFIX}some-drill/canary")


def _covers(prod, construct, sid, bucket, key):
    resources = prod.policy(f"access/{construct}/Policy")[sid]["Resource"]
    return any(fnmatchcase(f"arn:aws:s3:::{bucket}/{key}", resource) for resource in resources)
