"""Who refused a call: the lock, or IAM.

S3 answers both with 403 AccessDenied and tells them apart in the message only, and not always. What cannot be told is
`unknown`; nothing is guessed from what was expected.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from botocore.exceptions import ClientError

from holdfast.aws.translate import code_of


class RefusedBy(StrEnum):
    """Who said no."""

    LOCK = "lock"
    IAM = "IAM"
    NOBODY = "nobody"
    UNKNOWN = "unknown"


DENIED = frozenset({"AccessDenied", "403"})


@dataclass(frozen=True)
class Refusal:
    """How a call was answered.

    Args:
        by: who refused it.
        error_code: the service's own code; None when the call was accepted.
        message_class: which sentence the message holds; never the message, which names people and resources.
    """

    by: RefusedBy
    error_code: str | None = None
    message_class: str | None = None

    @property
    def is_bare(self) -> bool:
        """Whether it is a denial that does not say why."""
        return self.by is RefusedBy.UNKNOWN and self.error_code in DENIED

    @property
    def is_no_judgement(self) -> bool:
        """Whether it is an answer of another sort, such as 400 InvalidRequest: neither yes nor no."""
        return self.by is RefusedBy.UNKNOWN and self.error_code is not None and self.error_code not in DENIED


ACCEPTED = Refusal(RefusedBy.NOBODY)

_SENTENCES = (
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
    ("protected by object lock", RefusedBy.LOCK, "protected by object lock"),
    ("worm protected", RefusedBy.LOCK, "protected by object lock"),
    ("explicit deny in a resource-based policy", RefusedBy.IAM, "explicit deny in a resource-based policy"),
    ("explicit deny in an identity-based policy", RefusedBy.IAM, "explicit deny in an identity-based policy"),
    ("explicit deny in a permissions boundary", RefusedBy.IAM, "explicit deny in a permissions boundary"),
    ("explicit deny in a service control policy", RefusedBy.IAM, "explicit deny in a service control policy"),
    ("no identity-based policy allows", RefusedBy.IAM, "no identity-based policy allows"),
    ("no permissions boundary allows", RefusedBy.IAM, "no permissions boundary allows"),
    ("no resource-based policy allows", RefusedBy.IAM, "no resource-based policy allows"),
    ("is not authorized to perform", RefusedBy.IAM, "not authorized to perform"),
)
_BY_CODE = {
    # PutBucketVersioning: "An Object Lock configuration is present on this bucket, so the versioning state cannot be
    # changed" https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    "InvalidBucketState": (RefusedBy.LOCK, "bucket state is fixed by Object Lock"),
}
"""Refusals that are no 403. S3 answers an earlier date, a weaker mode and a deletion with AccessDenied; no 400 is one.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
"""


def refusal_of(error: ClientError) -> Refusal:
    """Who refused, by what the service says."""
    return told_by(code_of(error), str(error.response.get("Error", {}).get("Message", "")))


def told_by(code: str, message: str) -> Refusal:
    """Who refused, by code and message."""
    if code in _BY_CODE:
        by, sentence = _BY_CODE[code]
        return Refusal(by, code, sentence)
    if code in DENIED:
        lowered = message.lower()
        for part, by, sentence in _SENTENCES:
            if part in lowered:
                return Refusal(by, code, sentence)
        return Refusal(RefusedBy.UNKNOWN, code, "no reason given")
    return Refusal(RefusedBy.UNKNOWN, code, "not a refusal")


def inferred(refusal: Refusal, same_action: list[Refusal]) -> Refusal:
    """Settle a refusal without a reason by others.

    Args:
        refusal: the one in question.
        same_action: answers to the same IAM action, for the same principal on the same version. IAM decided them
            alike: if one was accepted, or refused by the lock, IAM lets the action pass and it was the lock.
    """
    if not refusal.is_bare:
        return refusal
    by = {RefusedBy.LOCK: RefusedBy.LOCK, RefusedBy.NOBODY: RefusedBy.LOCK, RefusedBy.IAM: RefusedBy.IAM}
    known = {by[each.by] for each in same_action if each.by in by}
    if len(known) != 1:
        return refusal
    return Refusal(known.pop(), refusal.error_code, "no reason given; as for the same action elsewhere")
