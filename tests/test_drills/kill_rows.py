"""What became of one damage: one row of docs/kill-rate.md."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from holdfast.drills.checks import Check, Outcome
from holdfast.drills.verdict import Verdict, judge

TABLE = "## Every damage"
PAGE = Path(__file__).parents[2] / "docs" / "kill-rate.md"


@dataclass(frozen=True)
class Row:
    """One damage done to what one kind restored.

    Args:
        verdict: what the checks came to; anything but FAILED is a damage that got through.
        found_by: the checks that failed.
    """

    kind: str
    damage: str
    verdict: Verdict
    found_by: tuple[str, ...]

    @property
    def killed(self) -> bool:
        return self.verdict is Verdict.FAILED


def row(kind: str, damage: str, checks: tuple[Check, ...]) -> Row:
    found = tuple(dict.fromkeys(_short(each.id) for each in checks if each.outcome is Outcome.FAILED))
    return Row(kind, damage, judge(checks).verdict, found)


def _short(id_: str) -> str:
    return "as-live" if id_.startswith("as-live:") else id_.removeprefix("canary-0-")


def published(kind: str) -> list[Row]:
    """What the page says of a kind."""
    _, _, table = PAGE.read_text(encoding="utf-8").partition(TABLE)
    lines = [line.strip("| \n").split(" | ") for line in table.splitlines()]
    rows = [each for each in lines if len(each) == 3 and each[0] == f"`{kind}`"]
    return [Row(kind, damage, Verdict.FAILED, tuple(found.split(", "))) for _, damage, found in rows]
