"""What AWS, or what stands in for it, can answer that a user has to hear about."""

from __future__ import annotations

from holdfast.errors import ServiceError


class RegionDenied(ServiceError):
    """The Region guard stopped a call to a Region or bucket that is taken for lost."""

    template = "{service} {operation} was stopped: {why} is taken for lost"
    hint = "something still depends on what is lost; that is a finding about the recovery, not about the network"


class KeyLost(ServiceError):
    """The guard held back an answer that took a KMS key which is taken for lost."""

    template = "{service} {operation} was stopped: it takes the key {key}, which is taken for lost"
    hint = "what is encrypted under that key only cannot be recovered without it; keep a copy under a key of its own"


class AccessRefused(ServiceError):
    """The service knows who asks and says no."""

    template = "{doing}: access denied for {operation}: {text}"
    hint = "the role lacks a permission; run `holdfast apply` for the environment so that its roles are as declared"


class BucketMissing(ServiceError):
    """The bucket does not exist."""

    template = "{doing}: there is no such bucket: {text}"
    hint = "the environment is not applied yet, or another account is used: run `holdfast apply` for it first"


class KeyUnusable(ServiceError):
    """The KMS key is disabled, waiting for deletion, unknown, or out of reach for this role."""

    template = "{doing}: the encryption key cannot be used ({reason}): {text}"
    hint = "enable the key or cancel its deletion (break-glass), or run `holdfast apply` if it does not exist yet"


class ObjectMissing(ServiceError):
    """An object or version that should be there is not."""

    template = "{doing}: the object does not exist: {text}"
    hint = "list what is complete with `holdfast catalog`"


class CredentialsMissing(ServiceError):
    """boto3 found nothing to sign with."""

    template = "{doing}: no AWS credentials: {text}"
    hint = "sign in (aws sso login), set AWS_PROFILE, or start the sandbox (holdfast sandbox start)"


class CredentialsExpired(ServiceError):
    """The credentials that were found are no longer, or not, accepted."""

    template = "{doing}: the credentials are not accepted ({reason}): {text}"
    hint = "sign in again; in the sandbox, restart it (holdfast sandbox stop; holdfast sandbox start)"


class RoleNotAssumed(ServiceError):
    """STS did not give out the role a step runs as."""

    template = "{doing}: the role {role} cannot be assumed: {text}"
    hint = "run `holdfast apply` for the environment so that the role exists and trusts the caller"


class SecondFactorRefused(ServiceError):
    """STS does not accept the code of the MFA device."""

    template = "the second factor is refused: {text}"
    hint = "wait for the next code of the device (each counts once) and run the command again"


class ServiceBusy(ServiceError):
    """The service still refuses for load after every retry."""

    template = "{doing}: the service is too busy after all retries ({reason}): {text}"
    hint = "run the command again later; what is already written is reused"


class ServiceUnreachable(ServiceError):
    """No answer: the name does not resolve, the connection fails or times out."""

    template = "{doing}: no answer from {endpoint}: {text}"
    hint = "check the network and the Region's status; what is already written is reused"


class SandboxUnreachable(ServiceUnreachable):
    """The local emulator does not answer."""

    template = "{doing}: the sandbox is not running at {endpoint}"
    hint = "start it: holdfast sandbox start"


class ServiceFailed(ServiceError):
    """Any other refusal, with the code the service gave."""

    template = "{doing}: {operation} failed ({reason}): {text}"
    hint = "the code in brackets is the service's own; its API reference explains it"
