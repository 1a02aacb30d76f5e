"""Start and stop the sandbox.

What the emulators hold is in memory: each start is a new run with an id, and whatever is worth something only within a
run (Terraform state, above all) is kept under `runs/<id>` and removed with it.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from holdfast.aws.endpoints import Endpoints, read_endpoints, sandbox_file, write_endpoints
from holdfast.clock import Clock, SystemClock
from holdfast.locking import file_lock
from holdfast.sandbox import emulators
from holdfast.sandbox.certificate import make_certificate
from holdfast.sandbox.emulators import Emulator, Launch
from holdfast.sandbox.errors import NotServedHere, SandboxInAnotherAccount, SandboxNotWritable
from holdfast.sandbox.launching import Launcher
from holdfast.sandbox.postgres.ending import end_sources
from holdfast.sandbox.processes import end
from holdfast.sandbox.rds_service.engine.recorded import end_recorded
from holdfast.sandbox.record import Record, folder_of, read_record, record_file
from holdfast.sandbox.status import State, Status, status_of

if TYPE_CHECKING:
    from holdfast.environments.model import Environment

DEFAULT_ACCOUNT = "000000000000"
_LOCK_SECONDS = 90.0
_BUSY_SECONDS = 10.0
_POLL_SECONDS = 0.2


def served_account(environment: Environment) -> str:
    """The account a sandbox has to serve for an environment: the one of its workload.

    Raises:
        NotServedHere: when the environment is not marked `sandbox: true`.
    """
    if not environment.sandbox:
        raise NotServedHere(environment=environment.environment)
    return environment.accounts.workload


@dataclass(frozen=True)
class Run:
    """A running sandbox.

    Args:
        endpoints: where it is reached.
        already: it was running before.
        replaced: the status of an earlier run that had died and was cleared away, if any.
    """

    endpoints: Endpoints
    already: bool
    replaced: Status | None = None


def start(home: Path, *, account: str = DEFAULT_ACCOUNT, clock: Clock | None = None) -> Endpoints:
    """Start the sandbox on free ports, or find it running. See `start_run`."""
    return start_run(home, account=account, clock=clock).endpoints


def start_run(
    home: Path,
    *,
    account: str = DEFAULT_ACCOUNT,
    ports: Mapping[str, int] | None = None,
    timeout: timedelta = timedelta(seconds=60),
    clock: Clock | None = None,
) -> Run:
    """Start the sandbox, or find it running; a run that has died (or is silent for 10 s) is replaced by a new one.

    Args:
        home: Holdfast's folder; the sandbox writes under `home/sandbox`.
        account: the account its administrator credential belongs to, twelve digits.
        ports: port by emulator name, for those that must not be a free one.
        timeout: how long the emulators may take to answer.
        clock: time.

    Raises:
        PortTaken: a port asked for is in use.
        EmulatorNotInstalled, EmulatorDied, EmulatorNotReady, NoFreePort: an emulator cannot be had.
        SandboxInAnotherAccount: a sandbox for another account runs.
        AnotherCommandRuns: another command is at it.
    """
    clock = clock or SystemClock()
    with _locked(home, clock):
        record = read_record(home)
        before = _settled(record, clock) if record else None
        if record and before and before.state is State.RUNNING:
            endpoints = read_endpoints(home)
            if record.account != account:
                raise SandboxInAnotherAccount(running=record.account, asked=account)
            if endpoints is not None and endpoints.run == record.run:
                return Run(endpoints, already=True)
        _clear(home, record, clock)
        endpoints = _start_new(home, account, ports or {}, timeout, clock)
        return Run(endpoints, already=False, replaced=before)


def stop(home: Path, *, clock: Clock | None = None) -> tuple[str, ...]:
    """End the processes `start` recorded, by their ids, and remove what belongs to the run. Logs stay.

    So are the servers that were started in the run, also those whose own service was killed.

    Returns:
        The names of the emulators that were still running.

    Raises:
        ServersRemain: a server cannot be ended; what is on record of it stays.
    """
    clock = clock or SystemClock()
    if not folder_of(home).is_dir():
        return ()
    with _locked(home, clock):
        return _clear(home, read_record(home), clock)


def _locked(home: Path, clock: Clock) -> AbstractContextManager[None]:
    return file_lock(folder_of(home) / "lock", clock, doing="starting or stopping the sandbox", patience=_LOCK_SECONDS)


def _settled(record: Record, clock: Clock) -> Status:
    """The status of a run, after some patience with an emulator that is busy."""
    deadline = clock.monotonic() + _BUSY_SECONDS
    while (found := status_of(record)).state is State.SILENT and clock.monotonic() < deadline:
        clock.sleep(_POLL_SECONDS)
    return found


def _start_new(home: Path, account: str, ports: Mapping[str, int], timeout: timedelta, clock: Clock) -> Endpoints:
    run = f"{clock.now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    folder = folder_of(home)
    _make_run_folder(folder, run)
    try:
        launch = Launch(
            home=home,
            folder=folder / "runs" / run,
            port=0,
            account=account,
            secret=secrets.token_urlsafe(24),
            run=run,
            certificate=make_certificate(folder / "runs" / run, clock.now()),
        )
        record = Launcher(home, launch, ports, timeout, clock).start(emulators.EMULATORS)
        endpoints = _endpoints(record, launch, emulators.EMULATORS)
        write_endpoints(home, endpoints)
    except BaseException:
        _clear(home, read_record(home), clock)
        raise
    return endpoints


def _endpoints(record: Record, launch: Launch, known: tuple[Emulator, ...]) -> Endpoints:
    ports = {started.name: started.port for started in record.emulators}
    default = next(each.url(ports[each.name]) for each in known if not each.services)
    services = {service: each.url(ports[each.name]) for each in known for service in each.services}
    return Endpoints(
        default=default,
        services=MappingProxyType(services),
        access_key=launch.account,
        secret_key=launch.secret,
        ca_bundle=str(launch.certificate.authority),
        run=launch.run,
    )


def _make_run_folder(folder: Path, run: str) -> None:
    """Make the folder of this run."""
    try:
        (folder / "runs" / run).mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise SandboxNotWritable(path=folder, reason=error.strerror or error) from error


def _clear(home: Path, record: Record | None, clock: Clock) -> tuple[str, ...]:
    """End and remove what an earlier run left: all of it that is on record, or what a run that is on none left."""
    sandbox_file(home).unlink(missing_ok=True)
    started = record.emulators if record else ()
    with ThreadPoolExecutor() as pool:
        running = list(pool.map(lambda each: end(each.process, clock), started))
    runs = folder_of(home) / "runs"
    for run in runs.glob("*"):
        end_recorded(run, clock)
    shutil.rmtree(runs, ignore_errors=True)
    record_file(home).unlink(missing_ok=True)
    end_sources(home, clock)
    return tuple(each.name for each, ran in zip(started, running, strict=True) if ran)
