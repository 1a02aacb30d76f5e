"""What changed outside Terraform: the same rules, without the noise a refresh makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from holdfast.review.finding import Finding, Kind, Origin, Severity
from holdfast.review.node import Node
from holdfast.review.plan import Change, Plan
from holdfast.review.rules import loss_rules
from holdfast.review.transitions import Place, weakenings

_PREFACE = "Outside Terraform: "
_MIRRORED: Mapping[str, tuple[str, ...]] = {
    "aws_s3_bucket_versioning": ("versioning",),
    "aws_s3_bucket_object_lock_configuration": ("object_lock_configuration",),
    "aws_s3_bucket_lifecycle_configuration": ("lifecycle_rule",),
    "aws_s3_bucket_replication_configuration": ("replication_configuration",),
    "aws_s3_bucket_server_side_encryption_configuration": ("server_side_encryption_configuration",),
    "aws_s3_bucket_policy": ("policy",),
    "aws_s3_bucket_logging": ("logging",),
    "aws_s3_bucket_acl": ("acl", "grant"),
}
"""Attributes of `aws_s3_bucket` that only mirror a resource of their own."""


def drift(plan: Plan) -> Iterator[Finding]:
    """A finding for each guarded attribute that is weaker in AWS than in the state.

    What the plan puts right again is a warning; what it leaves as it is keeps its severity.
    """
    mirrors = _mirrors(plan)
    for change in plan.drift:
        place = Place(plan.name, change.address, Origin.DRIFT, _PREFACE)
        if change.deletes:
            yield from _vanished(change, place)
            continue
        skipped = mirrors.get(str((change.before or {}).get("bucket")), frozenset())
        old, new = _visible(change.old, skipped), _visible(change.new, skipped)
        planned = plan.by_address.get(change.address)
        for finding in weakenings(change.type, old, new, place):
            restored = planned is not None and not _still(change, planned, finding, place)
            yield _lesser(finding) if restored else finding


def _mirrors(plan: Plan) -> dict[str, frozenset[str]]:
    """By bucket name, the attributes of the bucket another resource of the plan manages."""
    found: dict[str, set[str]] = {}
    for change in plan.changes:
        if change.type in _MIRRORED:
            bucket = (change.after or change.before or {}).get("bucket")
            found.setdefault(str(bucket), set()).update(_MIRRORED[change.type])
    return {bucket: frozenset(names) for bucket, names in found.items()}


def _visible(node: Node, skipped: frozenset[str]) -> Node:
    if not skipped or not isinstance(node.value, dict):
        return node
    return Node({k: v for k, v in node.value.items() if k not in skipped}, node.unknown, node.sensitive)


def _still(drifted: Change, planned: Change, finding: Finding, place: Place) -> bool:
    """Whether the weakening is there after the plan as well."""
    remaining = weakenings(drifted.type, drifted.old, planned.new, place)
    return any(other.rule == finding.rule and other.path == finding.path for other in remaining)


def _lesser(finding: Finding) -> Finding:
    severity = max(finding.severity, Severity.WARN, key=lambda s: s.rank)
    return replace(finding, severity=severity, message=f"{finding.message} This plan puts it right.")


def _vanished(change: Change, place: Place) -> Iterator[Finding]:
    rule = loss_rules().get(change.type)
    if rule is not None:
        yield Finding(
            rule=rule.id,
            severity=rule.severity,
            kind=Kind.LOSS,
            stack=place.stack,
            address=place.address,
            before="present",
            after="deleted",
            message=f"{_PREFACE}it was deleted. {rule.risk}",
            origin=Origin.DRIFT,
        )
