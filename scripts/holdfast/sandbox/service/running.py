"""How a service's process is told what it works for, and how it ends: `python -m MODULE PORT HOME`."""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from holdfast.sandbox.emulators import VARIABLES
from holdfast.sandbox.service.api import Host
from holdfast.sandbox.service.authorization import asked_of_emulator
from holdfast.sandbox.service.clients import Clients
from holdfast.sandbox.service.control import Control, Door
from holdfast.sandbox.service.faults import Faults
from holdfast.sandbox.service.server import Server
from holdfast.sandbox.service.serving import Service


@dataclass(frozen=True)
class Given:
    """What `holdfast sandbox start` tells a service: arguments, and for what is secret or long, variables.

    Args:
        port: where it listens, on 127.0.0.1 only.
        home: Holdfast's folder, where the run is recorded.
        folder: where it may write; goes with the run.
        account: the account it serves.
        secret: secret access key of that account's root.
        run: id of the run.
        authority: certificate all services are known by.
        certificate: what it identifies itself with.
        certificate_key: its private key.
    """

    port: int
    home: Path
    folder: Path
    account: str
    secret: str
    run: str
    authority: Path
    certificate: Path
    certificate_key: Path

    def clients(self, *, beneath: bool = False) -> Clients:
        """Calls to the sandbox's other services; `beneath` for calls to the emulator only."""
        return Clients(self.home, self.account, self.secret, self.authority, beneath=beneath)

    def host(self, faults: Faults) -> Host:
        """What its APIs work with."""
        return Host(
            self.account, asked_of_emulator(self.clients(beneath=True).address, self.secret, self.authority), faults
        )

    def control(self, service: str, faults: Faults, doors: dict[str, Door] | None = None) -> Control:
        """Its door."""
        return Control(service, self.run, self.secret, faults, doors or {})


def run(module: str, build: Callable[[Given], Service], ending: Callable[[], None] = lambda: None) -> None:
    """Serve until SIGTERM.

    Args:
        module: its name, for the usage text.
        build: makes the service.
        ending: what is to be ended with it; what is in memory and in the run's folder goes by itself.
    """
    parser = argparse.ArgumentParser(prog=module)
    parser.add_argument("port", type=int)
    parser.add_argument("home", type=Path)
    arguments, given = parser.parse_args(), os.environ

    def end(_number: int, _frame: FrameType | None) -> None:
        ending()
        os._exit(0)

    told = Given(
        port=arguments.port,
        home=arguments.home,
        folder=Path(given["TMPDIR"]),
        account=given[VARIABLES["account"]],
        secret=given[VARIABLES["secret"]],
        run=given[VARIABLES["run"]],
        authority=Path(given[VARIABLES["authority"]]),
        certificate=Path(given[VARIABLES["certificate"]]),
        certificate_key=Path(given[VARIABLES["certificate_key"]]),
    )
    server = Server(build(told), told.port, told.certificate, told.certificate_key)
    signal.signal(signal.SIGTERM, end)
    server.serve_forever()
