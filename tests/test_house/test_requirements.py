"""docs/requirements.yaml names what is there: every promise, the code that keeps it, the tests that show it."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from requirements_page import requirements_page, rows

ROOT = Path(__file__).parents[2]
ROWS = [row for group in rows() for row in group["rows"]]
KINDS = {"declared", "proved", "drilled", "reported", "kept"}
PROMISED = {
    *(f"P{number}" for number in range(1, 8)),
    *(f"B{number}" for number in range(1, 8)),
    *(f"R{number}" for number in range(1, 5)),
    *(f"K{number}" for number in range(1, 5)),
    *(f"A{number}" for number in range(1, 7)),
    *(f"W{number}" for number in range(1, 5)),
    *(f"O{number}" for number in range(1, 4)),
    *(f"X{number}" for number in range(1, 6)),
    *(f"D{number}" for number in range(1, 6)),
    *(f"E{number}" for number in range(1, 4)),
    *(f"C{number}" for number in range(1, 5)),
    *(f"G{number}" for number in range(1, 4)),
}


def test_every_promise_has_one_row():
    assert sorted(row["id"] for row in ROWS) == sorted(PROMISED)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_row_says_what_how_and_where(row):
    assert row["text"]
    assert set(row["kind"]) <= KINDS
    assert row["kind"]
    assert row["by"]
    assert row["tests"]


@pytest.mark.parametrize("name", sorted({name for row in ROWS for name in row["by"]}))
def test_what_keeps_a_promise_is_there(name):
    module, _, attribute = name.partition(":")

    found = importlib.import_module(module)

    assert not attribute or hasattr(found, attribute)


@pytest.mark.parametrize("name", sorted({name for row in ROWS for name in row["tests"]}))
def test_what_shows_it_is_a_test(name):
    path, _, function = name.partition("::")

    assert Path(path).name.startswith("test_")
    assert re.search(rf"^def {function}\(", (ROOT / path).read_text(), re.MULTILINE)


def test_what_shows_it_is_collected():
    names = {name for row in ROWS for name in row["tests"]}
    files = sorted({name.partition("::")[0] for name in names})
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n", "0", *files]
    plain = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}

    ran = subprocess.run(command, cwd=ROOT, env=plain, capture_output=True, text=True, timeout=300, check=False)

    collected = {line.partition("[")[0] for line in ran.stdout.splitlines()}
    assert names - collected == set()


def test_the_page_is_current():
    assert (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8") == requirements_page()
