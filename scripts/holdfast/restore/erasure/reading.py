"""Read the ledger of an environment with its key, and make sure nobody put an old one in its place."""

from __future__ import annotations

from pathlib import Path

from holdfast.audit.trail import AuditTrail
from holdfast.aws.sessions import Sessions
from holdfast.clock import Clock
from holdfast.restore.erasure.key import ErasureKey, kms_key, local_key
from holdfast.restore.erasure.ledger import NOTHING_ERASED, Erased, ErasureLedger

ADDED = "erasure add"
"""The action in the audit log whose `value` is the head of the ledger."""


def key_of(sessions: Sessions, home: Path, *, make: bool = False) -> ErasureKey:
    """The key of the environment's ledger: in KMS where the environment says so, else in this home folder.

    Args:
        sessions: of the environment.
        home: Holdfast's folder.
        make: make a local one where there is none.

    Raises:
        ErasureKeyUnusable, ServiceError: it cannot be had.
    """
    environment = sessions.environment
    if environment.restore.erasure_key is None:
        return local_key(home, make=make)
    kms = sessions.client("kms", environment.regions.recovery)
    return kms_key(kms, environment.restore.erasure_key, environment.environment)


def erased_of(sessions: Sessions, home: Path, clock: Clock, *, seen: str | None = None) -> Erased:
    """All that was erased in an environment.

    Args:
        sessions: of the environment.
        home: Holdfast's folder.
        clock: for the ledger.
        seen: a head the plan has seen; must still be there.

    Raises:
        LedgerRolledBack: a line the plan or the audit log has seen is gone.
        ErasureKeyUnusable, ErasureKeyWrong, LogDamaged, ServiceError: it cannot be told what was erased, so nothing
            may be restored.
    """
    name = sessions.environment.environment
    heads = [(seen, "the plan")] if seen else []
    entries = AuditTrail(home, clock).entries(environment=name)
    heads += [(str(each["value"]), "the audit log") for each in entries if each.get("action") == ADDED]
    ledger = ErasureLedger(home, name, clock)
    if not ledger.exists and not heads:
        return NOTHING_ERASED
    return ledger.erased(key_of(sessions, home), seen=heads)
