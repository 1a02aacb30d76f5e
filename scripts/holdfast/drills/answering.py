"""Kinds that tell a service the verdict, once it is known and before it is recorded."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from holdfast.drills.context import Drill
from holdfast.drills.verdict import Verdict


@runtime_checkable
class Answering(Protocol):
    """A kind whose service keeps what a drill found, such as AWS Backup's validation of a restore job."""

    def answer(self, drill: Drill, verdict: Verdict, reasons: tuple[str, ...]) -> None:
        """Tell the service; called again after a crash, and must then tell nothing twice.

        Raises:
            HoldfastError: the service does not take it; that fails the drill.
        """
