"""The points at which a drill can be killed: every answer of AWS, every file opened, written, renamed or removed.

Between two points nothing outside the process changes, so a process that is killed anywhere is as one killed at one of
them. Reads in native code change nothing; the write of what was read is a point.
"""

from __future__ import annotations

import builtins
import io
import signal
from functools import lru_cache

import botocore.session
from botocore.client import BaseClient
from botocore.loaders import Loader
from killed_drills import Boundaries

from holdfast.errors import Terminated

_MORE = {"os.link", "os.symlink", "subprocess.Popen"}
_WRITING = frozenset("wax+")
SIGNALS = {"resume": signal.SIGKILL, "sweep": signal.SIGKILL, "interrupt": signal.SIGINT, "terminate": signal.SIGTERM}
"""What the process gets at the point, by what is done afterwards."""


class Points(Boundaries):
    """Counts points and delivers a signal at the n-th; at none when n is 0."""

    def install(self) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, _terminate)
        super().install()
        real_open, call = io.open, BaseClient._make_api_call

        def opened(file, mode="r", *arguments, **options):
            stream = real_open(file, mode, *arguments, **options)
            if _WRITING & set(mode) and self.reached():  # it is there, or cut off, and nothing is written yet
                self.strike()
            return stream

        def answered(client, operation, arguments):
            try:
                return call(client, operation, arguments)
            finally:
                if self.reached():
                    self.strike()

        io.open = builtins.open = opened
        BaseClient._make_api_call = answered

    def audit(self, event: str, arguments: tuple) -> None:
        if event in _MORE and self.reached():
            self.strike()
        super().audit(event, arguments)


def read_models_once(*services: str) -> None:
    """Have every client of this process and its children share what botocore reads from its own files."""
    loader = _loader()
    for service in services:
        for kind in ("service-2", "endpoint-rule-set-1", "paginators-1", "waiters-2"):
            if service in loader.list_available_services(kind):
                loader.load_service_model(service, kind)
    for document in ("endpoints", "partitions", "_retry", "sdk-default-configuration"):
        loader.load_data(document)
    botocore.session.create_loader = lambda *_: loader


@lru_cache
def _loader() -> Loader:
    return botocore.session.create_loader()


def _terminate(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    raise Terminated(during="the command")
