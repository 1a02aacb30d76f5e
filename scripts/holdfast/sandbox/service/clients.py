"""Calls of a service's own to the other services of the sandbox, as its root.

A service runs apart from every environment, so it has no `Sessions`; that the ports are looked up in the record of the
run means that nothing here can lead out of this machine.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config

from holdfast.sandbox.emulators import MINISTACK, serving
from holdfast.sandbox.record import read_record

_ISOLATED: dict[str, Any] = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


class NoEmulator(Exception):
    """What is to be called is not recorded."""


class Clients:
    """Clients of the sandbox's services, by service and Region. Safe to use from several threads.

    Args:
        home: Holdfast's folder, whose sandbox's record names the ports.
        account: the account the service works for.
        secret: its root's secret access key.
        bundle: certificate the services are known by.
        beneath: whether every call goes to the emulator, also of a service that has a process of its own: for that
            process itself.
    """

    def __init__(self, home: Path, account: str, secret: str, bundle: Path, *, beneath: bool = False) -> None:
        self._home, self._bundle, self._beneath = home, bundle, beneath
        self._session = botocore.session.Session(_ISOLATED)
        self._session.set_credentials(account, secret)
        self._made: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def __call__(self, service: str, region: str) -> Any:
        """The client of a service in a Region.

        Raises:
            NoEmulator: nothing recorded serves it.
        """
        with self._lock:
            if (service, region) not in self._made:
                self._made[service, region] = self._session.create_client(
                    service,
                    region_name=region,
                    endpoint_url=self.address(service),
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

    def address(self, service: str = "") -> str:
        """Where a service is; the emulator, which also decides who may call, without one.

        Raises:
            NoEmulator: no run is recorded, or none with it.
        """
        wanted = MINISTACK if self._beneath else serving(service)
        record = read_record(self._home)
        port = next((each.port for each in record.emulators if each.name == wanted.name), None) if record else None
        if port is None:
            raise NoEmulator(f"no {wanted.name} is recorded")
        return wanted.url(port)
