"""The one place an error of boto3 becomes an error of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from botocore.exceptions import ConnectionError as BotoConnectionError

from holdfast.aws.errors import (
    AccessRefused,
    BucketMissing,
    CredentialsExpired,
    CredentialsMissing,
    KeyUnusable,
    ObjectMissing,
    RoleNotAssumed,
    SandboxUnreachable,
    ServiceBusy,
    ServiceFailed,
    ServiceUnreachable,
)
from holdfast.errors import ServiceError

BUSY = frozenset(
    {
        "500",
        "502",
        "503",
        "504",
        "429",
        "InternalError",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "SlowDown",
        "OperationAborted",
        "ConditionalRequestConflict",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "KMS.ThrottlingException",
        "KMSInternalException",
    }
)
"""Codes that say: the same call may succeed later."""

_DENIED = frozenset({"403", "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AllAccessDisabled"})
_EXPIRED = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidToken",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_MISSING = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NotFound"})


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn what boto3 raises inside into one `ServiceError` that says what was being done.

    Args:
        doing: what the user asked for, such as `push`; the message starts with it.

    Raises:
        ServiceError: instead of any botocore exception. Everything else passes unchanged.
    """
    try:
        yield
    except (ClientError, BotoCoreError, HTTPClientError) as error:
        raise as_service_error(error, doing) from error


def as_service_error(error: Exception, doing: str) -> ServiceError:
    """The `ServiceError` for what boto3 raised."""
    if isinstance(error, ClientError):
        return _of_reply(error, doing)
    if isinstance(error, BotoConnectionError | HTTPClientError):
        url = urlsplit(str(getattr(error, "kwargs", {}).get("endpoint_url") or ""))
        endpoint = f"{url.scheme}://{url.netloc}" if url.netloc else "the service"
        kind = SandboxUnreachable if _is_loopback(endpoint) and _is_refused(error) else ServiceUnreachable
        return kind(doing=doing, endpoint=endpoint, text=str(error))
    if isinstance(error, NoCredentialsError | PartialCredentialsError | CredentialRetrievalError):
        return CredentialsMissing(doing=doing, text=str(error))
    return ServiceFailed(doing=doing, operation="the call", reason=type(error).__name__, text=str(error))


def is_passing(error: BaseException) -> bool:
    """Whether the same call may succeed later: load, a server fault or the network, never a refusal."""
    if isinstance(error, ClientError):
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        return code_of(error) in BUSY or (status >= 500 and not code_of(error).startswith("KMS."))
    return isinstance(error, BotoConnectionError | HTTPClientError)


def is_unheard(error: ClientError) -> bool:
    """Whether the caller's credentials were not taken, so that nobody judged what they may do."""
    return code_of(error) in _EXPIRED


def code_of(error: ClientError) -> str:
    """The code the service gave, such as `NoSuchKey`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _of_reply(error: ClientError, doing: str) -> ServiceError:
    code, operation = code_of(error), error.operation_name
    text = str(error.response.get("Error", {}).get("Message", "") or error)
    if operation == "AssumeRole" and code not in BUSY | _EXPIRED:
        return RoleNotAssumed(doing=doing, role=_role_in(text), text=text)
    if code.startswith("KMS.") and code not in BUSY:
        return KeyUnusable(doing=doing, reason=code, text=text)
    if code in {"KMSInvalidStateException", "DisabledException", "NotFoundException", "InvalidKeyUsageException"}:
        return KeyUnusable(doing=doing, reason=code, text=text)
    if code == "NoSuchBucket":
        return BucketMissing(doing=doing, text=text)
    if code in _DENIED:
        return AccessRefused(doing=doing, operation=operation, text=text)
    if code in _EXPIRED:
        return CredentialsExpired(doing=doing, reason=code, text=text)
    if code in _MISSING:
        return ObjectMissing(doing=doing, text=text)
    if is_passing(error):
        return ServiceBusy(doing=doing, reason=code, text=text)
    return ServiceFailed(doing=doing, operation=operation, reason=code, text=text)


def _role_in(text: str) -> str:
    return next((word.strip(".,'\"") for word in text.split() if ":role/" in word), "it needs")


def _is_loopback(endpoint: str) -> bool:
    return (urlsplit(endpoint).hostname or "") in {"127.0.0.1", "localhost", "::1"}


def _is_refused(error: Exception) -> bool:
    return "Could not connect" in str(error) or "refused" in str(error).lower()
