"""The full demo: what it needs, and what it says of a game day."""

from __future__ import annotations

from pathlib import Path

import pytest
from outcomes import drill

from holdfast.demo.drilling import GAME_DAY, _in_words
from holdfast.demo.objectives import objectives
from holdfast.demo.outcome import Outcome
from holdfast.demo.systems import NoGameDay, NothingOfKind, refuse_unplayable
from holdfast.drills.game_day.loading import load_game_day
from holdfast.drills.kinds import KINDS
from holdfast.environments.loading import load_environment
from holdfast.environments.model import Environment

DECLARED = Path("environments")
GAME_DAYS = DECLARED / "game-days"


@pytest.fixture
def sandbox() -> Environment:
    return load_environment("sandbox", DECLARED).environment


@pytest.mark.parametrize("path", sorted(GAME_DAYS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_game_day_can_be_played_in_its_environment(path: Path):
    environment = load_environment(path.stem, DECLARED).environment

    assert len(load_game_day(path, environment, KINDS).steps) > 1


def test_the_sandbox_has_all_a_full_demo_needs(sandbox: Environment):
    refuse_unplayable(sandbox, GAME_DAYS / "sandbox.yaml")


def test_without_a_game_day_there_is_no_full_demo(sandbox: Environment, tmp_path: Path):
    with pytest.raises(NoGameDay, match="environment sandbox has no game day"):
        refuse_unplayable(sandbox, tmp_path / "sandbox.yaml")


@pytest.mark.parametrize(("name", "kind"), [("accounts", "dynamodb"), ("ledger", "postgres")])
def test_without_a_table_or_a_database_there_is_no_full_demo(sandbox: Environment, name: str, kind: str):
    poorer = sandbox.model_copy(update={"datasets": tuple(each for each in sandbox.datasets if each.name != name)})
    with pytest.raises(NothingOfKind, match=f"declares no dataset of kind {kind}"):
        refuse_unplayable(poorer, GAME_DAYS / "sandbox.yaml")


def part(name: str, verdict: str = "passed", kind: str = "part") -> dict[str, object]:
    return {"id": name, "kind": kind, "verdict": verdict}


def test_a_game_day_is_told_by_its_parts():
    checks = [part("accounts"), part("ledger", "failed"), part("recovery-time", kind="recovery-time")]

    assert _in_words(drill(GAME_DAY, checks=checks)) == "accounts back, all in 4.0 s"
    assert _in_words(drill(GAME_DAY, checks=[part("ledger", "skipped")])) == "nothing back, all in 4.0 s"


def test_the_table_shows_each_part_and_the_time_of_all_together(good: Outcome):
    parts = [drill(kind, dataset=name) for kind, name in (("aws-backup", "accounts"), ("postgres-pitr", "ledger"))]
    good.drills = [*parts, drill(GAME_DAY)]
    measured = [(row.objective, row.subject, row.how) for row in objectives(good) if row.how.startswith("measured")]

    assert measured == [
        ("RPO", "accounts", "measured by aws-backup"),
        ("RTO", "accounts", "measured by aws-backup"),
        ("RPO", "ledger", "measured by postgres-pitr"),
        ("RTO", "ledger", "measured by postgres-pitr"),
        ("RTO", "all together", "measured by game-day"),
    ]


def test_a_part_that_failed_fails_the_demo(good: Outcome):
    good.drills = [drill("postgres-pitr", "FAILED", dataset="ledger"), *good.drills]

    assert good.verdict == "FAILED"
