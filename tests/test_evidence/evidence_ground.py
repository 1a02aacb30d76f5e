"""What the tests of evidence stand on: a home folder, a clock that is told, records, and a bucket in memory."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from holdfast.aws.errors import ServiceUnreachable
from holdfast.clock import ManualClock
from holdfast.evidence.envelope import seal
from holdfast.evidence.errors import StoreNameTaken
from holdfast.evidence.interface import Location
from holdfast.evidence.keys import P256_ORDER, TrustedKey
from holdfast.evidence.kms_signer import KmsSigner
from holdfast.evidence.local_signer import LocalSigner
from holdfast.evidence.local_store import LocalStore, evidence_folder
from holdfast.evidence.record import Record, Subject
from holdfast.evidence.sections import (
    Check,
    Identity,
    Kind,
    Objective,
    Outcome,
    People,
    Phase,
    Result,
    Rpo,
    Rto,
    Timeline,
    Verdict,
)
from holdfast.evidence.strict_json import canonical
from holdfast.evidence.verification import Verification, verify
from holdfast.evidence.writing import Written, write_record

START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PLAN = b'{"format_version":"1.2"}'


def record(record_id: str = "drill-1", *, at: datetime = START, environment: str = "sandbox", **sections) -> Record:
    """A drill that passed, ten seconds before `at`."""
    declared = at - timedelta(seconds=10)
    usual = {
        "identity": Identity(
            record_id=record_id,
            kind=Kind.DRILL,
            name="object-recovery",
            environment=environment,
            sandbox=True,
            tool_version="0.1.0",
        ),
        "people": People(operator="arn:aws:sts::111111111111:assumed-role/holdfast-sandbox-drill-runner/x"),
        "objective": Objective(dataset="exports", rpo_target_seconds=3600, rto_target_seconds=60),
        "timeline": Timeline(
            declared_at=declared, phases=(Phase(name="restore", started_at=declared, ended_at=at),), ended_at=at
        ),
        "rpo": Rpo(measured_seconds=12.5, target_seconds=3600, met=True),
        "rto": Rto(measured_seconds=10, target_seconds=60, met=True),
        "checks": (Check(id="sha256", kind="digest", outcome=Outcome.PASSED, expected="3", observed="3"),),
        "result": Result(verdict=Verdict.PASSED),
    }
    return Record(**(usual | sections))


def subjects() -> list[Subject]:
    return [Subject.of_bytes("plans/primary.json", PLAN)]


@dataclass
class MemoryStore:
    """The locked bucket's rules in memory: a name is written once and stays. Faults are switched on by a test."""

    objects: dict[str, bytes] = field(default_factory=dict)
    unreachable: bool = False
    before_add: list = field(default_factory=list)
    """What happens just before each add: somebody else is quicker."""
    added: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)

    def names(self) -> list[str]:
        self._answer()
        return sorted(self.objects)

    def read(self, name: str) -> bytes:
        self._answer()
        self.reads.append(name)
        return self.objects[name]

    def add(self, name: str, data: bytes) -> Location:
        self._answer()
        self.tried.append(name)
        if self.before_add:
            self.before_add.pop(0)()
        if self.objects.setdefault(name, data) != data:
            raise StoreNameTaken(name=name, store="memory")
        self.added.append(name)
        until = START + timedelta(days=2555)
        checksum = base64.b64encode(hashlib.sha256(data).digest()).decode()
        return Location("memory", name, str(len(self.added)), "COMPLIANCE", until, checksum)

    def _answer(self) -> None:
        if self.unreachable:
            raise ServiceUnreachable(doing="store evidence", endpoint="the store", text="timed out")


class MemoryKms:
    """KMS's Sign and GetPublicKey for one P-256 key, always giving the spelling with the high S; KMS gives either."""

    def __init__(self) -> None:
        self.key = generate_private_key(SECP256R1())
        self.spec, self.usage = "ECC_NIST_P256", "SIGN_VERIFY"

    def get_public_key(self, KeyId: str) -> dict:  # noqa: N803  # boto3's own names
        der = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return {"KeyId": KeyId, "KeySpec": self.spec, "KeyUsage": self.usage, "PublicKey": der}

    def sign(self, KeyId: str, Message: bytes, MessageType: str, SigningAlgorithm: str) -> dict:  # noqa: N803
        assert (MessageType, SigningAlgorithm, len(Message)) == ("DIGEST", "ECDSA_SHA_256", 32)
        return {"Signature": other_half(self.key.sign(Message, ECDSA(Prehashed(SHA256()))), high=True)}


def other_half(signature: bytes, *, high: bool) -> bytes:
    """The spelling of an ECDSA signature with S in the chosen half."""
    r, s = decode_dss_signature(signature)
    low = min(s, P256_ORDER - s)
    return encode_dss_signature(r, P256_ORDER - low if high else low)


@dataclass
class Ground:
    """One machine: its home folder, clock and signer."""

    home: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))
    environment: str = "sandbox"
    signer: LocalSigner | KmsSigner | None = None

    def __post_init__(self) -> None:
        self.signer = self.signer or LocalSigner.at(self.home)
        self.local = LocalStore(evidence_folder(self.home, self.environment))

    @property
    def folder(self) -> Path:
        return self.local.folder

    @property
    def trusted(self) -> list[TrustedKey]:
        return [TrustedKey(self.signer.public_key)]

    def write(self, record_id: str = "drill-1", locked: MemoryStore | None = None, **sections) -> Written:
        made = record(record_id, at=self.clock.now(), environment=self.environment, **sections)
        written = write_record(made, subjects(), signer=self.signer, local=self.local, locked=locked, clock=self.clock)
        self.clock.advance(timedelta(minutes=10))
        return written

    def verify(self, path: Path | None = None, **how) -> Verification:
        return verify(path or self.folder, clock=self.clock, **how)

    def codes(self, path: Path | None = None, **how) -> list[str]:
        return sorted(finding.code for finding in self.verify(path, **how).findings)


def payload_of(data: bytes) -> dict:
    """The statement in an envelope, unchecked."""
    return json.loads(base64.b64decode(json.loads(data)["payload"]))


def resealed(data: bytes, signer, change) -> bytes:
    """The envelope of a changed statement, signed again: what somebody with the key can do."""
    document = payload_of(data)
    change(document)
    return seal(canonical(document), signer)


def new_signer() -> LocalSigner:
    return LocalSigner(Ed25519PrivateKey.generate())
