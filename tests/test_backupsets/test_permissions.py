"""The table of permissions names exactly the calls that are made."""

from __future__ import annotations

import pytest
from local_aws import RECOVERY
from vault_ground import REGIONS

from holdfast.backupsets.fetch import fetch_many
from holdfast.backupsets.permissions import CATALOG, FETCH, PUSH, actions

pytestmark = pytest.mark.sandbox


@pytest.fixture
def called(ground):
    """The names of the operations called since it was last cleared."""
    names = set()
    for region in REGIONS:
        ground.s3(region).meta.events.register("before-call.s3", lambda model, **_: names.add(model.name))
    return names


def test_push_calls_what_its_table_names(ground, called):
    ground.push(rule="daily")
    ground.push(rule="weekly")

    assert called == set(PUSH)


def test_catalog_calls_what_its_table_names(ground, called):
    ground.push()
    called.clear()
    ground.catalog()

    assert called == set(CATALOG)


def test_a_restore_calls_what_its_table_names(ground, called):
    ground.push()
    entries = ground.open()
    ground.hide(ground.object_key(b"three files"), RECOVERY)
    called.clear()
    fetch_many(entries, ground.folder / "restored")

    assert called == set(FETCH)


def test_a_writer_can_neither_decrypt_nor_delete():
    assert not [action for action in actions(PUSH) if "Decrypt" in action or "Delete" in action or "Bypass" in action]


def test_a_reader_can_write_nothing():
    assert all(action.partition(":")[2].startswith(("Get", "List", "Decrypt")) for action in actions(CATALOG, FETCH))
