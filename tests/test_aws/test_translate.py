"""Whatever boto3 raises becomes one error that says what was being done and what to do."""

from __future__ import annotations

import botocore.exceptions
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from holdfast.aws import errors
from holdfast.aws.translate import is_passing, translated
from holdfast.errors import ServiceError


def reply(code, status=400, operation="PutObject", message="the service's own words"):
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}, operation
    )


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (reply("AccessDenied", 403), errors.AccessRefused),
        (reply("403", 403, "HeadObject"), errors.AccessRefused),
        (reply("NoSuchBucket", 404), errors.BucketMissing),
        (reply("NoSuchKey", 404), errors.ObjectMissing),
        (reply("KMS.DisabledException"), errors.KeyUnusable),
        (reply("KMSInvalidStateException"), errors.KeyUnusable),
        (reply("ExpiredToken"), errors.CredentialsExpired),
        (reply("RequestTimeTooSkewed", 403), errors.CredentialsExpired),
        (reply("SlowDown", 503), errors.ServiceBusy),
        (reply("ThrottlingException"), errors.ServiceBusy),
        (reply("KMS.ThrottlingException"), errors.ServiceBusy),
        (reply("WhoKnows", 500), errors.ServiceBusy),
        (reply("InvalidRequest"), errors.ServiceFailed),
        (reply("AccessDenied", 403, "AssumeRole"), errors.RoleNotAssumed),
        (reply("ExpiredToken", 403, "AssumeRole"), errors.CredentialsExpired),
        (botocore.exceptions.NoCredentialsError(), errors.CredentialsMissing),
        (botocore.exceptions.ReadTimeoutError(endpoint_url="https://s3.amazonaws.com"), errors.ServiceUnreachable),
        (botocore.exceptions.ConnectTimeoutError(endpoint_url="https://s3.amazonaws.com"), errors.ServiceUnreachable),
        (botocore.exceptions.ParamValidationError(report="bad"), errors.ServiceFailed),
    ],
)
def test_each_failure_has_its_error(error, kind):
    with pytest.raises(kind) as caught, translated("push"):
        raise error

    assert type(caught.value) is kind
    assert caught.value.message.startswith("push: ")
    assert caught.value.hint
    assert caught.value.__cause__ is error


def test_every_exception_of_botocore_becomes_a_service_error():
    kinds = [
        kind
        for kind in vars(botocore.exceptions).values()
        if isinstance(kind, type) and issubclass(kind, BotoCoreError) and kind is not BotoCoreError
    ]
    assert len(kinds) > 50
    for kind in kinds:
        error = kind.__new__(kind)
        Exception.__init__(error, "made without arguments")
        error.kwargs = {}

        with pytest.raises(ServiceError), translated("push"):
            raise error


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), OSError("x")])
def test_what_is_not_boto3s_passes_unchanged(error):
    with pytest.raises(type(error)) as caught, translated("push"):
        raise error

    assert caught.value is error


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchBucket", "KMS.DisabledException", "InvalidRequest"])
def test_a_refusal_does_not_pass(code):
    assert not is_passing(reply(code))


@pytest.mark.parametrize("code", ["SlowDown", "InternalError", "RequestTimeout", "ConditionalRequestConflict"])
def test_load_passes(code):
    assert is_passing(reply(code))


def test_a_reply_without_a_code_is_translated_all_the_same():
    with pytest.raises(ServiceError), translated("push"):
        raise ClientError({}, "PutObject")
