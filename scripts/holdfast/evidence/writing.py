"""Make a record: sign it into its place in the chain, keep it here, lock it in the bucket, and say what was reached."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from holdfast.clock import Clock
from holdfast.errors import ServiceError
from holdfast.evidence.chain import heads
from holdfast.evidence.envelope import seal
from holdfast.evidence.errors import ClockBehindChain, RecordIdTaken, StoreNameTaken
from holdfast.evidence.fields import format_instant
from holdfast.evidence.files import staged
from holdfast.evidence.interface import Location, NotStored, RemoteStore, Signer
from holdfast.evidence.keys import PublicKey, TrustedKey
from holdfast.evidence.leaks import refuse_secrets
from holdfast.evidence.local_store import LocalStore
from holdfast.evidence.record import Record, Subject, statement_bytes
from holdfast.evidence.signed_record import CLOCK_TOLERANCE, SignedRecord, open_record
from holdfast.evidence.sync import push_missing, readable

_RETRIES = 4
_NO_BUCKET = "no evidence bucket is used"


@dataclass(frozen=True)
class Written:
    """A record that was made.

    Args:
        path: its file on this machine.
        digest: SHA-256 of the file: what the next record names, and what to keep elsewhere as the head.
        sequence: its number in the chain.
        store: where it is locked, or why it is not; then the next record that can be stored takes it along.
        warnings: other records that are not as they should be, by name, and why. They were left alone.
    """

    path: Path
    digest: str
    sequence: int
    store: Location | NotStored
    warnings: dict[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "path": str(self.path),
            "digest": self.digest,
            "sequence": self.sequence,
            "store": self.store.document(),
            "warnings": dict(self.warnings),
        }


def write_record(
    record: Record,
    subjects: Sequence[Subject],
    *,
    signer: Signer,
    local: LocalStore,
    locked: RemoteStore | None = None,
    clock: Clock,
    secrets: Collection[str] = (),
) -> Written:
    """Sign, keep and lock one record. Repeating it with the same record gives the one that was written.

    The bytes lie on this machine's disk before they are sent anywhere. When the bucket refuses or is out of reach, the
    record is kept here and the result says why it is not locked.

    Args:
        record: what happened.
        subjects: the files it speaks of, by digest; at least one.
        signer: who signs.
        local: the environment's folder.
        locked: the environment's bucket; None when there is none.
        clock: when it is made.
        secrets: secrets in use now; a record that holds one is refused.

    Raises:
        SecretInRecord: the record holds something that looks like a secret.
        RecordIdTaken: this id was used for something else.
        ClockBehindChain: this machine's clock is behind the newest record.
        Refusal: the record would not verify, such as one made before its own end.
        ServiceError: the signer does not sign.
        StorageError: this machine's disk does not take it; nothing half-written is left.
    """
    refuse_secrets([record.document(), [subject.name for subject in subjects]], secrets)
    key = signer.public_key
    with local.lock(clock):
        local.keep_key(key)
        for is_last in (*([False] * _RETRIES), True):
            unreachable, known, warnings = _known(local, locked, key)
            existing = _existing(record, subjects, known)
            if existing:
                store = unreachable or _lock_existing(locked, local, existing, known[existing])
                return _result(local, existing, known[existing], store, warnings)
            data, signed = _sign(record, subjects, signer, list(known.values()), clock)
            is_taken = is_last or local.has(signed.name) or signed.name in warnings
            name = signed.branch_name if is_taken else signed.name
            with staged(local.folder, data) as whole:
                try:
                    store = unreachable or _lock(locked, name, data)
                except StoreNameTaken as error:
                    if not is_last:
                        continue
                    store = NotStored(error.message)
                whole.commit(local.path(name))
            return _result(local, name, signed, store, warnings)
    raise AssertionError("the last attempt returns")


def find_written(
    record_id: str, *, signer: Signer, local: LocalStore, locked: RemoteStore | None = None, clock: Clock
) -> Written | None:
    """The record of this id, when it was written before: by a process that was killed after it, or on another machine.

    Args:
        record_id: as in `Identity`.
        signer, local, locked, clock: as for `write_record`.

    Raises:
        ServiceError: the signer cannot say its public key.
        StorageError: this machine's disk fails.
    """
    key = signer.public_key
    with local.lock(clock):
        unreachable, known, warnings = _known(local, locked, key)
        for name, signed in known.items():
            if signed.entry.identity.record_id == record_id:
                store = unreachable or _lock_existing(locked, local, name, signed)
                return _result(local, name, signed, store, warnings)
    return None


def _result(
    local: LocalStore, name: str, signed: SignedRecord, store: Location | NotStored, warnings: dict[str, str]
) -> Written:
    return Written(local.path(name), signed.digest, signed.chain.sequence, store, warnings)


def _known(
    local: LocalStore, locked: RemoteStore | None, key: PublicKey
) -> tuple[NotStored | None, dict[str, SignedRecord], dict[str, str]]:
    """Bring both sides to the same state: why the bucket cannot be used, if so; what is good here; and what is not."""
    reason = _NO_BUCKET
    if locked is not None:
        try:
            synced = push_missing(local, locked, also=[key])
        except ServiceError as error:
            reason = error.message
        else:
            return None, synced.records, synced.problems
    return NotStored(reason), *readable(local, [key, *local.keys()])


def _lock(locked: RemoteStore | None, name: str, data: bytes) -> Location | NotStored:
    """Store one file.

    Raises:
        StoreNameTaken: something else has the name by now.
    """
    if locked is None:
        return NotStored(_NO_BUCKET)
    try:
        return locked.add(name, data)
    except StoreNameTaken:
        raise
    except ServiceError as error:
        return NotStored(error.message)


def _lock_existing(
    locked: RemoteStore | None, local: LocalStore, name: str, signed: SignedRecord
) -> Location | NotStored:
    """Where a record that was synchronized lies: under its number, or beside the one that has it."""
    data = local.read(name)
    try:
        return _lock(locked, signed.name, data)
    except StoreNameTaken:
        return _lock(locked, signed.branch_name, data)


def _existing(record: Record, subjects: Sequence[Subject], known: dict[str, SignedRecord]) -> str | None:
    """The name of this very record, when it was written before.

    Raises:
        RecordIdTaken: the id stands for something else.
    """
    for name, signed in known.items():
        if signed.entry.identity.record_id == record.identity.record_id:
            if _said(signed.entry, signed.statement.subject) == _said(record, subjects):
                return name
            raise RecordIdTaken(record_id=record.identity.record_id, path=name)
    return None


def _said(record: Record, subjects: Sequence[Subject]) -> dict[str, Any]:
    """What a record says, without when and where it was written down."""
    document = {name: value for name, value in record.document().items() if name not in {"recorded_at", "chain"}}
    return {**document, "subjects": [subject.model_dump(mode="json") for subject in subjects]}


def _sign(
    record: Record, subjects: Sequence[Subject], signer: Signer, known: Sequence[SignedRecord], clock: Clock
) -> tuple[bytes, SignedRecord]:
    """The record's file and the record, in its place after everything that is known.

    Raises:
        Refusal: it would not verify.
        ClockBehindChain: it would be dated before the record it follows.
    """
    key, now = signer.public_key, clock.now()
    own = [each for each in known if each.chain.key == key.keyid]
    previous = min(own, key=lambda each: (-each.chain.sequence, each.digest), default=None)
    if previous and now < previous.entry.recorded_at - CLOCK_TOLERANCE:
        raise ClockBehindChain(now=format_instant(now), recorded_at=format_instant(previous.entry.recorded_at))
    chain: dict[str, Any] = {"key": key.keyid, "sequence": previous.chain.sequence + 1 if previous else 1}
    if previous:
        chain["previous"] = previous.digest
    witnessed = sorted(end.digest for end in heads(known) if end is not previous)
    if witnessed:
        chain["witnessed"] = witnessed
    data = seal(statement_bytes(record, subjects, format_instant(now), chain), signer)
    return data, open_record(data, [TrustedKey(key)])
