"""Every damage is found by every verifier, and the published page says what a run says."""

from __future__ import annotations

import pytest
from kill_named import NAMED, WHY_NOT, named_rows
from kill_page import page
from kill_rate import everything, of_replicas
from kill_rate_services import of_services
from kill_rows import PAGE, published

from holdfast.drills.kinds import KINDS

pytestmark = pytest.mark.sandbox
ATTACKING = ("immutability", "access-control")
"""Kinds that restore nothing: what they try is refused or not, and each test of theirs lets one attempt pass."""
COMPARED = ("dynamodb", "aws-backup", "ebs", "rds", "postgres-pitr")
"""Compared with the page where they are run: below, in test_ebs_damaged, test_rds_damaged and test_postgres_damaged."""
WRAPPING = ("region-loss", "game-day")
"""Kinds whose verifier is that of the kinds they run."""
RESTORING = [name for name in KINDS if name not in (*ATTACKING, *WRAPPING)]


def test_every_damage_is_found_and_the_page_is_what_a_run_says(emulator, tmp_path):
    rows = everything(emulator, tmp_path)
    assert [(each.kind, each.damage) for each in rows if not each.killed] == []
    rows += [each for kind in COMPARED for each in published(kind)]
    assert {each.kind for each in rows} == set(RESTORING), "a kind that restores is on the page"
    assert PAGE.read_text(encoding="utf-8") == page(rows), "write it again: tests/test_drills/kill_rate.py --write"


def test_every_damage_to_what_services_restored_is_found_and_the_page_says_by_what(emulator, tmp_path):
    rows = list(of_services(emulator, tmp_path))
    assert [(each.kind, each.damage) for each in rows if not each.killed] == []
    for kind in ("dynamodb", "aws-backup"):
        assert published(kind) == [each for each in rows if each.kind == kind], "write the page again"


@pytest.mark.parametrize("kind", RESTORING)
def test_every_kind_is_tried_with_every_sort_of_damage_or_the_page_says_why_not(kind):
    rows = published(kind)
    without = [sort for sort in NAMED if not named_rows(kind, sort, rows)]
    assert without == list(WHY_NOT.get(kind, {}))


def test_a_verifier_that_lets_damage_through_would_be_seen(monkeypatch):
    monkeypatch.setattr("kill_rate.wrong_content", lambda *_: "")
    missed = [each.damage for each in of_replicas() if not each.killed]
    assert {"bit flip", "truncated", "two canaries swapped"} <= set(missed)
    rows = list(of_replicas())
    assert "**nothing**" in page(rows)
