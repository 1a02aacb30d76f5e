"""PostgreSQL restores that were damaged on purpose: every one has to fail, or be inconclusive, with its reason.

`docs/postgres.md` and `docs/kill-rate.md` publish the table; the tests here keep them together.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from kill_rows import published, row
from postgres_damages import ARCHIVES, DAMAGES, EARLY, FOREIGN_KEY, SERVERS, damaged_drill

from holdfast.drills.verdict import Verdict

pytestmark = [pytest.mark.sandbox, pytest.mark.postgres]
DOCS = Path(__file__).parents[2] / "docs" / "postgres.md"


@pytest.mark.parametrize("damage", [*ARCHIVES, *SERVERS])
def test_a_damaged_archive_or_server_never_passes(ground_for, recorded, damage):
    _, verdict, reason = {**ARCHIVES, **SERVERS}[damage]

    result = damaged_drill(damage, recorded, ground_for)

    assert result.verdict is verdict, result.reasons
    assert re.search(reason, "; ".join(result.reasons)), result.reasons
    check_published(damage, result)


def test_a_log_that_ends_too_early_misses_the_objective(ground_for, recorded):
    """The archive is whole as far as anybody can tell; only the heartbeat shows that it ends an age ago."""
    result = damaged_drill(EARLY, recorded, ground_for)

    assert result.verdict is Verdict.FAILED
    assert any(reason.startswith("recovery-point") for reason in result.reasons)
    assert result.rpo.seconds > timedelta(seconds=1).total_seconds()
    check_published(EARLY, result)


def test_an_archive_somebody_else_holds_the_key_of_fails(ground_for, recorded):
    """Every byte of it is right; whoever holds the key can take it away."""
    result = damaged_drill(FOREIGN_KEY, recorded, ground_for)

    assert result.verdict is Verdict.FAILED
    assert row("postgres-pitr", FOREIGN_KEY, result.checks).found_by == ("keys",)
    check_published(FOREIGN_KEY, result)


def check_published(damage, result):
    """What the page says has found a damage has found it here."""
    if damage in DAMAGES:
        found = set(row("postgres-pitr", damage, result.checks).found_by)
        (said,) = (set(each.found_by) for each in published("postgres-pitr") if each.damage == damage)
        assert said <= found, "write it again: tests/test_drills/kill_rate.py postgres-pitr --write"


def test_the_table_of_damages_is_published():
    text = DOCS.read_text(encoding="utf-8")
    assert [damage for damage in (*ARCHIVES, FOREIGN_KEY, *SERVERS) if damage not in text] == []
    assert [each.damage for each in published("postgres-pitr")] == list(DAMAGES)
