"""One signed record: everything that can be checked about it alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from holdfast.evidence.envelope import open_envelope
from holdfast.evidence.fields import format_instant
from holdfast.evidence.files import MAX_BYTES
from holdfast.evidence.keys import TrustedKey
from holdfast.evidence.record import Chain, Entry, Statement, read_statement
from holdfast.evidence.refusals import ChainKeyMismatch, RecordedInFuture, RecordTooLarge, SignedBeforeEnd

CLOCK_TOLERANCE = timedelta(minutes=5)
"""What two clocks may differ by; the same bound a drill uses."""

KEY_FOLDER_CHARACTERS = 16
DIGEST_CHARACTERS = 12


@dataclass(frozen=True)
class SignedRecord:
    """A record whose signature and content were checked.

    Args:
        digest: SHA-256 of its file, which the next record names.
        signer: the trusted key that verified it.
        statement: what was signed.
    """

    digest: str
    signer: TrustedKey
    statement: Statement

    @property
    def entry(self) -> Entry:
        """The predicate."""
        return self.statement.predicate

    @property
    def chain(self) -> Chain:
        """Its place."""
        return self.entry.chain

    @property
    def environment(self) -> str:
        """The environment it is about."""
        return self.entry.identity.environment

    @property
    def folder(self) -> str:
        """The folder of its chain: the first characters of the key's id."""
        return self.chain.key[:KEY_FOLDER_CHARACTERS]

    @property
    def name(self) -> str:
        """Where it belongs, such as `3f2a…/00000007.json`."""
        return f"{self.folder}/{self.chain.sequence:08d}.json"

    @property
    def branch_name(self) -> str:
        """Where it belongs when another record has its number."""
        return f"{self.folder}/{self.chain.sequence:08d}-{self.digest[:DIGEST_CHARACTERS]}.json"


def open_record(data: bytes, keys: Sequence[TrustedKey]) -> SignedRecord:
    """Verify a record by itself: form, signature, key, content and times.

    Args:
        data: the bytes of its file.
        keys: the keys that are trusted.

    Raises:
        Refusal: its class says what is wrong.
    """
    if len(data) > MAX_BYTES:
        raise RecordTooLarge(limit=MAX_BYTES)
    opened = open_envelope(data, keys)
    record = SignedRecord(opened.digest, opened.signer, read_statement(opened.payload))
    entry = record.entry
    if record.chain.key != opened.signer.key.keyid:
        raise ChainKeyMismatch(chain=record.chain.key[:16], signer=opened.signer.key.keyid[:16])
    opened.signer.check_window(entry.recorded_at)
    end = max((moment for moment in _ends(entry)), default=None)
    if end and entry.recorded_at < end:
        raise SignedBeforeEnd(recorded_at=format_instant(entry.recorded_at), ended_at=format_instant(end))
    return record


def check_not_in_future(record: SignedRecord, now: datetime) -> None:
    """Check a record's time against a clock of today.

    Raises:
        RecordedInFuture: it is later than clocks differ.
    """
    if record.entry.recorded_at > now + CLOCK_TOLERANCE:
        raise RecordedInFuture(recorded_at=format_instant(record.entry.recorded_at), now=format_instant(now))


def _ends(entry: Entry) -> list[datetime]:
    """Every moment that must have been over when the record was made."""
    timeline = entry.timeline
    moments = [timeline.declared_at, timeline.ended_at, entry.people.reviewed_at]
    moments += [moment for phase in timeline.phases for moment in (phase.started_at, phase.ended_at)]
    return [moment for moment in moments if moment is not None]
