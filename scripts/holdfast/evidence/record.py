"""The record: what happened, as it is signed. In-toto Statement v1 outside, our predicate inside.

`Record` is what a drill fills in. The writer adds the time and the place in the chain (`Entry`) and the digests of the
files it speaks of (`Statement`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from holdfast.evidence.claims import unsupported
from holdfast.evidence.fields import Digest, Instant, Section, SubjectName
from holdfast.evidence.refusals import (
    DuplicateSubject,
    InvalidRecord,
    NotCanonical,
    NotStatement,
    UnknownPredicate,
    UnsupportedClaim,
)
from holdfast.evidence.sections import (
    Check,
    Cleanup,
    Erasure,
    Identity,
    NotExercised,
    Objective,
    People,
    Probe,
    RecoverySource,
    RecoveryTarget,
    Result,
    Rpo,
    Rto,
    Sampling,
    Timeline,
)
from holdfast.evidence.strict_json import canonical, parse

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:holdfast:evidence:v1"


class Record(Section):
    """What happened. It cannot be built to say more than its own content bears out.

    Raises:
        UnsupportedClaim: such as a verdict PASSED with no check executed, or an objective called met that was missed.
    """

    identity: Identity
    people: People
    objective: Objective | None = None
    source: RecoverySource | None = None
    target: RecoveryTarget | None = None
    timeline: Timeline
    rpo: Rpo | None = None
    rto: Rto | None = None
    checks: tuple[Check, ...] = ()
    probes: tuple[Probe, ...] = ()
    sampling: Sampling | None = None
    erasure: Erasure | None = None
    result: Result
    cleanup: Cleanup = Cleanup()
    declared_not_exercised: tuple[NotExercised, ...] = ()

    @model_validator(mode="after")
    def _claims_are_borne_out(self) -> Record:
        for problem in unsupported(self):
            raise UnsupportedClaim(problem=problem)
        return self

    def document(self) -> dict[str, Any]:
        """The record as plain JSON values; what is not known is left out."""
        return self.model_dump(mode="json", exclude_none=True)


class Chain(Section):
    """The place of a record: after which one, and which other branches its writer had seen."""

    key: Digest = Field(description="SHA-256 of the signing key (SubjectPublicKeyInfo, DER)")
    sequence: Annotated[int, Field(ge=1, le=99_999_999)]
    previous: Digest | None = Field(default=None, description="SHA-256 of the file of the record before; none for 1")
    witnessed: tuple[Digest, ...] = Field(
        default=(), description="ends of other branches and chains, seen when writing"
    )

    @model_validator(mode="after")
    def _first_has_no_previous(self) -> Chain:
        if (self.sequence == 1) != (self.previous is None):
            raise ValueError("number 1, and only number 1, follows nothing")
        return self


class Entry(Record):
    """A record in its place: the predicate as it is signed."""

    recorded_at: Instant
    chain: Chain


class Digests(Section):
    """The digests of a subject."""

    sha256: Digest


class Subject(Section):
    """A file the record speaks of: manifest, synthesized stack, plan, report."""

    name: SubjectName
    digest: Digests

    @classmethod
    def of_bytes(cls, name: str, content: bytes) -> Subject:
        """The subject with this content.

        Raises:
            InvalidRecord: when the name is not a plain relative path.
        """
        return cls.of_digest(name, hashlib.sha256(content).hexdigest())

    @classmethod
    def of_digest(cls, name: str, sha256: str) -> Subject:
        """The subject with this SHA-256.

        Raises:
            InvalidRecord: when the name is not a plain relative path or the digest is none.
        """
        try:
            return cls.model_validate({"name": name, "digest": {"sha256": sha256}})
        except ValidationError as error:
            raise invalid(error) from None


class Statement(Section):
    """The whole signed document. Only `read_statement` makes one."""

    type_: Literal["https://in-toto.io/Statement/v1"] = Field(alias="_type")
    subject: tuple[Subject, ...] = Field(min_length=1, max_length=1000)
    predicate_type: Literal["urn:holdfast:evidence:v1"] = Field(alias="predicateType")
    predicate: Entry


def statement_bytes(record: Record, subjects: Iterable[Subject], recorded_at: str, chain: dict[str, Any]) -> bytes:
    """The canonical bytes to sign.

    Args:
        record: what happened.
        subjects: the files it speaks of; at least one.
        recorded_at: now, as `format_instant` writes it.
        chain: its place, as plain values.
    """
    predicate = {**record.document(), "recorded_at": recorded_at, "chain": chain}
    subject = [each.model_dump(mode="json") for each in subjects]
    return canonical(
        {"_type": STATEMENT_TYPE, "subject": subject, "predicateType": PREDICATE_TYPE, "predicate": predicate}
    )


def read_statement(payload: bytes) -> Statement:
    """Read signed bytes. Unknown fields are kept, and writing the result gives the same bytes.

    Raises:
        Refusal: its class says what is wrong.
    """
    document = parse(payload)
    if not isinstance(document, dict) or document.get("_type") != STATEMENT_TYPE:
        raise NotStatement(problem=f"_type is not {STATEMENT_TYPE}")
    if document.get("predicateType") != PREDICATE_TYPE:
        raise UnknownPredicate(got=str(document.get("predicateType"))[:120], expected=PREDICATE_TYPE)
    try:
        statement = Statement.model_validate(document)
    except ValidationError as error:
        raise invalid(error) from None
    if written(statement) != payload:
        raise NotCanonical(part="signed content")
    for name, count in Counter(each.name for each in statement.subject).items():
        if count > 1:
            raise DuplicateSubject(name=name)
    return statement


def written(statement: Statement) -> bytes:
    """A statement that was read, as the bytes it was read from."""
    return canonical(statement.model_dump(mode="json", by_alias=True, exclude_unset=True))


def invalid(error: ValidationError) -> InvalidRecord:
    """The first problem pydantic found, without the value (it may be anything)."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return InvalidRecord(field=".".join(map(str, first["loc"])) or "record", problem=first["msg"])
