"""The two documents of a backup set: the manifest says what it holds, the commit says that it counts."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from holdfast.backupsets.entries import Chunk
from holdfast.backupsets.errors import InvalidSetDocument
from holdfast.backupsets.spool import Listed

_SHA256 = r"^[0-9a-f]{64}$"

Model = TypeVar("Model", bound="_Document")


class _Part(BaseModel):
    """Frozen; what a later version adds is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class _Document(_Part):
    """A part that is stored by itself, always as the same bytes."""

    def to_bytes(self) -> bytes:
        """Canonical JSON: keys sorted, no spaces, UTF-8."""
        document = self.model_dump(mode="json", by_alias=True)
        return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    def sha256(self) -> str:
        """Digest of the stored bytes, hex."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


class StoredChunk(_Part):
    """One chunk of a stored list."""

    sha256: str = Field(pattern=_SHA256)
    size: int = Field(ge=0)


class StoredList(_Part):
    """A list that is stored in chunks beside the content."""

    sha256: str = Field(pattern=_SHA256)
    size: int = Field(ge=0)
    count: int = Field(ge=0)
    chunks: tuple[StoredChunk, ...]

    @classmethod
    def of(cls, listed: Listed, count: int) -> StoredList:
        """The description of a spooled list of `count` records."""
        chunks = tuple(StoredChunk(sha256=each.digest, size=each.size) for each in listed.chunks)
        return cls(sha256=listed.digest, size=listed.size, count=count, chunks=chunks)

    def pieces(self) -> tuple[Chunk, ...]:
        """The chunks to read, in order."""
        return tuple(Chunk(each.sha256, each.size) for each in self.chunks)


class Source(_Part):
    """Where the content came from."""

    host: str
    path: str
    newest_mtime: AwareDatetime | None = None
    """Newest modification time of a file, by the clock of whatever wrote it."""


class RegionCopy(_Part):
    """What was asked of one Region."""

    bucket: str
    key: str
    """The KMS key, by alias ARN."""
    retain_until: AwareDatetime
    clock_skew_seconds: float
    """S3's clock minus the clock of the host that pushed."""


class Totals(_Part):
    """How much there is."""

    files: int = Field(ge=0)
    directories: int = Field(ge=0)
    symlinks: int = Field(ge=0)
    special: int = Field(ge=0)
    bytes: int = Field(ge=0)


class Manifest(_Document):
    """What a set holds. The same bytes lie in both Regions."""

    schema_: Literal["holdfast.backup-set/1", "holdfast.backup-set/2"] = Field(
        default="holdfast.backup-set/2", alias="schema"
    )
    """Version 2 says that files may share objects; a set of version 1 is read as one in which none does."""
    set_id: str
    environment: str
    dataset: str
    tenant: str | None
    tier: str
    rule: str
    captured_at: AwareDatetime
    """When the scan began, by S3's clock: nothing written after it is promised to be in the set."""
    source: Source
    totals: Totals
    chunk_bytes: int
    lock_mode: str
    regions: dict[str, RegionCopy]
    entries: StoredList
    """JSON lines, in the order of their paths (`holdfast.backupsets.entries`)."""
    objects: StoredList
    """Each distinct object the set needs, entries included: 36 bytes a record, digest and size, in order."""
    left_out: tuple[str, ...] = ()
    """Directories of the source that were passed over."""
    tool: str


class Commit(_Document):
    """Written last, in both Regions: everything the manifest names was read back there."""

    schema_: Literal["holdfast.backup-set-commit/1"] = Field(default="holdfast.backup-set-commit/1", alias="schema")
    set_id: str
    manifest_sha256: str = Field(pattern=_SHA256)
    manifest_versions: dict[str, str]
    """Version id of the manifest by Region."""
    committed_at: AwareDatetime
    objects: int = Field(ge=0)


def parse_manifest(data: bytes, what: str) -> Manifest:
    """Read a manifest.

    Raises:
        InvalidSetDocument: it is not one, or of a version this Holdfast does not know.
    """
    return _parse(Manifest, data, what)


def parse_commit(data: bytes, what: str) -> Commit:
    """Read a commit.

    Raises:
        InvalidSetDocument: it is not one, or of a version this Holdfast does not know.
    """
    return _parse(Commit, data, what)


def _parse(model: type[Model], data: bytes, what: str) -> Model:
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        first: Any = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "document"
        raise InvalidSetDocument(what=what, problem=f"{where}: {first['msg']}") from error


def newest(seen: int | None) -> datetime | None:
    """A modification time in nanoseconds as a datetime, to the microsecond; None outside what a datetime can say."""
    if seen is None:
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=seen // 1000)
    except OverflowError:
        return None
