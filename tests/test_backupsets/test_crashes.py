"""A push killed at any moment leaves nothing that counts, and the next one completes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from local_aws import RECOVERY

from holdfast.backupsets.packing import PACK_BELOW

pytestmark = pytest.mark.sandbox

PUTS = {0: 14, PACK_BELOW: 10}
"""By what is packed: three files or one pack of them, the list of entries and the list of objects, a manifest and a
commit, in two Regions."""
POINTS = [(pack_below, number) for pack_below, puts in PUTS.items() for number in range(1, puts + 1)]


def crash(ground, number, tmpdir):
    document = json.dumps(ground.environment.document())
    url = ground.sessions.endpoints.default
    program, how = Path(__file__).parent / "crashing_push.py", (str(ground.pack_below), str(number))
    return subprocess.run(
        [sys.executable, program, url, document, ground.source, *how],
        capture_output=True,
        timeout=240,
        check=False,
        env={"TMPDIR": str(tmpdir), "PATH": "/usr/bin"},
    )


@pytest.mark.parametrize("pack_below", PUTS)
def test_the_boundaries_are_counted(ground, pack_below):
    puts = ground.puts()
    ground.push(pack_below=pack_below)

    assert len(puts) == PUTS[pack_below]


@pytest.mark.parametrize(("pack_below", "number"), POINTS)
def test_killed_before_any_write_nothing_counts_and_the_next_push_completes(
    ground, tmp_path_factory, pack_below, number
):
    ground.pack_below = pack_below
    tmpdir = tmp_path_factory.mktemp("spool")
    killed = crash(ground, number, tmpdir)

    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert list(tmpdir.iterdir()) == []
    assert ground.committed() == []
    assert [view.reason for view in ground.catalog() if view.committed] == []

    pushed = ground.push()
    assert [view.set_id for view in ground.committed()] == [pushed.set_id]
    assert ground.fetch().is_complete


@pytest.mark.parametrize("pack_below", PUTS)
def test_killed_before_the_last_commit_the_recovery_copy_is_whole_by_itself(ground, tmp_path, pack_below):
    ground.pack_below = pack_below
    crash(ground, PUTS[pack_below], tmp_path)

    assert ground.committed() == []
    assert len(ground.committed(regions=[RECOVERY])) == 1
    assert "us-east-1" in ground.catalog()[0].reason


@pytest.mark.parametrize("pack_below", PUTS)
def test_not_killed_the_same_program_commits(ground, tmp_path, pack_below):
    ground.pack_below = pack_below
    done = crash(ground, PUTS[pack_below] + 1, tmp_path)

    assert done.returncode == 0, done.stderr.decode()
    assert len(ground.committed()) == 1


@pytest.mark.parametrize("pack_below", PUTS)
def test_two_pushes_at_once_both_count(ground, pack_below):
    ground.pack_below = pack_below
    for number in range(40):
        ground.write(f"many/{number}", b"content %d" % number)
    with ThreadPoolExecutor(2) as pool:
        pushes = [pool.submit(ground.push) for _ in range(2)]
        names = {push.result().set_id for push in pushes}

    assert {view.set_id for view in ground.committed()} == names
    with ThreadPoolExecutor(2) as pool:  # now both lengthen the same locks
        pushes = [pool.submit(ground.push, rule="weekly") for _ in range(2)]
        names |= {push.result().set_id for push in pushes}

    assert {view.set_id for view in ground.committed()} == names
    assert ground.fetch().is_complete
