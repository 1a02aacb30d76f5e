"""Records linked by digest: what is missing, doubled, out of order or told twice shows.

Order comes only from what is signed: each record names the digest of the one before it and its own number, and
`witnessed` names the ends of other branches (a fork that was settled) and of other keys (a rotation) that its writer
saw. There is no index and no head file. What no file can show is that the newest records were cut off; for that the
locked bucket or a digest kept elsewhere (`--head`) is compared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from holdfast.evidence.chain_refusals import (
    ChainForked,
    ChainGap,
    ChainStartMissing,
    DuplicateRecord,
    MixedEnvironments,
    RecordedBeforePrevious,
    RecordIdReused,
    SequenceBroken,
    WitnessMissing,
)
from holdfast.evidence.fields import format_instant
from holdfast.evidence.refusals import Refusal
from holdfast.evidence.signed_record import CLOCK_TOLERANCE, SignedRecord

Named = tuple[str, SignedRecord]
"""A record and where it was found."""

_SHORT = 12


def check_chain(found: Sequence[Named], environment: str | None = None) -> Iterator[tuple[str, Refusal]]:
    """What is wrong between records, as (where, why).

    Args:
        found: records that verify by themselves, in any order; of one environment, of any number of keys.
        environment: the environment they should be of; by default the one most of them are of.
    """
    unique: dict[str, Named] = {}
    for where, record in found:
        if record.digest in unique:
            yield where, DuplicateRecord(other=unique[record.digest][0])
        else:
            unique[record.digest] = (where, record)
    yield from _mixed(unique, environment)
    yield from _reused(unique)
    for where, record in unique.values():
        yield from ((where, refusal) for refusal in _links(record, unique))
    yield from _forks(unique)


def heads(records: Sequence[SignedRecord]) -> list[SignedRecord]:
    """The records that no other one follows or has seen, highest number first."""
    referred = {digest for record in records for digest in _references(record)}
    ends = {record.digest: record for record in records if record.digest not in referred}
    return sorted(ends.values(), key=lambda record: (-record.chain.sequence, record.digest))


def _references(record: SignedRecord) -> list[str]:
    previous = record.chain.previous
    return [*record.chain.witnessed, *([previous] if previous else [])]


def _mixed(unique: dict[str, Named], environment: str | None) -> Iterator[tuple[str, Refusal]]:
    counted = Counter(sorted(record.environment for _, record in unique.values()))
    expected = environment or max(counted, key=lambda name: counted[name], default="")
    for where, record in unique.values():
        if record.environment != expected:
            yield where, MixedEnvironments(got=record.environment, expected=expected)


def _reused(unique: dict[str, Named]) -> Iterator[tuple[str, Refusal]]:
    first: dict[str, str] = {}
    for where, record in sorted(unique.values(), key=lambda named: named[1].entry.recorded_at):
        record_id = record.entry.identity.record_id
        if record_id in first:
            yield where, RecordIdReused(record_id=record_id, other=first[record_id])
        first.setdefault(record_id, where)


def _links(record: SignedRecord, unique: dict[str, Named]) -> Iterator[Refusal]:
    sequence, previous = record.chain.sequence, record.chain.previous
    if previous is not None and previous in unique:
        before = unique[previous][1]
        if before.chain.sequence != sequence - 1 or before.chain.key != record.chain.key:
            yield SequenceBroken(
                got=sequence,
                key=record.chain.key[:_SHORT],
                after=before.chain.sequence,
                other=before.chain.key[:_SHORT],
            )
        if record.entry.recorded_at < before.entry.recorded_at - CLOCK_TOLERANCE:
            yield RecordedBeforePrevious(
                recorded_at=format_instant(record.entry.recorded_at),
                previous_at=format_instant(before.entry.recorded_at),
            )
    elif previous is not None:
        same_chain = (other.chain for _, other in unique.values() if other.chain.key == record.chain.key)
        if all(chain.sequence >= sequence for chain in same_chain):
            yield ChainStartMissing(sequence=sequence, previous=previous[:_SHORT])
        else:
            yield ChainGap(sequence=sequence - 1, previous=previous[:_SHORT])
    for digest in record.chain.witnessed:
        if digest not in unique:
            yield WitnessMissing(digest=digest[:_SHORT])


def _forks(unique: dict[str, Named]) -> Iterator[tuple[str, Refusal]]:
    """Places followed by two records of one key, unless some record knows of both."""
    following: dict[tuple[str, str | None], list[Named]] = defaultdict(list)
    for where, record in unique.values():
        following[record.chain.key, record.chain.previous].append((where, record))
    records = {digest: record for digest, (_, record) in unique.items()}
    for branches in following.values():
        ordered = sorted(branches, key=lambda named: named[1].digest)
        digests = {record.digest for _, record in ordered}
        if len(ordered) > 1 and not any(digests <= _known_to(end, records) for end in heads(list(records.values()))):
            (_, first), (where, second) = ordered[0], ordered[1]
            yield (
                where,
                ChainForked(after=first.chain.sequence - 1, first=first.digest[:_SHORT], second=second.digest[:_SHORT]),
            )


def _known_to(end: SignedRecord, records: dict[str, SignedRecord]) -> set[str]:
    """The digests a record can be traced back to, its own included."""
    known: set[str] = set()
    waiting = [end.digest]
    while waiting:
        digest = waiting.pop()
        if digest not in known:
            known.add(digest)
            waiting.extend(_references(records[digest]) if digest in records else [])
    return known
