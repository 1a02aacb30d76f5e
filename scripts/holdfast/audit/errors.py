"""What can go wrong with a log that is only ever added to."""

from __future__ import annotations

from holdfast.errors import FindingError, InputError, StorageError


class LogNotWritten(StorageError):
    """Nothing is done that cannot be written down."""

    template = "cannot write {path}: {reason}; nothing was done"
    hint = "free some space or fix the permissions of the folder, then run the command again"


class NoEntryDigest(InputError):
    """A digest that was passed is none."""

    template = "{value!r} is not the digest of an entry; allowed: its first 12 to 64 hexadecimal digits"
    hint = "holdfast audit verify prints the newest one in full; keep it elsewhere and pass it with --head"


class LogUnreadable(StorageError):
    """The log cannot be read."""

    template = "cannot read {path}: {reason}"
    hint = "fix the permissions of the folder, or choose another one with HOLDFAST_HOME"


class LogNotPrivate(StorageError):
    """Others may read or write the log."""

    template = "{path} is open to others (mode {mode})"
    hint = "find out who could write it, then: chmod 600 {path}"


class LogDamaged(FindingError):
    """A line was changed, moved or removed."""

    template = "the log does not hang together: {problem}"
    hint = "compare it with a copy (holdfast audit export) and with the heads in the evidence; do not mend it"
