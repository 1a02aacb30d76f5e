"""Why a record, a chain or a copy of it is refused: one class for each reason, so that a script can tell them apart.

`verify` collects these as findings; nothing here stops at the first one. The table in `docs/evidence.md` is written
from these classes.
"""

from __future__ import annotations

from holdfast.errors import FindingError


class Refusal(FindingError):
    """Base: a piece of evidence that does not verify."""


# --- the file ---------------------------------------------------------------------------------------------------------


class EmptyRecord(Refusal):
    """The file has no bytes."""

    template = "the file is empty"


class RecordTooLarge(Refusal):
    """The file is longer than any record may be."""

    template = "the file has more than {limit} bytes"


class SymbolicLinkRefused(Refusal):
    """The file is a symbolic link, which can be pointed at something else after it was checked."""

    template = "this is a symbolic link; evidence lies in regular files"


class NotRegularFile(Refusal):
    """A folder, a pipe or a device where a file should be."""

    template = "this is not a regular file"


class MisnamedRecord(Refusal):
    """The file's name says another place in the chain than its signed content."""

    template = "the content belongs at {expected}"


# --- JSON -------------------------------------------------------------------------------------------------------------


class NotUtf8(Refusal):
    """JSON is UTF-8 (RFC 8259 section 8.1)."""

    template = "byte {position} is not UTF-8"


class NotJson(Refusal):
    """The text is not JSON, or it was cut off."""

    template = "not JSON: {problem} at character {position}"


class DuplicateJsonKey(Refusal):
    """Two readers of a repeated key may see two different values (RFC 8259 section 4)."""

    template = "the key {key!r} occurs twice in one object"


class NonFiniteNumber(Refusal):
    """JSON has no NaN and no infinity."""

    template = "{literal} is not a number JSON knows"


class NumberOutOfRange(Refusal):
    """A number that other readers would round (RFC 7493 section 2.2)."""

    template = "a number of {length} characters, starting {literal!r}, is out of range"


class NestingTooDeep(Refusal):
    """More levels than a record has."""

    template = "values are nested more than {limit} levels deep"


class LoneSurrogate(Refusal):
    """Half of a UTF-16 pair is no character (RFC 7493 section 2.1)."""

    template = "a string holds half a surrogate pair"


class NotCanonical(Refusal):
    """The same content can be written in one way only, so that a changed space is a changed byte like any other."""

    template = "the {part} is not in its canonical form: something was added, reordered or reformatted"


# --- the envelope -----------------------------------------------------------------------------------------------------


class NotAnEnvelope(Refusal):
    """The fields of a DSSE envelope are not there or of another type."""

    template = "not a DSSE envelope: {problem}"


class WrongPayloadType(Refusal):
    """The envelope does not say that it holds an in-toto statement."""

    template = "payloadType is {got!r}, not {expected!r}"


class NotBase64(Refusal):
    """The payload or a signature is not base64."""

    template = "{field} is not base64"


class SignatureMissing(Refusal):
    """Nobody signed."""

    template = "the envelope carries no signature"


class RepeatedSignature(Refusal):
    """The same signature, or the same key, counted twice."""

    template = "a signature is repeated; each signer counts once"


class ExtraSignature(Refusal):
    """Signatures that nothing says how to judge."""

    template = "the envelope carries {count} signatures; a record has exactly one"


class UnknownSigner(Refusal):
    """No trusted key verifies the signature, and the key the envelope hints at is none of them."""

    template = "signed by a key that is not trusted (it calls itself {keyid}…)"
    hint = "pass the signer's public key with --key, if you trust it for a reason of your own"


class BadSignature(Refusal):
    """The signature is not one of a trusted key over these bytes."""

    template = "the signature does not match: the content or the signature was changed"


class MalleableSignature(Refusal):
    """A second spelling of a valid ECDSA signature, which anybody can make without the key."""

    template = "the ECDSA signature is not in its one accepted form (DER, low S)"


class KeyIdMismatch(Refusal):
    """The key id in the envelope is not the one of the key that made the signature."""

    template = "keyid is {got!r}; the signature is by {expected}"


class KeyNotYetValid(Refusal):
    """The record was made before the key was trusted."""

    template = "recorded at {recorded_at}; the key is trusted from {valid_from}"


class KeyExpired(Refusal):
    """The record was made after the key was trusted."""

    template = "recorded at {recorded_at}; the key was trusted until {valid_until}"


class KeyFileDamaged(Refusal):
    """A public key in the evidence folder is not what was written there."""

    template = "not a public key as Holdfast writes it: {problem}"


# --- the statement ----------------------------------------------------------------------------------------------------


class NotStatement(Refusal):
    """The signed content is not an in-toto statement."""

    template = "not an in-toto statement v1: {problem}"


class UnknownPredicate(Refusal):
    """Signed, but in a format this version does not know; it must not be judged by the rules of another."""

    template = "predicateType is {got!r}; this version reads {expected!r}"
    hint = "a newer version of Holdfast may read it"


class InvalidRecord(Refusal):
    """A field of the record is missing or has a value it cannot have."""

    template = "{field}: {problem}"


class UnsupportedClaim(Refusal):
    """The record says more than its own content bears out, such as PASSED with no check executed."""

    template = "the record claims more than happened: {problem}"


class DuplicateSubject(Refusal):
    """Two digests under one name: either could be meant."""

    template = "the subject {name!r} is listed twice"


class ChainKeyMismatch(Refusal):
    """The record puts itself into the chain of another key."""

    template = "the record belongs to the chain of key {chain}, but {signer} signed it"


class SignedBeforeEnd(Refusal):
    """The record was made before what it records was over."""

    template = "recorded at {recorded_at}, before the end at {ended_at}"


class RecordedInFuture(Refusal):
    """The record is dated later than now, by more than clocks differ."""

    template = "recorded at {recorded_at}; it is {now} now"
