"""S3 lifecycle: whatever makes objects expire sooner, or moves them where restoring takes hours."""

from __future__ import annotations

from holdfast.review.directions import Lowered, Removed, TurnedOn
from holdfast.review.finding import Severity
from holdfast.review.readings import (
    ARCHIVE_DAYS,
    EXPIRY,
    EXPIRY_DATE,
    KEPT_VERSIONS,
    MARKER_CLEANUP,
    NONCURRENT,
    NONCURRENT_ARCHIVE_DAYS,
)
from holdfast.review.rule import row
from holdfast.review.scopes import EXPIRING_SCOPE, Widened

B, W = Severity.BLOCK, Severity.WARN
_TYPE = "aws_s3_bucket_lifecycle_configuration"
_SOURCE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html"
_RESTORE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html"

RULES = (
    row(
        "s3-lifecycle-expiration", _TYPE, "rule[id]", Lowered(null="most"), B,
        "Objects expire sooner, or begin to expire", reading=EXPIRY, attached="bucket",
        risk="Backups are deleted earlier than before.",
        remediation="Keep the days, or remove the expiration.", source=_SOURCE,
    ),
    row(
        "s3-lifecycle-expiration-date", _TYPE, "rule[id]", Lowered(null="most"), B,
        "Objects expire at an earlier date, or begin to expire", reading=EXPIRY_DATE, attached="bucket",
        risk="On that date every object in the scope expires at once.",
        remediation="Remove the date.", source=_SOURCE,
    ),
    row(
        "s3-lifecycle-noncurrent", _TYPE, "rule[id]", Lowered(null="most"), B,
        "Noncurrent versions expire sooner, or begin to expire", reading=NONCURRENT, attached="bucket",
        risk="An overwritten or deleted object can be brought back for a shorter time.",
        remediation="Keep noncurrent_days, or remove the expiration.", source=_SOURCE,
    ),
    row(
        "s3-lifecycle-kept-versions", _TYPE, "rule[id]", Lowered(null="ignored"), B,
        "Fewer noncurrent versions are kept", reading=KEPT_VERSIONS,
        risk="A burst of overwrites pushes the last good version out.",
        remediation="Keep newer_noncurrent_versions.", source=_SOURCE,
    ),
    row(
        "s3-lifecycle-scope-widened", _TYPE, "rule[id]", Widened(), B,
        "A rule that expires objects covers more of them", reading=EXPIRING_SCOPE,
        risk="Objects that were kept expire now.",
        remediation="Keep the filter, or add a rule of its own for what shall expire.",
        source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-filters.html",
    ),
    row(
        "s3-lifecycle-delete-markers", _TYPE, "rule[id]", TurnedOn(), B,
        "Expired delete markers are cleaned up", reading=MARKER_CLEANUP, attached="bucket",
        risk="The trace of a deletion disappears once the versions behind it have expired.",
        remediation="Leave expired_object_delete_marker off where deletions must stay visible.", source=_SOURCE,
    ),
    row(
        "s3-lifecycle-archive", _TYPE, "rule[id].transition[storage_class]", Lowered(null="most"), W,
        "Objects move to an archive class sooner, or begin to", reading=ARCHIVE_DAYS,
        new_items=True,
        risk="A restore has to wait up to 48 hours for the objects.",
        remediation="Keep recent backups in a class with immediate access.", source=_RESTORE,
    ),
    row(
        "s3-lifecycle-noncurrent-archive", _TYPE, "rule[id].noncurrent_version_transition[storage_class]",
        Lowered(null="most"), W, "Noncurrent versions move to an archive class sooner, or begin to",
        reading=NONCURRENT_ARCHIVE_DAYS,
        new_items=True,
        risk="A restore has to wait up to 48 hours for the versions.",
        remediation="Keep recent versions in a class with immediate access.", source=_RESTORE,
    ),
    row(
        "s3-lifecycle-abort-removed", _TYPE, "rule[id].abort_incomplete_multipart_upload", Removed(), W,
        "Incomplete uploads are no longer cleaned up",
        risk="Parts nobody sees are stored and paid for without end.",
        remediation="Keep abort_incomplete_multipart_upload.", source=_SOURCE,
    ),
)  # fmt: skip
