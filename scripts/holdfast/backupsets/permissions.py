"""The API operations backup sets are made of, and the IAM actions each one needs.

Tests hold this table against the calls that are really made, so that a role made from it is neither short of an
action nor given one too many.
"""

from __future__ import annotations

PUSH: dict[str, tuple[str, ...]] = {
    "HeadBucket": ("s3:ListBucket",),
    "ListObjectsV2": ("s3:ListBucket",),
    "HeadObject": ("s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectRetention"),
    "PutObject": ("s3:PutObject", "s3:PutObjectRetention", "kms:GenerateDataKey"),
    "PutObjectRetention": ("s3:PutObjectRetention",),
}
"""`push`, as `backup-writer`. `s3:GetObject` reads metadata here: without `kms:Decrypt` no content can be read."""

CATALOG: dict[str, tuple[str, ...]] = {
    "ListObjectVersions": ("s3:ListBucketVersions",),
    "GetObject": ("s3:GetObject", "s3:GetObjectVersion", "kms:Decrypt"),
}
"""`catalog`, as `drill-runner`."""

FETCH: dict[str, tuple[str, ...]] = {
    "GetObject": ("s3:GetObject", "s3:GetObjectVersion", "kms:Decrypt"),
    "ListObjectVersions": ("s3:ListBucketVersions",),
}
"""Reading a set, as `drill-runner`. Versions are listed only where the current one is missing or wrong."""


def actions(*tables: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The IAM actions of some tables, sorted, each once."""
    return tuple(sorted({action for table in tables for needed in table.values() for action in needed}))
