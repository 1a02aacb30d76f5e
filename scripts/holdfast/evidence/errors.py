"""What can go wrong around evidence that is not the evidence's own fault. (Why evidence is refused: `refusals`.)"""

from __future__ import annotations

from holdfast.errors import InconclusiveError, InputError, ServiceError, StorageError


class NothingToVerify(InconclusiveError):
    """No record was found; nothing verified is never good."""

    template = "{path} holds no record"
    hint = "records lie in folders named after the key that signed them, as 00000001.json, 00000002.json, …"


class EvidencePathMissing(InputError):
    """There is nothing at the path."""

    template = "{path} does not exist"
    hint = "name a file or folder; evidence lies below .holdfast/evidence (HOLDFAST_HOME), one folder an environment"


class NoTrustedKey(InputError):
    """There is no key to verify with."""

    template = "no public key to verify {path} with"
    hint = "pass one with --key; `aws kms get-public-key` gives the one of an environment"


class UnusableKey(InputError):
    """A key that was passed cannot be used."""

    template = "not a usable key: {problem}"
    hint = "an Ed25519 or ECDSA P-256 public key as `openssl pkey -pubin -pubout` writes it, in PEM"


class NoDigest(InputError):
    """A digest that was passed is none."""

    template = "{value!r} is not a SHA-256 in hexadecimal"
    hint = "`holdfast evidence verify` prints the heads in full; keep them elsewhere and pass one with --head"


class UnknownEvidenceName(InputError):
    """An environment's name that cannot be one."""

    template = "{name!r} is not a name of an environment"
    hint = "list them with: holdfast env list"


class SecretInRecord(InputError):
    """A record is public to every auditor; a secret in it would be locked for years."""

    template = "the field {field} looks like {kind}; a record must not hold secrets"
    hint = "record a digest or a count instead"


class RecordIdTaken(InputError):
    """A record under this id exists and says something else."""

    template = "record {record_id!r} exists already and says something else ({path})"
    hint = "what happened once is recorded once; use an id of its own for what happened later"


class ClockBehindChain(InputError):
    """This machine's clock is behind the newest record, so what it records now would be refused."""

    template = "it is {now} by this machine's clock, but the newest record is of {recorded_at}"
    hint = "set the clock (NTP) and record again"


class EvidenceNotWritten(StorageError):
    """The record could not be written; nothing half-written is left."""

    template = "cannot write {path}: {reason}"
    hint = "free some space or choose another folder with HOLDFAST_HOME, then record again"


class EvidenceUnreadable(StorageError):
    """A file or folder of the evidence cannot be read."""

    template = "cannot read {path}: {reason}"


class PrivateKeyUnusable(StorageError):
    """The local signing key is damaged or open to others."""

    template = "the signing key is not usable: {problem}"
    hint = "it must be a regular file of mode 0600; move it away to have a new one made (the chain then starts anew)"


class SigningKeyUnsuitable(ServiceError):
    """The KMS key is not one that signs evidence."""

    template = "the KMS key {key} cannot sign evidence: {problem}"
    hint = "it must be of key spec ECC_NIST_P256 with usage SIGN_VERIFY"


class StoreNameTaken(ServiceError):
    """Something else is stored under the name already."""

    template = "{name} exists already in {store} with other content"


class EvidenceNotHeld(ServiceError):
    """The store accepted the record, but does not hold it as asked."""

    template = "s3://{bucket}/{key} was written, but reading it back shows {problem}"
    hint = "check that the bucket has Object Lock and versioning enabled: holdfast plan shows what differs"
