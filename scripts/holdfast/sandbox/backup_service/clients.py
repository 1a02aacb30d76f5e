"""Calls of the service's own to the emulator that holds what it protects, as the sandbox's root.

The service runs apart from every environment, so it has no `Sessions`; that the emulator's port is looked up in the
record of the run means that nothing here can lead out of this machine.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config

from holdfast.sandbox.ports import LOOPBACK
from holdfast.sandbox.record import read_record

_ISOLATED: dict[str, Any] = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


class NoEmulator(Exception):
    """The emulator that holds what is protected is not recorded."""


class Clients:
    """Clients of the emulator, by service and Region. Safe to use from several threads.

    Args:
        home: Holdfast's folder, whose sandbox's record names the port.
        account: the account the service works for.
        secret: its root's secret access key.
        bundle: certificate the emulator is known by.
    """

    def __init__(self, home: Path, account: str, secret: str, bundle: Path) -> None:
        self._home, self._bundle = home, bundle
        self._session = botocore.session.Session(_ISOLATED)
        self._session.set_credentials(account, secret)
        self._made: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def __call__(self, service: str, region: str) -> Any:
        """The client of a service in a Region."""
        with self._lock:
            if (service, region) not in self._made:
                self._made[service, region] = self._session.create_client(
                    service,
                    region_name=region,
                    endpoint_url=self.address(),
                    verify=str(self._bundle),
                    config=Config(
                        retries={"mode": "standard", "total_max_attempts": 3},
                        connect_timeout=5,
                        read_timeout=30,
                        max_pool_connections=16,
                        proxies={},
                        s3={"addressing_style": "path"},
                    ),
                )
            return self._made[service, region]

    def address(self) -> str:
        """Where the emulator is.

        Raises:
            NoEmulator: no run is recorded, or none with that emulator.
        """
        record = read_record(self._home)
        port = next((each.port for each in record.emulators if each.name == "ministack"), None) if record else None
        if port is None:
            raise NoEmulator("no emulator is recorded")
        return f"https://{LOOPBACK}:{port}"
