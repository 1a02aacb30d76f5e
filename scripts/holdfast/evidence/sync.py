"""Keep the local folder and the locked bucket the same set of records, in both directions, with nothing overwritten.

What was written while the bucket was out of reach is stored later; what another machine stored is fetched, so that the
next record follows it. Where both hold different records under one number (two machines wrote while apart), each
is kept in both places, the second one under a name with its digest, and the next record settles the fork.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from holdfast.evidence.errors import EvidencePathMissing, EvidenceUnreadable
from holdfast.evidence.interface import Location, RemoteStore
from holdfast.evidence.keys import PublicKey, TrustedKey, key_file_name
from holdfast.evidence.local_store import KEY_NAME, KEYS, LocalStore
from holdfast.evidence.refusals import KeyFileDamaged, Refusal
from holdfast.evidence.signed_record import SignedRecord, open_record

BRANCH_MARK = "-"


@dataclass
class Synced:
    """What a synchronization did.

    Args:
        pushed: where each name is stored that was missing in the bucket.
        pulled: names that were missing here.
        problems: names on either side that are no good record, and why; they are left alone.
        records: every good record here, by name.
    """

    pushed: dict[str, Location] = field(default_factory=dict)
    pulled: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    records: dict[str, SignedRecord] = field(default_factory=dict)


def push_missing(local: LocalStore, locked: RemoteStore, *, also: Sequence[PublicKey] = ()) -> Synced:
    """Store what the bucket lacks and fetch what the folder lacks. Doing it again changes nothing.

    Only what verifies is moved: with the keys in the folder, those in the bucket, and `also`.

    Raises:
        ServiceError: the bucket refuses or does not answer; what was moved by then stays.
        StorageError: the folder cannot be written.
    """
    synced = Synced()
    remote = set(locked.names())
    _pull_keys(local, locked, remote, synced)
    keys = [*also, *local.keys()]
    here, broken = readable(local, keys)
    synced.records = here
    synced.problems.update(broken)
    stored = _pull(local, locked, remote, here, keys, synced)
    for key in keys:
        name = f"{KEYS}/{key_file_name(key)}"
        if name not in remote and name not in synced.pushed:
            synced.pushed[name] = locked.add(name, key.pem)
    for name, record in sorted(here.items()):
        if record.digest not in stored:
            free = record.name if record.name not in remote else record.branch_name
            synced.pushed[name] = locked.add(free, local.read(name))
    return synced


def readable(local: LocalStore, keys: Sequence[PublicKey]) -> tuple[dict[str, SignedRecord], dict[str, str]]:
    """The records here that verify with `keys`, by name, and why the others do not."""
    good: dict[str, SignedRecord] = {}
    broken: dict[str, str] = {}
    trusted = [TrustedKey(key) for key in keys]
    for name in local.names():
        if KEY_NAME.fullmatch(name):
            continue
        try:
            good[name] = open_record(local.read(name), trusted)
        except (Refusal, EvidencePathMissing, EvidenceUnreadable) as error:
            broken[name] = error.message
    return good, broken


def _pull_keys(local: LocalStore, locked: RemoteStore, remote: set[str], synced: Synced) -> None:
    for name in sorted(each for each in remote if KEY_NAME.fullmatch(each) and not local.has(each)):
        data = locked.read(name)
        try:
            key = PublicKey.from_pem(data)
        except KeyFileDamaged as error:
            synced.problems[name] = error.message
            continue
        if name == f"{KEYS}/{key_file_name(key)}":
            local.write(name, data)
            synced.pulled.append(name)


def _pull(
    local: LocalStore,
    locked: RemoteStore,
    remote: set[str],
    here: dict[str, SignedRecord],
    keys: Sequence[PublicKey],
    synced: Synced,
) -> set[str]:
    """Fetch what is not here and return the digests the bucket holds.

    Under a record that is the same on both sides everything is the same, because each names the one before it; so of
    those that are here only the newest ones are read, and those where a fork left two records under one number. What
    is fetched is written oldest first: whenever this is killed, no record lies here without those before it.
    """
    trusted = [TrustedKey(key) for key in keys]
    digests = {record.digest for record in here.values()}
    stored: set[str] = set()

    def read(name: str) -> tuple[bytes, SignedRecord] | None:
        try:
            data = locked.read(name)
            record = open_record(data, trusted)
        except Refusal as error:
            synced.problems[name] = f"in the bucket: {error.message}"
            return None
        stored.add(record.digest)
        return None if record.digest in digests else (data, record)

    for name in reversed(_unlike(remote, here, read, stored)):
        found = read(name)
        if found is None:
            continue
        data, record = found
        free = next((each for each in (record.name, record.branch_name) if not local.has(each)), None)
        if free is None:
            synced.problems[name] = "in the bucket: its names are taken here by something else"
            continue
        local.write(free, data)
        here[free] = record
        digests.add(record.digest)
        synced.pulled.append(free)
    return stored


def _unlike(
    remote: set[str],
    here: dict[str, SignedRecord],
    read: Callable[[str], tuple[bytes, SignedRecord] | None],
    stored: set[str],
) -> list[str]:
    """Names in the bucket that are not here, or hold something else here; newest first."""
    forked = {_place(name) for name in (*remote, *here) if BRANCH_MARK in name}
    settled: set[str] = set()
    unlike = []
    for name in sorted((each for each in remote if not KEY_NAME.fullmatch(each)), reverse=True):
        folder = name.partition("/")[0]
        if name not in here:
            unlike.append(name)
        elif folder in settled and _place(name) not in forked:
            stored.add(here[name].digest)
        elif read(name):
            unlike.append(name)
        elif here[name].digest in stored:
            settled.add(folder)
    return unlike


def _place(name: str) -> str:
    """Folder and number, without what tells branches apart."""
    return name.removesuffix(".json").partition(BRANCH_MARK)[0]
