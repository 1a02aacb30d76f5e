"""A local AWS: emulators on loopback, IAM enforced, started and ended by `holdfast sandbox`."""

from holdfast.sandbox.lifecycle import Run, start, start_run, stop
from holdfast.sandbox.status import State, Status, status

__all__ = ["Run", "State", "Status", "start", "start_run", "status", "stop"]
