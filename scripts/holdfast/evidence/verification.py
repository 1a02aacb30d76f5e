"""Verify records offline: files in, findings out. Needs the files and a public key; no network, no clock but today's.

Nothing found wrong is good only when something was verified, and with a key that somebody passed. Keys that lie in the
same folder as the records show that nothing was changed since, not who signed; the result says which it was.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from holdfast.clock import Clock
from holdfast.errors import FindingError
from holdfast.evidence.chain import check_chain
from holdfast.evidence.chain_refusals import HeadMissing
from holdfast.evidence.errors import (
    EvidencePathMissing,
    EvidenceUnreadable,
    NoDigest,
    NothingToVerify,
    NoTrustedKey,
)
from holdfast.evidence.fields import format_instant
from holdfast.evidence.files import read_regular
from holdfast.evidence.keys import TrustedKey, read_key_file
from holdfast.evidence.local_store import CHAIN_FOLDER, KEYS, evidence_folder
from holdfast.evidence.refusals import MisnamedRecord, Refusal
from holdfast.evidence.signed_record import SignedRecord, check_not_in_future, open_record
from holdfast.evidence.subjects import check_subjects


class Scope(StrEnum):
    """What was checked."""

    CHAIN = "chain"
    RECORD = "record"


class Trust(StrEnum):
    """Why the keys were trusted."""

    PASSED = "passed"
    SAME_FOLDER = "same-folder"


@dataclass(frozen=True)
class Finding:
    """One thing that does not verify.

    Args:
        code: the refusal's class in kebab case.
        where: the file.
        message: what is wrong.
    """

    code: str
    where: str
    message: str

    @classmethod
    def of(cls, where: str, refusal: FindingError) -> Finding:
        """The finding for a refusal."""
        return cls(refusal.code(), where, refusal.message)


@dataclass(frozen=True)
class Verification:
    """What was verified and what was found.

    Args:
        records: every record that verifies by itself, with where it lies, in the order of their chains.
        findings: everything that does not verify, of single records and between them.
        trust: where the keys came from.
        scope: whether the records were checked together, or one alone.
    """

    records: tuple[tuple[str, SignedRecord], ...]
    findings: tuple[Finding, ...]
    trust: Trust
    scope: Scope = Scope.CHAIN

    @property
    def good(self) -> bool:
        """Whether something was verified and nothing was found."""
        return bool(self.records) and not self.findings

    @property
    def heads(self) -> dict[str, str]:
        """The digest of the newest record of each chain, by key: keep these elsewhere, for `--head`."""
        newest: dict[str, str] = {}
        for _, record in self.records:
            newest[record.chain.key] = record.digest
        return newest

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "verdict": "verified" if self.good else "refused" if self.findings else "nothing",
            "trust": self.trust.value,
            "scope": self.scope.value,
            "heads": self.heads,
            "records": [summary(where, record) for where, record in self.records],
            "findings": [{"code": each.code, "path": each.where, "message": each.message} for each in self.findings],
        }


@dataclass(frozen=True)
class Wanted:
    """What else must hold.

    Args:
        head: the digest of a record that must be among them, as somebody wrote it down elsewhere.
        subjects: a folder with the files the records speak of; every one of them must be there.
        environment: the environment all of them must be of; by default they must be of one.
    """

    head: str | None = None
    subjects: Path | None = None
    environment: str | None = None

    @classmethod
    def of(cls, head: str | None, subjects: Path | None) -> Wanted:
        """From what was passed on a command line.

        Raises:
            NoDigest: the head is no SHA-256.
            EvidencePathMissing: there is no such folder.
        """
        if head is not None and not re.fullmatch("[0-9a-fA-F]{64}", head):
            raise NoDigest(value=head[:80])
        if subjects is not None and not os.path.isdir(subjects):  # noqa: PTH112  Path.is_dir raises for some names
            raise EvidencePathMissing(path=subjects)
        return cls(head.lower() if head else None, subjects)

    def check(self, records: Sequence[tuple[str, SignedRecord]]) -> list[Finding]:
        """What of it does not hold for these records."""
        findings: list[Finding] = []
        if self.head and self.head not in {record.digest for _, record in records}:
            findings.append(Finding.of("head", HeadMissing(digest=self.head[:12])))
        for where, record in records if self.subjects else ():
            refusals = check_subjects(record.statement.subject, self.subjects or Path())
            findings += [Finding.of(where, refusal) for refusal in refusals]
        return findings


NOTHING_ELSE = Wanted()


def verify(path: Path, *, keys: Sequence[TrustedKey] = (), wanted: Wanted = NOTHING_ELSE, clock: Clock) -> Verification:
    """Verify one record's file, or every record below a folder together with their chain.

    Args:
        path: a file, an environment's evidence folder, or the folder of one chain.
        keys: the keys to trust. With none, those in the `keys` folder beside the records.
        wanted: what else must hold.
        clock: today's.

    Raises:
        EvidencePathMissing: there is nothing at `path`.
        NothingToVerify: there is no record in it.
        NoTrustedKey: there is no key at all.
        StorageError: the system refuses to read.
    """
    if not os.path.lexists(path):
        raise EvidencePathMissing(path=path)
    is_folder = path.is_dir()
    files = _files(path) if is_folder else [path]
    if not files:
        raise NothingToVerify(path=path)
    damaged: list[Finding] = []
    trust = Trust.PASSED if keys else Trust.SAME_FOLDER
    if not keys:
        keys, damaged = _keys_beside(path if is_folder else path.parent)
        if not keys and not damaged:
            raise NoTrustedKey(path=path)
    read = [(str(file), _read(file)) for file in files]
    scope = Scope.CHAIN if is_folder else Scope.RECORD
    records, findings = verify_bytes(read, keys=keys, clock=clock, scope=scope, environment=wanted.environment)
    return Verification(tuple(records), (*damaged, *findings, *wanted.check(records)), trust, scope)


def records_of(home: Path, environment: str, *, clock: Clock) -> Verification:
    """The records of an environment on this machine, verified with the keys beside them; there may be none.

    Raises:
        UnknownEvidenceName: the name cannot be one of an environment.
        NoTrustedKey: there are records and no key.
        StorageError: the system refuses to read.
    """
    try:
        return verify(evidence_folder(home, environment), wanted=Wanted(environment=environment), clock=clock)
    except (EvidencePathMissing, NothingToVerify):
        return Verification((), (), Trust.SAME_FOLDER)


def verify_bytes(
    read: Iterable[tuple[str, bytes | Refusal]],
    *,
    keys: Sequence[TrustedKey],
    clock: Clock,
    scope: Scope = Scope.CHAIN,
    environment: str | None = None,
) -> tuple[list[tuple[str, SignedRecord]], list[Finding]]:
    """Verify records wherever they come from: those that verify by themselves, and everything that does not.

    Args:
        read: where each lies, and its bytes or why they could not be had.
        keys: the keys to trust; with none, nothing verifies.
        clock: today's.
        scope: whether the records should be complete and in place.
        environment: the environment all should be of; by default they should be of one.
    """
    good: list[tuple[str, SignedRecord]] = []
    findings: list[Finding] = []
    for where, data in read:
        try:
            if isinstance(data, Refusal):
                raise data
            record = open_record(data, keys)
            good.append((where, record))
            check_not_in_future(record, clock.now())
            if scope is Scope.CHAIN and not _is_name_of(where, record):
                raise MisnamedRecord(expected=record.name)
        except Refusal as refusal:
            findings.append(Finding.of(where, refusal))
    if scope is Scope.CHAIN:
        findings += [Finding.of(where, refusal) for where, refusal in check_chain(good, environment)]
    good.sort(key=lambda named: (named[1].chain.key, named[1].chain.sequence, named[1].digest))
    return good, findings


def summary(where: str, record: SignedRecord) -> dict[str, Any]:
    """One record in a line of a list."""
    entry = record.entry
    return {
        "path": where,
        "sequence": record.chain.sequence,
        "recorded_at": format_instant(entry.recorded_at),
        "record_id": entry.identity.record_id,
        "kind": entry.identity.kind.value,
        "name": entry.identity.name,
        "environment": entry.identity.environment,
        "dataset": entry.objective.dataset if entry.objective else None,
        "verdict": entry.result.verdict.value,
        "digest": record.digest,
        "key": record.chain.key,
        "algorithm": record.signer.key.algorithm,
    }


def _is_name_of(where: str, record: SignedRecord) -> bool:
    """By the file's own name; in which folder a copy lies says nothing."""
    return where.rpartition("/")[2] in {name.rpartition("/")[2] for name in (record.name, record.branch_name)}


def _files(folder: Path) -> list[Path]:
    """All below a folder that is called JSON, none skipped for its name; and every link to a folder, not followed."""
    found: list[Path] = []
    for parent, folders, files in os.walk(folder, onerror=_cannot_list):
        found += [Path(parent, name) for name in (*folders, *files)]
    return sorted(path for path in found if _is_to_be_read(path))


def _cannot_list(error: OSError) -> None:
    """A folder that cannot be looked into is told: what lies in it would not be missed."""
    if not isinstance(error, FileNotFoundError):
        raise EvidenceUnreadable(path=error.filename, reason=error.strerror) from error


def _is_to_be_read(path: Path) -> bool:
    return (path.is_symlink() and path.is_dir()) or path.suffix.lower() == ".json"


def _read(path: Path) -> bytes | Refusal:
    try:
        return read_regular(path)
    except Refusal as refusal:
        return refusal


def _keys_beside(folder: Path) -> tuple[list[TrustedKey], list[Finding]]:
    """The keys in the folder of an environment, seen from it or from one of its chains."""
    beside_chain = (folder.absolute().parent / KEYS,) if CHAIN_FOLDER.fullmatch(folder.absolute().name) else ()
    for place in (folder / KEYS, *beside_chain):
        files = sorted(place.glob("*"))
        if files:
            return _read_keys(files)
    return [], []


def _read_keys(files: Sequence[Path]) -> tuple[list[TrustedKey], list[Finding]]:
    keys: list[TrustedKey] = []
    findings: list[Finding] = []
    for file in files:
        try:
            keys.append(TrustedKey(read_key_file(file)))
        except Refusal as refusal:
            findings.append(Finding.of(str(file), refusal))
    return keys, findings
