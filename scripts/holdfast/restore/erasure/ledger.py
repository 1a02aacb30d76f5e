"""The list of what was erased on purpose, kept where no backup reaches it: what is in no backup cannot be rolled back.

A line holds a keyed hash and never the subject. Three kinds of subject: a file or folder by its path in a dataset; a
record of an export by the value of a field; a secret that was revoked, by its value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from pathlib import Path
from typing import Any

from holdfast.audit.chained_log import ChainedLog, Line
from holdfast.backupsets.layout import Folder
from holdfast.clock import Clock
from holdfast.restore.erasure.errors import BadSubject, ErasureKeyWrong, LedgerRolledBack
from holdfast.restore.erasure.key import ErasureKey

SCHEMA = "holdfast.erasure/1"
_LONGEST = 4096
SHORTEST_SECRET = 8


class SubjectKind(StrEnum):
    """What was erased."""

    PATH = "path"
    RECORD = "record"
    SECRET = "secret"  # noqa: S105  # the name of a kind


@dataclass(frozen=True)
class Subject:
    """Something erased on purpose. `value` is never written anywhere.

    Args:
        kind: what it is.
        value: path in the dataset (a folder ends in a slash), value of the field, or the secret.
        dataset, tenant: where; None for everywhere.
        field: of a record.
    """

    kind: SubjectKind
    value: str
    dataset: str | None = None
    tenant: str | None = None
    field: str | None = None

    def __post_init__(self) -> None:
        if not self.value or len(self.value) > _LONGEST or "\0" in self.value:
            raise BadSubject(what=self.kind.value, problem="it is empty or too long", allowed=f"up to {_LONGEST}")
        if self.kind is SubjectKind.PATH:
            parts = self.value.rstrip("/").split("/")
            if any(part in ("", ".", "..") for part in parts):
                allowed = "a path relative to the dataset, such as users/42/ or users/42.json"
                raise BadSubject(what="path", problem="it is absolute or has empty or dotted parts", allowed=allowed)
        if self.kind is SubjectKind.SECRET and len(self.value) < SHORTEST_SECRET:
            raise BadSubject(what="secret", problem="it is too short", allowed=f"{SHORTEST_SECRET} characters or more")
        if (self.kind is SubjectKind.RECORD) != (self.field is not None):
            raise BadSubject(what=self.kind.value, problem="a field goes with a record", allowed="--record FIELD=VALUE")

    def group(self) -> Group:
        """What it is looked for with."""
        return Group(self.kind, self.dataset, self.tenant, self.field)


@dataclass(frozen=True)
class Group:
    """Subjects that are looked for in the same way."""

    kind: SubjectKind
    dataset: str | None
    tenant: str | None
    field: str | None

    def mac(self, key: ErasureKey, value: str) -> str:
        """The keyed hash of a value of this group."""
        return key.mac(self.kind.value, self.dataset, self.tenant, self.field, value)

    def speaks_of(self, folder: Folder) -> bool:
        """Whether it is about a dataset's or tenant's content."""
        return self.dataset in (None, folder.dataset) and self.tenant in (None, folder.tenant)


@dataclass(frozen=True)
class Erased:
    """All that was erased, as it is looked for: keyed hashes by group, and the newest line of the ledger."""

    key: ErasureKey | None
    groups: dict[Group, frozenset[str]]
    head: str | None = None
    entries: int = 0

    def of(self, kind: SubjectKind, folder: Folder) -> list[tuple[Group, frozenset[str]]]:
        """The groups of a kind that speak of a dataset or tenant."""
        return [(group, macs) for group, macs in self.groups.items() if group.kind is kind and group.speaks_of(folder)]

    def is_erased(self, group: Group, macs: frozenset[str], value: str) -> bool:
        """Whether a value is one of a group's."""
        return self.key is not None and group.mac(self.key, value) in macs


NOTHING_ERASED = Erased(None, {})


class ErasureLedger:
    """The ledger of one environment.

    Args:
        home: Holdfast's folder.
        environment: whose.
        clock: when something is erased.
    """

    def __init__(self, home: Path, environment: str, clock: Clock) -> None:
        self.environment, self._clock = environment, clock
        self.log = ChainedLog(ledger_file(home, environment))

    @property
    def exists(self) -> bool:
        """Whether anything was ever erased."""
        return self.log.path.exists()

    def add(self, subjects: Sequence[Subject], key: ErasureKey, *, reason: str, actor: str) -> list[tuple[Line, bool]]:
        """Write subjects down; one that is there already is not written again.

        Returns:
            the line of each, and whether it is new.

        Raises:
            ErasureKeyWrong: the ledger was begun with another key.
            LogNotWritten: it could not be written.
        """
        known = {line.body["mac"]: line for line in self._lines(key)}
        found = []
        for subject in subjects:
            group = subject.group()
            mac = group.mac(key, subject.value)
            is_new = mac not in known
            if is_new:
                known[mac] = self.log.append(self._body(group, mac, key, reason=reason, actor=actor))
            found.append((known[mac], is_new))
        return found

    def _body(self, group: Group, mac: str, key: ErasureKey, *, reason: str, actor: str) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "environment": self.environment,
            "at": self._clock.now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "actor": actor,
            "reason": reason[:_LONGEST],
            "key_check": key.check,
            "kind": group.kind.value,
            "dataset": group.dataset,
            "tenant": group.tenant,
            "field": group.field,
            "mac": mac,
        }

    def erased(self, key: ErasureKey | None, *, seen: Iterable[tuple[str, str]] = ()) -> Erased:
        """All that was erased.

        Args:
            key: None only where there is no ledger.
            seen: heads somebody has seen of this ledger, with who has; each must still be in it.

        Raises:
            LedgerRolledBack: one is not.
            ErasureKeyWrong: the ledger was begun with another key.
            LogDamaged: a line was changed, moved or removed.
        """
        found: dict[Group, set[str]] = {}
        digests: set[str] = set()
        head, count = None, 0
        for line in self._lines(key):
            body = line.body
            group = Group(SubjectKind(body["kind"]), body["dataset"], body["tenant"], body["field"])
            found.setdefault(group, set()).add(body["mac"])
            digests.add(line.digest)
            head, count = line.digest, line.number
        for digest, who in seen:
            if digest not in digests:
                raise LedgerRolledBack(environment=self.environment, head=digest[:12], who=who)
        return Erased(key, {group: frozenset(macs) for group, macs in found.items()}, head, count)

    def _lines(self, key: ErasureKey | None) -> Iterable[Line]:
        for line in self.log.lines():
            if key is None or line.body.get("key_check") != key.check:
                raise ErasureKeyWrong(environment=self.environment)
            yield line


def ledger_file(home: Path, environment: str) -> Path:
    """Where the ledger lies: in the home folder, which no push takes along."""
    return home / "erasure" / f"{environment}.jsonl"


def document(line: Line) -> dict[str, Any]:
    """A line as plain JSON values."""
    return {"number": line.number, **line.body, "digest": line.digest}
