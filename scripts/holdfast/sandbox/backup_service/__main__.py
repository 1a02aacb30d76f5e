"""Run the service: `python -m holdfast.sandbox.backup_service PORT HOME`; the rest comes in environment variables."""

from __future__ import annotations

import argparse
import os
import signal
from pathlib import Path
from types import FrameType

from holdfast.clock import SystemClock
from holdfast.sandbox.backup_service.authorization import asked_of_emulator
from holdfast.sandbox.backup_service.clients import Clients
from holdfast.sandbox.backup_service.contents.blobs import Blobs
from holdfast.sandbox.backup_service.server import Server
from holdfast.sandbox.backup_service.service import Service
from holdfast.sandbox.backup_service.world import World


def main(port: int, home: Path) -> None:
    """Serve until SIGTERM."""
    given = os.environ
    account, secret = given["HOLDFAST_ACCOUNT"], given["HOLDFAST_SECRET"]
    authority = Path(given["HOLDFAST_AUTHORITY"])
    clients = Clients(home, account, secret, authority)
    blobs = Blobs(Path(given["TMPDIR"]) / "recovery-points")
    service = Service(
        world=World(account, clients, blobs, SystemClock()),
        decide=asked_of_emulator(clients.address, secret, authority),
        run=given["HOLDFAST_RUN"],
        secret=secret,
    )
    server = Server(service, port, Path(given["HOLDFAST_CERTIFICATE"]), Path(given["HOLDFAST_CERTIFICATE_KEY"]))
    signal.signal(signal.SIGTERM, _end)
    server.serve_forever()


def _end(_number: int, _frame: FrameType | None) -> None:
    """Everything is in memory and in the run's folder, and goes with the run."""
    os._exit(0)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(prog="holdfast.sandbox.backup_service")
    arguments.add_argument("port", type=int)
    arguments.add_argument("home", type=Path)
    main(**vars(arguments.parse_args()))
