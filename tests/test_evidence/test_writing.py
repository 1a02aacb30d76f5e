"""A record is there whole, once, and in its place, or it is not there at all."""

from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from evidence_ground import START, Ground, new_signer, record, resealed, subjects

from holdfast.clock import ManualClock
from holdfast.evidence.errors import ClockBehindChain, EvidenceNotWritten, RecordIdTaken, SecretInRecord
from holdfast.evidence.interface import NotStored
from holdfast.evidence.local_signer import private_key_file
from holdfast.evidence.refusals import DuplicateSubject, InvalidRecord, SignedBeforeEnd
from holdfast.evidence.sections import Identity, Kind, Result, Verdict
from holdfast.evidence.writing import find_written, write_record
from holdfast.locking import AnotherCommandRuns

HERE = Path(__file__).parent


def test_a_record_lies_where_its_number_says_with_its_key_beside(ground) -> None:
    written = ground.write()
    keyid = ground.signer.public_key.keyid

    files = sorted(str(path.relative_to(ground.folder)) for path in ground.folder.rglob("*") if path.is_file())

    assert files == [f"{keyid[:16]}/00000001.json", f"keys/{keyid}.pem"]
    assert written.path == ground.folder / f"{keyid[:16]}/00000001.json"
    assert written.sequence == 1
    assert written.store == NotStored("no evidence bucket is used")
    assert written.document()["store"] == {"not_stored": "no evidence bucket is used"}


def test_records_may_be_read_by_all_and_written_by_the_owner(ground) -> None:
    ground.write()

    modes = {stat.S_IMODE(path.stat().st_mode) for path in ground.folder.rglob("*") if path.is_file()}

    assert modes == {0o644}


def test_no_private_key_in_the_evidence_folder(ground) -> None:
    ground.write()
    secret = private_key_file(ground.home).read_text().splitlines()[1]

    for path in (ground.home / "evidence").rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes()


def test_the_same_record_again_gives_the_one_that_was_written(ground) -> None:
    made = record()
    how = {"signer": ground.signer, "local": ground.local, "clock": ground.clock}
    first = write_record(made, subjects(), **how)
    ground.clock.advance(timedelta(hours=1))

    assert write_record(made, subjects(), **how) == first
    assert len(ground.verify().records) == 1


def test_another_record_under_a_used_id_is_refused(ground) -> None:
    ground.write("drill-1")

    with pytest.raises(RecordIdTaken, match="drill-1"):
        ground.write("drill-1", result=Result(verdict=Verdict.FAILED, reason="it did not start"))
    with pytest.raises(RecordIdTaken):
        write_record(record(), [], signer=ground.signer, local=ground.local, clock=ground.clock)


def test_what_was_written_is_found_by_its_id(ground) -> None:
    written = ground.write("drill-1")
    how = {"signer": ground.signer, "local": ground.local, "clock": ground.clock}

    assert find_written("drill-1", **how) == written
    assert find_written("drill-2", **how) is None


def test_a_record_dated_before_its_own_end_is_not_written(ground) -> None:
    with pytest.raises(SignedBeforeEnd):
        write_record(
            record(at=START + timedelta(seconds=1)),
            subjects(),
            signer=ground.signer,
            local=ground.local,
            clock=ground.clock,
        )

    assert not list(ground.folder.glob("*/*.json"))


@pytest.mark.parametrize(("speaks_of", "error"), [([], InvalidRecord), (subjects() * 2, DuplicateSubject)])
def test_a_record_speaks_of_at_least_one_file_each_once(ground, speaks_of, error) -> None:
    with pytest.raises(error):
        write_record(record(), speaks_of, signer=ground.signer, local=ground.local, clock=ground.clock)


def test_a_clock_behind_the_chain_is_said_before_a_bad_record_is_made(ground) -> None:
    ground.write("drill-1")
    ground.clock.jump(-timedelta(minutes=20))

    with pytest.raises(ClockBehindChain):
        ground.write("drill-2")
    assert len(ground.verify().records) == 1


def test_a_record_with_a_secret_is_not_written(ground) -> None:
    secret = "correct horse battery staple"
    identity = Identity(
        record_id="d", kind=Kind.DRILL, name=secret, environment="sandbox", tool_version="1", sandbox=True
    )

    with pytest.raises(SecretInRecord) as caught:
        write_record(
            record(identity=identity),
            subjects(),
            signer=ground.signer,
            local=ground.local,
            clock=ground.clock,
            secrets=[secret],
        )

    assert secret not in caught.value.message
    assert not ground.folder.exists()


def test_a_damaged_predecessor_does_not_stop_evidence_and_is_named(ground) -> None:
    ground.write("drill-1")
    damaged = ground.write("drill-2").path
    damaged.write_bytes(damaged.read_bytes()[:-1])

    written = ground.write("drill-3")

    assert list(written.warnings) == [str(damaged.relative_to(ground.folder))]
    assert written.path != damaged
    assert written.sequence == 2
    assert ground.codes() == ["not-canonical"]


def test_a_record_of_an_unknown_key_in_the_folder_is_not_followed(ground) -> None:
    first = ground.write("drill-1")
    forged = resealed(first.path.read_bytes(), new_signer(), lambda doc: doc["predicate"]["chain"].update(sequence=1))
    first.path.with_name("00000002.json").write_bytes(forged)

    assert ground.write("drill-2").sequence == 2
    assert "unknown-signer" in ground.codes()


def test_leftovers_of_a_killed_writer_are_swept(ground) -> None:
    ground.write("drill-1")
    (ground.folder / ".abc.tmp").write_bytes(b"half a rec")

    ground.write("drill-2")

    assert not list(ground.folder.rglob("*.tmp"))


def test_many_writers_of_one_machine_make_one_chain(ground) -> None:
    from holdfast.clock import SystemClock

    class HeldClock(SystemClock):
        """Real waiting, told time."""

        def now(self):
            return START

    def write(number: int) -> int:
        mine = Ground(ground.home, signer=ground.signer)
        made = record(f"drill-{number}")
        return write_record(made, subjects(), signer=mine.signer, local=mine.local, clock=HeldClock()).sequence

    with ThreadPoolExecutor(6) as pool:
        sequences = sorted(pool.map(write, range(18)))

    assert sequences == list(range(1, 19))
    assert ground.verify().good


def test_a_writer_that_never_ends_is_one_clear_error(ground) -> None:
    with ground.local.lock(ManualClock(START)), pytest.raises(AnotherCommandRuns):
        ground.write()


def test_a_full_disk_is_one_clear_error_and_leaves_nothing_half_written(tmp_path) -> None:
    """The kernel really refuses: the process may not write files longer than 600 bytes."""
    code = f"""
import resource, sys
sys.path.insert(0, {str(HERE)!r})
from pathlib import Path
from evidence_ground import Ground
from holdfast.evidence.errors import EvidenceNotWritten
ground = Ground(Path({str(tmp_path)!r}))
ground.write("drill-1")
resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))
try:
    ground.write("drill-2")
except EvidenceNotWritten as error:
    print(error.message)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=240)

    ground = Ground(tmp_path)
    ground.clock.advance(timedelta(hours=1))
    assert "cannot write" in ran.stdout
    assert [opened.chain.sequence for _, opened in ground.verify().records] == [1]
    assert not list(tmp_path.rglob("*.tmp"))
    assert ground.write("drill-2").sequence == 2
    assert ground.verify().good


@pytest.mark.parametrize("place", ["evidence", "evidence/sandbox", "evidence/sandbox/keys"])
def test_a_file_in_place_of_a_folder_is_one_clear_error(ground, place: str) -> None:
    (ground.home / place).parent.mkdir(parents=True, exist_ok=True)
    (ground.home / place).touch()

    with pytest.raises(EvidenceNotWritten):
        ground.write()


KILLED = """
import os, sys
sys.path.insert(0, {here!r})
from pathlib import Path
from evidence_ground import Ground
count = 0
def counted(call, limit):
    def step(*args, **kwargs):
        global count
        count += 1
        if count == limit:
            os.kill(os.getpid(), 9)
        return call(*args, **kwargs)
    return step
def child(home, limit):
    ground = Ground(home)
    ground.write("drill-1")
    for name in ("fsync", "rename", "unlink", "open", "fchmod", "mkdir"):
        setattr(os, name, counted(getattr(os, name), limit))
    ground.write("drill-2")
    os._exit(7)
limit, status = 0, -1
while status != 7:
    limit += 1
    pid = os.fork()
    if pid == 0:
        child(Path(sys.argv[1]) / str(limit), limit)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert status in (-9, 7), status
print(limit - 1)
"""


def test_a_kill_at_any_step_leaves_the_chain_good_and_the_next_writer_able(tmp_path) -> None:
    """SIGKILL before the first, the second, … system call of writing drill-2, until one run gets through."""
    code = KILLED.format(here=str(HERE))
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=240, check=True
    )
    steps = int(ran.stdout)
    assert steps > 8

    for step in range(1, steps + 1):
        home = tmp_path / str(step)
        ground = Ground(home)
        ground.clock.advance(timedelta(minutes=10))
        assert ground.verify().good

        written = {opened.entry.identity.record_id for _, opened in ground.verify().records}
        if "drill-2" not in written:
            assert ground.write("drill-2").sequence == 2
        assert ground.write("drill-3").sequence == 3
        assert ground.verify().good
        assert not list(home.rglob("*.tmp"))
