"""Every damage is found by every verifier, and the published page says what a run says."""

from __future__ import annotations

import pytest
from kill_rate import PAGE, everything, of_replicas, page

pytestmark = pytest.mark.sandbox


def test_every_damage_is_found_and_the_page_is_what_a_run_says(emulator, tmp_path):
    rows = everything(emulator, tmp_path)
    assert [(each.kind, each.damage) for each in rows if not each.killed] == []
    assert {each.kind for each in rows} >= {"object-recovery", "configuration", "replication", "tenant", "key-loss"}
    assert PAGE.read_text(encoding="utf-8") == page(rows), "write it again: tests/test_drills/kill_rate.py --write"


def test_a_verifier_that_lets_damage_through_would_be_seen(monkeypatch):
    monkeypatch.setattr("kill_rate.wrong_content", lambda *_: "")
    missed = [each.damage for each in of_replicas() if not each.killed]
    assert {"bit flip", "truncated", "two canaries swapped"} <= set(missed)
    rows = list(of_replicas())
    assert "**nothing**" in page(rows)
