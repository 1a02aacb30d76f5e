"""docs/test-catalogue.md names every case of the catalogue, and tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (ROOT / "docs" / "test-catalogue.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| [A-Z]\d ", line)
]
CASES = [
    f"{family}{number}" for family, last in zip("KSITA", (5, 6, 6, 5, 5), strict=True) for number in range(1, last + 1)
]


def test_every_case_has_one_row():
    assert [row[0] for row in ROWS] == CASES


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_says_what_is_required_what_is_reached_and_by_which_tests(row):
    assert len(row) == 5
    assert all(row)
    names = re.findall(r"`(tests/[^`]+)`", row[4])
    assert names
    for name in names:
        path, _, function = name.partition("::")
        assert re.search(rf"^def {function}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), name
