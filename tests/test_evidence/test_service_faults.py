"""S3 and KMS refuse, answer late or not at all: a clear error, or a record that is kept here and says why."""

from __future__ import annotations

from datetime import timedelta

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError
from evidence_ground import START, Ground
from faults import Body, answer

from holdfast.aws.errors import AccessRefused, CredentialsExpired, KeyUnusable, ServiceBusy, ServiceUnreachable
from holdfast.clock import ManualClock
from holdfast.evidence.interface import NotStored
from holdfast.evidence.kms_signer import KmsSigner
from holdfast.evidence.locked_store import LockedStore


def client(service: str, handler):
    """A real client whose every request is answered by `handler`; nothing is sent."""
    session = botocore.session.Session({"config_file": (None, None, "/dev/null", None)})
    session.set_credentials("111111111111", "test")
    made = session.create_client(service, region_name="us-east-1", config=Config(retries={"total_max_attempts": 1}))
    made.meta.events.register(f"before-send.{service}", handler)
    return made


def store(handler) -> LockedStore:
    return LockedStore(client("s3", handler), "acme-evidence", retention=timedelta(days=2), clock=ManualClock(START))


def silence(request, **_):
    raise ReadTimeoutError(endpoint_url=request.url)


def kms_answer(status: int, code: str):
    def handle(request, **_):
        body = f'{{"__type":"{code}","message":"put here by a test"}}'.encode()
        return AWSResponse(request.url, status, {"content-type": "application/x-amz-json-1.1"}, Body(body))

    return handle


FAULTS = [
    (answer(503, "SlowDown"), ServiceBusy),
    (answer(500, "InternalError"), ServiceBusy),
    (answer(403, "AccessDenied"), AccessRefused),
    (answer(400, "ExpiredToken"), CredentialsExpired),
    (silence, ServiceUnreachable),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS)
@pytest.mark.parametrize(
    "call",
    [
        lambda store: store.names(),
        lambda store: store.read("keys/x"),
        lambda store: store.add("keys/x", b"x"),
        lambda store: list(store.versions()),
    ],
)
def test_each_call_of_the_bucket_fails_with_one_clear_error(fault, error, call) -> None:
    with pytest.raises(error):
        call(store(fault))


@pytest.mark.parametrize(("fault", "error"), FAULTS)
def test_a_record_is_kept_here_whatever_the_bucket_answers(ground, fault, error) -> None:
    written = ground.write(locked=store(fault))

    assert isinstance(written.store, NotStored)
    assert ground.verify().good


def test_a_race_for_one_name_is_tried_again(ground) -> None:
    """S3 answers 409 to both of two writers at the same moment; the second try meets 412."""
    seen: list[str] = []

    def busy(request, **_):
        seen.append(request.method)
        return answer(409, "ConditionalRequestConflict")(request)

    with pytest.raises(Exception, match="ConditionalRequestConflict"):
        store(busy).add("keys/x", b"x")

    assert seen == ["PUT"] * 5


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (kms_answer(400, "AccessDeniedException"), AccessRefused),
        (kms_answer(400, "DisabledException"), KeyUnusable),
        (kms_answer(400, "KMSInvalidStateException"), KeyUnusable),
        (kms_answer(400, "ThrottlingException"), ServiceBusy),
        (silence, ServiceUnreachable),
    ],
)
def test_a_key_that_cannot_be_used_is_one_clear_error_and_writes_nothing(tmp_path, fault, error) -> None:
    signer = KmsSigner(client("kms", fault), "alias/evidence")
    ground = Ground(tmp_path / "home", signer=signer)

    with pytest.raises(error):
        ground.write()
    assert not ground.folder.exists()
