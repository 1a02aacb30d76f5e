"""Start the emulators side by side and wait until each answers."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from holdfast.clock import Clock
from holdfast.sandbox.emulators import Emulator, Launch
from holdfast.sandbox.errors import EmulatorDied, EmulatorNotReady, NoFreePort, SandboxNotWritable
from holdfast.sandbox.ports import asked_port, free_port
from holdfast.sandbox.processes import Process, is_alive, spawn
from holdfast.sandbox.record import Record, Started, folder_of, write_record
from holdfast.sandbox.status import log_tail

_ATTEMPTS = 4
_POLL_SECONDS = 0.03


@dataclass(frozen=True)
class Launcher:
    """Starts emulators for one run, each recorded before it begins.

    Args:
        home: Holdfast's folder.
        launch: what all emulators are told; the port is filled in for each.
        ports: ports the user asked for, by emulator name.
        timeout: how long all of them together may take to answer.
        clock: time.
    """

    home: Path
    launch: Launch
    ports: Mapping[str, int]
    timeout: timedelta
    clock: Clock

    def start(self, emulators: Sequence[Emulator]) -> Record:
        """Start every emulator and return when all answer.

        One that loses the race for its free port is started again on another. On an error, the processes started so
        far are in the record, for the caller to end.

        Raises:
            EmulatorNotInstalled, PortTaken: before anything is started.
            EmulatorDied, EmulatorNotReady, NoFreePort, SandboxNotWritable: after.
        """
        for emulator in emulators:
            emulator.require()
            if emulator.name in self.ports:
                asked_port(self.ports[emulator.name], emulator.option)
        deadline = self.clock.monotonic() + self.timeout.total_seconds()
        record = Record(self.launch.run, self.launch.account, self.clock.now().isoformat(), ())
        for emulator in emulators:
            record = self._spawn(emulator, record)
        for emulator in emulators:
            record = self._until_healthy(emulator, record, deadline)
        return record

    def _spawn(self, emulator: Emulator, record: Record) -> Record:
        port = self.ports.get(emulator.name) or free_port()
        launch = replace(self.launch, port=port)
        log = folder_of(self.home) / f"{emulator.name}.log"
        others = tuple(each for each in record.emulators if each.name != emulator.name)
        written: list[Record] = []

        def write(process: Process) -> None:
            written.append(replace(record, emulators=(*others, Started(emulator.name, process, port, log))))
            write_record(self.home, written[-1])

        try:
            spawn(
                emulator.command(launch),
                environment=emulator.environment(launch, os.environ),
                folder=launch.folder,
                log=log,
                record=write,
            )
        except OSError as error:
            raise SandboxNotWritable(path=log, reason=error.strerror or error) from error
        return written[-1]

    def _until_healthy(self, emulator: Emulator, record: Record, deadline: float) -> Record:
        attempts = 1
        while True:
            started = next(each for each in record.emulators if each.name == emulator.name)
            if not is_alive(started.process):
                if not self._lost_its_port(started):
                    raise EmulatorDied(name=emulator.name, log=started.log, tail=log_tail(started.log))
                if attempts == _ATTEMPTS or emulator.name in self.ports:
                    raise NoFreePort(name=emulator.name, attempts=attempts, port=started.port)
                attempts += 1
                record = self._spawn(emulator, record)
            elif emulator.healthy(emulator.url(started.port), record.run):
                return record
            elif self.clock.monotonic() >= deadline:
                raise EmulatorNotReady(
                    name=emulator.name,
                    url=emulator.url(started.port),
                    seconds=self.timeout.total_seconds(),
                    log=started.log,
                    tail=log_tail(started.log),
                )
            else:
                self.clock.sleep(_POLL_SECONDS)

    def _lost_its_port(self, started: Started) -> bool:
        return "in use" in log_tail(started.log).lower()
