"""Starting, finding again, and stopping; what dies is noticed, and nothing of ours is left behind."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from holdfast import sandbox
from holdfast.aws.endpoints import read_endpoints, sandbox_file
from holdfast.sandbox import emulators, launching
from holdfast.sandbox.errors import (
    EmulatorDied,
    EmulatorNotInstalled,
    EmulatorNotReady,
    PortTaken,
    SandboxInAnotherAccount,
    SandboxRecordDamaged,
)
from holdfast.sandbox.processes import is_alive
from holdfast.sandbox.record import Record, read_record, record_file
from holdfast.sandbox.status import State

pytestmark = pytest.mark.sandbox


def recorded(home: Path) -> Record:
    record = read_record(home)
    assert record is not None
    return record


def kill(home: Path, name: str) -> None:
    """Kill one emulator as the system would, and wait until it is gone."""
    started = next(each for each in recorded(home).emulators if each.name == name)
    os.kill(started.process.pid, signal.SIGKILL)
    while is_alive(started.process):
        pass


def test_a_started_sandbox_answers_is_found_again_and_stops(home: Path) -> None:
    first = sandbox.start_run(home)
    again = sandbox.start_run(home)

    assert not first.already
    assert again.already
    assert again.endpoints == first.endpoints == read_endpoints(home)
    assert sandbox.status(home).state is State.RUNNING

    processes = [each.process for each in recorded(home).emulators]
    assert sandbox.stop(home) == tuple(each.name for each in emulators.EMULATORS)
    assert not any(is_alive(process) for process in processes)
    assert sandbox.status(home).state is State.STOPPED
    assert read_endpoints(home) is None
    assert not (home / "sandbox" / "runs").exists()
    assert sandbox.stop(home) == ()


def test_what_holds_the_secret_is_for_its_owner_only(shared) -> None:
    home, endpoints = shared
    secret_files = [sandbox_file(home), home / "sandbox" / "runs" / endpoints.run / "key.pem", record_file(home)]

    assert {stat.S_IMODE(path.stat().st_mode) for path in secret_files} == {0o600}
    assert endpoints.secret_key not in repr(endpoints)


def test_each_run_has_an_id_and_a_secret_of_its_own(home: Path) -> None:
    first = sandbox.start(home)
    sandbox.stop(home)
    second = sandbox.start(home)

    assert first.run != second.run
    assert first.secret_key != second.secret_key


def test_what_belongs_to_a_run_goes_with_it(home: Path) -> None:
    run = sandbox.start(home).run
    state = home / "sandbox" / "runs" / str(run) / "state" / "stack.tfstate"
    state.parent.mkdir()
    state.write_text("{}")

    sandbox.stop(home)
    sandbox.start(home)

    assert not state.exists()


@pytest.mark.parametrize("victim", ["ministack", "aws-backup"])
def test_a_dead_emulator_is_noticed_and_a_start_begins_anew(home: Path, victim: str) -> None:
    first = sandbox.start(home)
    survivors = [each.process for each in recorded(home).emulators if each.name != victim]
    kill(home, victim)

    status = sandbox.status(home)
    assert status.state is State.DIED
    assert {each.name: each.state for each in status.emulators}[victim] is State.DIED
    assert isinstance(sandbox.watch(home)(), EmulatorDied)

    run = sandbox.start_run(home)
    assert not run.already
    assert run.replaced is not None
    assert run.replaced.state is State.DIED
    assert run.endpoints.run != first.run
    assert not any(is_alive(process) for process in survivors)
    assert sandbox.watch(home)() is None


def test_a_silent_emulator_is_told_from_a_dead_one(home: Path) -> None:
    sandbox.start(home)
    pid = next(each.process.pid for each in recorded(home).emulators if each.name == "ministack")
    os.kill(pid, signal.SIGSTOP)
    try:
        assert sandbox.status(home).state is State.SILENT
        assert sandbox.watch(home)() is None  # busy is not dead
    finally:
        os.kill(pid, signal.SIGCONT)


def test_two_starts_at_once_make_one_sandbox(home: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda _: sandbox.start_run(home), range(2)))

    assert sorted(run.already for run in runs) == [False, True]
    assert runs[0].endpoints == runs[1].endpoints


def port_nobody_is_given() -> int:
    """A free port below those the kernel gives to whoever asks for any: nobody takes it between here and its use."""
    while True:
        port = random.randrange(20_000, 30_000)  # noqa: S311  # others may run this test at the same time
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def test_a_port_asked_for_is_used(home: Path) -> None:
    port = port_nobody_is_given()

    assert (
        sandbox.start_run(home, ports={"aws-backup": port}).endpoints.services["backup"] == f"https://127.0.0.1:{port}"
    )


@pytest.mark.parametrize(("name", "option"), [("ministack", "--port"), ("aws-backup", "--backup-port")])
def test_a_taken_port_asked_for_is_one_clear_error(home: Path, name: str, option: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(PortTaken, match=option):
            sandbox.start_run(home, ports={name: other.getsockname()[1]})

    assert sandbox.status(home).state is State.STOPPED


def test_an_emulator_that_loses_its_free_port_takes_another(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = launching.free_port
    with socket.socket() as thief:
        thief.bind(("127.0.0.1", 0))
        thief.listen()
        taken = thief.getsockname()[1]
        offered = iter([taken, taken])
        monkeypatch.setattr(launching, "free_port", lambda: next(offered, None) or free())

        sandbox.start(home)

    assert sandbox.status(home).state is State.RUNNING
    assert taken not in {each.port for each in recorded(home).emulators}


def test_another_account_is_not_served_silently(shared) -> None:
    home, _ = shared

    with pytest.raises(SandboxInAnotherAccount, match="111111111111"):
        sandbox.start(home, account="111111111111")


def test_an_emulator_that_ends_at_once_is_reported_with_its_log(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = emulators.Emulator(
        **{**vars(emulators.BACKUP), "arguments": lambda _launch: ["0", ".", "--no-such-option"]}
    )
    monkeypatch.setattr(emulators, "EMULATORS", (emulators.MINISTACK, broken))

    with pytest.raises(EmulatorDied, match="no-such-option"):
        sandbox.start(home)

    assert read_record(home) is None
    assert read_endpoints(home) is None


def test_an_emulator_that_never_answers_is_ended(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mute = emulators.Emulator(**{**vars(emulators.BACKUP), "healthy": lambda _address, _run: False})
    monkeypatch.setattr(emulators, "EMULATORS", (mute,))

    with pytest.raises(EmulatorNotReady, match="aws-backup"):
        sandbox.start_run(home, timeout=timedelta(seconds=0.5))

    assert read_record(home) is None


def test_a_missing_emulator_is_found_before_anything_is_started(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    absent = emulators.Emulator(**{**vars(emulators.BACKUP), "package": "no_such_emulator"})
    monkeypatch.setattr(emulators, "EMULATORS", (emulators.MINISTACK, absent))

    with pytest.raises(EmulatorNotInstalled, match="aws-backup"):
        sandbox.start(home)

    assert not (home / "sandbox" / "ministack.log").exists()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema": "holdfast.sandbox-run/1"}', '{"schema": "other/1"}'])
def test_a_damaged_record_is_one_error_and_nothing_is_ended(home: Path, content: str) -> None:
    path = record_file(home)
    path.parent.mkdir(parents=True)
    path.write_text(content)
    try:
        with pytest.raises(SandboxRecordDamaged, match=str(path)):
            sandbox.stop(home)
    finally:
        path.unlink()


def test_a_recorded_pid_that_is_somebody_elses_by_now_is_left_alone(home: Path) -> None:
    """The record of a run that ended with the machine; the pid now belongs to this test."""
    path = record_file(home)
    path.parent.mkdir(parents=True)
    process = {"pid": os.getpid(), "started": "another boot/1"}
    emulator = {"name": "ministack", "process": process, "port": 1, "log": str(home / "gone.log")}
    document = {
        "schema": "holdfast.sandbox-run/1",
        "run": "r",
        "account": "0" * 12,
        "since": "",
        "emulators": [emulator],
    }
    path.write_text(json.dumps(document))

    assert sandbox.status(home).state is State.DIED
    assert sandbox.stop(home) == ()
    assert not path.exists()
