"""The plan: what will be restored from where to where, and what that changes. Written once, approved by its digest."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from holdfast.backupsets.layout import Folder
from holdfast.errors import Source
from holdfast.evidence.errors import EvidencePathMissing
from holdfast.evidence.fields import Count, Digest, Instant, Short, Text
from holdfast.evidence.files import read_regular, write_whole
from holdfast.evidence.refusals import Refusal
from holdfast.evidence.strict_json import canonical, parse
from holdfast.restore.errors import InvalidPlan
from holdfast.restore.scope import Scope
from holdfast.restore.target import Target

SCHEMA: Literal["holdfast.restore-plan/1"] = "holdfast.restore-plan/1"
SHOWN = 100
"""How many changes a plan lists by name; the digest of all of them is in it."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Item(_Part):
    """One backup set that is restored.

    Args:
        below: where its files go, relative to the target; empty for the target itself.
    """

    dataset: str
    tenant: str | None
    set_id: str
    manifest_sha256: Digest
    captured_at: Instant
    files: Count
    bytes: Count
    below: str

    @property
    def folder(self) -> Folder:
        """Where the set lies in the vault."""
        return Folder(self.dataset, self.tenant)


class Tally(_Part):
    """Files and bytes."""

    files: Count = 0
    bytes: Count = 0


class Change(_Part):
    """What becomes of one name."""

    path: Short
    change: Literal["create", "overwrite", "same", "erased", "left-out", "not-restorable"]
    bytes: Count = 0


class Changes(_Part):
    """The dry run: what would be created, overwritten and left.

    Args:
        same: files that are there already with this content.
        left: files in the target that are in no set; they are not touched.
        erased: files that were erased on purpose, and records in exports do not count here.
        left_out: files the plan leaves out (`--without`).
        not_restorable: what this kind of target cannot hold, such as a symlink in a bucket.
        sha256: digest of the list of all changes.
    """

    create: Tally = Tally()
    overwrite: Tally = Tally()
    same: Tally = Tally()
    left: Count = 0
    erased: Count = 0
    left_out: Count = 0
    not_restorable: Count = 0
    sha256: Digest
    shown: tuple[Change, ...] = ()
    not_shown: Count = 0


class RestorePlan(_Part):
    """All of it. Two plans are never the same: `nonce`."""

    schema_: Literal["holdfast.restore-plan/1"] = Field(default=SCHEMA, alias="schema")
    environment: str
    configuration: Digest
    planned_at: Instant
    planned_by: Short
    reason: Text = ""
    scope: Scope
    region: str
    target: Target
    overwrite: bool = False
    without: tuple[Short, ...] = ()
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    changes: Changes
    erasure_head: Digest | None = None
    nonce: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]

    def to_bytes(self) -> bytes:
        """The file: canonical JSON and a line end."""
        return canonical(self.document()) + b"\n"

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        return self.model_dump(mode="json", by_alias=True)

    @property
    def digest(self) -> str:
        """What is approved: SHA-256 of the file, as `sha256sum` prints it."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @property
    def bytes(self) -> int:
        """How much is read."""
        return sum(item.bytes for item in self.items)


def write_plan(plan: RestorePlan, path: Path) -> None:
    """Write the file, readable by its owner: it names files.

    Raises:
        EvidenceNotWritten: the system refuses.
    """
    write_whole(path, plan.to_bytes(), mode=0o600)


def read_plan(path: Path) -> RestorePlan:
    """Read a plan, byte for byte as it was written.

    Raises:
        InvalidPlan: it was edited, or never was one.
    """
    try:
        data = read_regular(path)
        plan = parse_plan(data)
    except EvidencePathMissing:
        raise InvalidPlan(problem="there is no such file", source=Source(path)) from None
    except Refusal as error:
        raise InvalidPlan(problem=error.message, source=Source(path)) from None
    except ValidationError as error:
        first: Any = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "document"
        raise InvalidPlan(problem=f"{where}: {first['msg']}", source=Source(path)) from None
    if plan.to_bytes() != data:
        raise InvalidPlan(problem="it is not in its canonical form", source=Source(path))
    return plan


def parse_plan(data: bytes) -> RestorePlan:
    """The plan in some bytes; the caller compares them with what the plan writes."""
    return RestorePlan.model_validate(parse(data))
