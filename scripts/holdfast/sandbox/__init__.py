"""A local AWS: emulators on loopback, IAM enforced, started and ended by `holdfast sandbox`."""

from holdfast.sandbox.asked import asked_ports
from holdfast.sandbox.lifecycle import Run, served_account, start, start_run, stop
from holdfast.sandbox.omissions import OMISSIONS
from holdfast.sandbox.status import State, Status, status, watch
from holdfast.sandbox.trimming import Omitted, without_omitted

__all__ = [
    "OMISSIONS",
    "Omitted",
    "Run",
    "State",
    "Status",
    "asked_ports",
    "served_account",
    "start",
    "start_run",
    "status",
    "stop",
    "watch",
    "without_omitted",
]
