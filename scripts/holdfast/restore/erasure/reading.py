"""Read the ledger of an environment with its key, and make sure nobody put an old one in its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from holdfast.audit.trail import AuditTrail
from holdfast.aws.sessions import Sessions
from holdfast.clock import Clock
from holdfast.environments.model import Environment
from holdfast.restore.erasure.key import ErasureKey, kms_key, local_key
from holdfast.restore.erasure.ledger import NOTHING_ERASED, Erased, ErasureLedger

ADDED = "erasure ledger"
"""The action in the audit log whose `value` is the head of the ledger."""


def key_of(environment: Environment, home: Path, sessions: Callable[[], Sessions], *, make: bool = False) -> ErasureKey:
    """The key of the environment's ledger: in KMS where the environment says so, else in this home folder.

    Args:
        environment: whose ledger.
        home: Holdfast's folder.
        sessions: makes its clients, where the key is in KMS.
        make: make a local one where there is none.

    Raises:
        ErasureKeyUnusable, ServiceError: it cannot be had.
    """
    if environment.restore.erasure_key is None:
        return local_key(home, make=make)
    kms = sessions().client("kms", environment.regions.recovery)
    return kms_key(kms, environment.restore.erasure_key, environment.environment)


def erased_of(
    environment: Environment, home: Path, clock: Clock, sessions: Callable[[], Sessions], *, seen: str | None = None
) -> Erased:
    """All that was erased in an environment.

    Args:
        environment: whose ledger.
        home: Holdfast's folder.
        clock: for the ledger.
        sessions: makes its clients, where the key is in KMS.
        seen: a head the plan has seen; must still be there.

    Raises:
        LedgerRolledBack: a line the plan or the audit log has seen is gone.
        ErasureKeyUnusable, ErasureKeyWrong, LogDamaged, ServiceError: it cannot be told what was erased, so nothing
            may be restored.
    """
    name = environment.environment
    heads = [(seen, "the plan")] if seen else []
    entries = AuditTrail(home, clock).entries(environment=name)
    heads += [(str(each["value"]), "the audit log") for each in entries if each.get("action") == ADDED]
    ledger = ErasureLedger(home, name, clock)
    if not ledger.exists and not heads:
        return NOTHING_ERASED
    return ledger.erased(key_of(environment, home, sessions), seen=heads)
