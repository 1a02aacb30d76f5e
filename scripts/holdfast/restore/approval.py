"""A second person's approval of one plan, for a window: an in-toto statement about the plan's file, signed.

It says which key signed it, and is believed only because the environment file names that key with its principal.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from holdfast.clock import Clock
from holdfast.environments.durations import format_duration
from holdfast.environments.model import Environment
from holdfast.errors import Source
from holdfast.evidence.envelope import open_envelope, seal
from holdfast.evidence.errors import EvidencePathMissing
from holdfast.evidence.fields import Digest, Instant, Short, Text, format_instant
from holdfast.evidence.files import read_regular, write_whole
from holdfast.evidence.interface import Signer
from holdfast.evidence.keys import PublicKey, TrustedKey
from holdfast.evidence.record import STATEMENT_TYPE
from holdfast.evidence.refusals import Refusal
from holdfast.evidence.strict_json import canonical, parse
from holdfast.restore.plan import RestorePlan
from holdfast.restore.principals import is_one_of, person
from holdfast.restore.refusals import (
    ApprovalExpired,
    ApprovalFileMissing,
    ApprovalForAnotherEnvironment,
    ApprovalForAnotherPlan,
    ApprovalForged,
    ApprovalNotYetValid,
    ApprovalTooLong,
    ApproverNotDeclared,
    InvalidApproval,
    SamePrincipal,
)

PREDICATE_TYPE: Literal["urn:holdfast:restore-approval:v1"] = "urn:holdfast:restore-approval:v1"
SUBJECT = "restore-plan.json"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Approval(_Part):
    """What an approver says.

    Args:
        approver: ARN of the caller who approved.
        key: public key of the signature, PEM.
        comment: anything the approver wants to have on record.
    """

    environment: str
    approver: Short
    approved_at: Instant
    not_before: Instant
    not_after: Instant
    comment: Text = ""
    key: Annotated[str, Field(max_length=2048)]


class _Digests(_Part):
    sha256: Digest


class _Subject(_Part):
    name: Literal["restore-plan.json"]
    digest: _Digests


class _Statement(_Part):
    type_: Literal["https://in-toto.io/Statement/v1"] = Field(alias="_type")
    subject: Annotated[tuple[_Subject, ...], Field(min_length=1, max_length=1)]
    predicate_type: Literal["urn:holdfast:restore-approval:v1"] = Field(alias="predicateType")
    predicate: Approval


@dataclass(frozen=True)
class Approved:
    """An approval that lets its plan run."""

    approval: Approval
    digest: str
    is_declared: bool


def approve(
    plan: RestorePlan,
    *,
    approver: str,
    signer: Signer,
    environment: Environment,
    not_before: datetime,
    not_after: datetime,
    comment: str,
    clock: Clock,
) -> bytes:
    """The signed approval of a plan.

    Raises:
        SamePrincipal: the approver made the plan.
        ApproverNotDeclared: the environment does not let this principal approve with this key.
        ApprovalTooLong: for longer than the environment allows.
        ApprovalExpired: its window is over before it is given.
        ServiceError: the signer does not sign.
    """
    # S3's clock, which judges the window, counts whole seconds: "from now" must not lie ahead of it.
    not_before, not_after = not_before.replace(microsecond=0), not_after.replace(microsecond=0)
    _check_window(not_before, not_after, environment)
    if not_after <= clock.now():
        raise ApprovalExpired(not_after=format_instant(not_after), now=format_instant(clock.now()))
    _check_persons(approver, plan, None)
    key = signer.public_key
    _check_declared(approver, key, environment)
    said = Approval(
        environment=plan.environment,
        approver=approver,
        approved_at=clock.now(),
        not_before=not_before,
        not_after=not_after,
        comment=comment,
        key=key.pem.decode(),
    )
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": SUBJECT, "digest": {"sha256": plan.digest}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": said.model_dump(mode="json"),
    }
    return seal(canonical(statement), signer)


def write_approval(data: bytes, path: Path) -> None:
    """Write the file.

    Raises:
        EvidenceNotWritten: the system refuses.
    """
    write_whole(path, data)


def read_approval_file(path: Path) -> bytes:
    """The bytes of an approval.

    Raises:
        ApprovalFileMissing: there is no such file.
        InvalidApproval: it is no regular small file.
    """
    try:
        return read_regular(path)
    except EvidencePathMissing:
        raise ApprovalFileMissing(source=Source(path)) from None
    except Refusal as error:
        raise InvalidApproval(problem=error.message, source=Source(path)) from None


def check_approval(data: bytes, plan: RestorePlan, environment: Environment, *, runner: str, now: datetime) -> Approved:
    """Judge an approval for a plan that is about to run.

    Args:
        data: the bytes of the approval's file.
        plan: what is about to run.
        environment: as declared now.
        runner: ARN of who runs it.
        now: by a clock the runner does not set.

    Raises:
        ApprovalRefused: its class says why.
    """
    approval, plan_digest, digest = _open(data)
    if approval.environment != environment.environment:
        raise ApprovalForAnotherEnvironment(approved=approval.environment, environment=environment.environment)
    if plan_digest != plan.digest:
        raise ApprovalForAnotherPlan(approved=plan_digest[:12], digest=plan.digest[:12])
    _check_persons(approval.approver, plan, runner)
    is_declared = _check_declared(approval.approver, PublicKey.from_pem(approval.key.encode()), environment)
    _check_window(approval.not_before, approval.not_after, environment)
    if now < approval.not_before:
        raise ApprovalNotYetValid(not_before=format_instant(approval.not_before), now=format_instant(now))
    if now > approval.not_after:
        raise ApprovalExpired(not_after=format_instant(approval.not_after), now=format_instant(now))
    return Approved(approval, digest, is_declared)


def _open(data: bytes) -> tuple[Approval, str, str]:
    """What was signed, the plan's digest, and the digest of the file; the key is judged by the caller."""
    try:
        opened = open_envelope(data, [TrustedKey(PublicKey.from_pem(_named_key(data)))])
        statement = _Statement.model_validate(parse(opened.payload))
    except Refusal as error:
        raise ApprovalForged(problem=error.message) from None
    except ValidationError as error:
        first: Any = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "document"
        raise InvalidApproval(problem=f"{where}: {first['msg']}") from None
    if canonical(statement.model_dump(mode="json", by_alias=True)) != opened.payload:
        raise InvalidApproval(problem="it is not in its canonical form")
    return statement.predicate, statement.subject[0].digest.sha256, opened.digest


def _named_key(data: bytes) -> bytes:
    """The key the content says it is signed with; that the signature is this key's is checked afterwards."""
    import base64
    import binascii

    document = parse(data)
    try:
        payload = base64.b64decode(document["payload"], validate=True)
        return str(json.loads(payload)["predicate"]["key"]).encode()
    except (KeyError, TypeError, ValueError, binascii.Error, RecursionError):
        raise InvalidApproval(problem="it names no key") from None


def _check_persons(approver: str, plan: RestorePlan, runner: str | None) -> None:
    if person(approver) == person(plan.planned_by):
        raise SamePrincipal(approver=approver, did="planned")
    if runner is not None and person(approver) == person(runner):
        raise SamePrincipal(approver=approver, did="runs")


def _check_declared(approver: str, key: PublicKey, environment: Environment) -> bool:
    """Whether the environment declares this approver; in a sandbox that declares nobody, anybody may approve."""
    declared = environment.restore.approvers
    if environment.sandbox and not declared:
        return False
    if not any(each.key == key.keyid and is_one_of(approver, each.principal) for each in declared):
        raise ApproverNotDeclared(approver=approver, key=key.keyid[:16], environment=environment.environment)
    return True


def _check_window(not_before: datetime, not_after: datetime, environment: Environment) -> None:
    window, most = not_after - not_before, environment.restore.approval_valid_for
    if not timedelta(0) < window <= most:
        raise ApprovalTooLong(got=str(window), allowed=f"up to {format_duration(most)}")
