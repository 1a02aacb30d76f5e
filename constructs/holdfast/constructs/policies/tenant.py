"""What a session that carries the tag `tenant` may read: the backups of that tenant, of any dataset.

A dataset as a whole lies under `_` (`objects/<dataset>/_/…`), so the tag `_` is for it. `*` in a policy matches slashes
as well. So each pattern says how deep a key is: `objects/*/ab/*/*` matches no key of another tenant, even where a
tenant is called like the two digits that keys go on with (`objects/orders/other/ab/<sha256>`).
"""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.constructs.policies import sharing
from holdfast.constructs.policies.document import Conditions, Statement, allow
from holdfast.constructs.policies.mfa import TENANT

_OWN = f"$${{aws:PrincipalTag/{TENANT}}}"
"""The policy variable, as Terraform wants it written: it would take `${` for an expression of its own."""

_KEYS = (f"objects/*/{_OWN}/*/*", f"sets/*/{_OWN}/*/*")
_PREFIXES = (f"objects/*/{_OWN}/??/*", f"sets/*/{_OWN}/*")


def read_own(bucket_arns: Sequence[str]) -> Statement:
    """Threat: one tenant's data restored for another. Objects and sets of the session's tenant, and no other."""
    return allow("ReadOwnBackups", sharing.READ, on=[f"{bucket}/{key}" for bucket in bucket_arns for key in _KEYS])


def list_own(bucket_arns: Sequence[str]) -> Statement:
    """Threat: who else is a customer, and when they back up, read from a list of keys. Own prefixes only."""
    when: Conditions = {"StringLike": {"s3:prefix": _PREFIXES}}
    return allow("ListOwnBackups", ("s3:ListBucket", "s3:ListBucketVersions"), on=bucket_arns, when=when)


def inspect_buckets(bucket_arns: Sequence[str]) -> Statement:
    """Threat: a restore from a bucket that somebody opened or unlocked meanwhile. Settings can be looked at."""
    return allow("InspectBuckets", ("s3:GetBucketLocation", *sharing.INSPECT), on=bucket_arns)
