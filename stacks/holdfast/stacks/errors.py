"""What can go wrong while stacks are synthesized."""

from __future__ import annotations

from holdfast.errors import StorageError


class CannotWriteStacks(StorageError):
    """The folder for the synthesized stacks cannot be made or written."""

    template = "cannot write the stacks to {path}: {reason}"
    hint = "name another folder with --out, or another home with HOLDFAST_HOME"
