"""What can go wrong while the sandbox makes a source."""

from __future__ import annotations

from holdfast.errors import ToolError


class SeedUnfinished(ToolError):
    """The sandbox's RDS takes too long."""

    template = "the instance or snapshot is {status} after {seconds:.0f} s"
    hint = "the machine may be busy; try again: what is there already is kept"
