"""What must not be in the tree."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r"(index-url|find-links|trusted-host)\s*[= ]|https?://[^\s\"']*/simple\b")


@pytest.fixture(scope="module")
def files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: there is no list of tracked files to read")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_lock_file_names_an_index(files: list[Path]) -> None:
    locks = [each for each in files if each.parent.name == "requirements"]

    assert locks
    for lock in locks:
        assert not ADDRESS.search(lock.read_text()), lock


def test_every_pinned_package_has_a_hash() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        pins = re.findall(r"^[a-z0-9][^\n]*==[^\n]*\n(?:    --hash=[^\n]*\n?)*", lock.read_text(), re.MULTILINE)
        assert pins
        assert all("--hash=sha256:" in pin for pin in pins), lock


def test_no_source_file_is_too_long_to_read_in_a_sitting(files: list[Path]) -> None:
    long = {
        str(each.relative_to(ROOT)): lines
        for each in files
        if each.suffix == ".py" and (lines := len(each.read_text().splitlines())) > 500
    }

    assert not long
