"""Benchmarks run by hand: still running, and each one named where its figures are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BENCHMARKS = sorted(path.name for path in (ROOT / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("name", BENCHMARKS)
def test_it_still_starts_and_says_what_it_measures(name):
    script = ROOT / "benchmarks" / name
    done = subprocess.run([sys.executable, str(script), "--help"], capture_output=True, text=True, timeout=240)
    assert (done.returncode, done.stderr) == (0, "")
    first = script.read_text().partition('"""')[2].split()[:6]
    assert " ".join(first) in " ".join(done.stdout.split())


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_flag_it_does_not_know_starts_nothing(name):
    command = [sys.executable, str(ROOT / "benchmarks" / name), "--no-such-flag"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 2
    assert "--no-such-flag" in done.stderr


@pytest.mark.parametrize("name", BENCHMARKS)
def test_its_figures_are_published(name):
    assert f"python benchmarks/{name}" in (ROOT / "docs" / "benchmarks.md").read_text()
