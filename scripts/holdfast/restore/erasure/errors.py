"""What can go wrong with the list of what was erased on purpose."""

from __future__ import annotations

from holdfast.errors import FindingError, InputError, StorageError


class BadSubject(InputError):
    """What is to be erased cannot be named so."""

    template = "{what} cannot be erased: {problem}; allowed: {allowed}"


class ErasureKeyUnusable(StorageError):
    """The key of the ledger is damaged, lost, or open to others."""

    template = "the key of the erasure ledger is not usable: {problem}"
    hint = "restore the key from where you keep it; without it nobody can tell what was erased, so nothing is restored"


class ErasureKeyWrong(FindingError):
    """Another key than the one the ledger was begun with."""

    template = "the key is not the one the erasure ledger of {environment} was begun with"
    hint = "find the right key; with another one nothing erased would be recognised"


class LedgerRolledBack(FindingError):
    """The ledger ends before a line it is known to have had."""

    template = "the erasure ledger of {environment} does not hold the line {head}, which {who} has seen"
    hint = "an old copy was put in its place; bring back the newest one before anything is restored"


class ReplayFailed(StorageError):
    """A file that holds erased records cannot be rewritten."""

    template = "cannot remove erased records from {path}: {problem}"
