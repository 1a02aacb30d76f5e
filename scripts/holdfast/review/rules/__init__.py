"""The catalogue: tables by service, put together and indexed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from holdfast.review.rule import Appears, Described, Gone, Rule
from holdfast.review.rules import (
    backup,
    databases,
    ebs,
    iam,
    kms,
    process,
    proofs,
    s3,
    s3_lifecycle,
    s3_replication,
    stack_rules,
    storage,
    watch,
    whole,
)

TABLES: Mapping[str, tuple[Rule, ...]] = {
    "S3 buckets, lock and access": s3.RULES,
    "S3 lifecycle": s3_lifecycle.RULES,
    "S3 replication": s3_replication.RULES,
    "KMS": kms.RULES,
    "AWS Backup": backup.RULES,
    "EBS, EC2, DLM, Recycle Bin": ebs.RULES,
    "Databases": databases.RULES,
    "File systems, warehouses, caches, secrets": storage.RULES,
    "IAM and Organizations": iam.RULES,
    "Detection": watch.RULES,
    "All plans together": whole.RULES,
    "Terraform": process.RULES,
    "Base and head": stack_rules.RULES,
    "Proofs of base and head": proofs.RULES,
}
"""The rules by chapter of the reference."""

CATALOGUE: Mapping[str, Rule] = {rule.id: rule for rules in TABLES.values() for rule in rules}
"""Every rule by id."""


@cache
def attribute_rules() -> Mapping[str, tuple[Rule, ...]]:
    """The rules that compare an attribute, by resource type."""
    return _by_type(lambda rule: not isinstance(rule.direction, Gone | Appears | Described))


@cache
def loss_rules() -> Mapping[str, Rule]:
    """The rule for the loss of a resource, by type: its keys are the guarded types."""
    return {name: rules[0] for name, rules in _by_type(lambda rule: isinstance(rule.direction, Gone)).items()}


@cache
def appearance_rules() -> Mapping[str, tuple[Rule, ...]]:
    """The rules that object to a resource being created, by type."""
    return _by_type(lambda rule: isinstance(rule.direction, Appears))


@cache
def guarded_types() -> frozenset[str]:
    """Every resource type some rule looks at."""
    return frozenset(loss_rules()) | frozenset(attribute_rules()) | frozenset(appearance_rules())


def _by_type(wanted: Callable[[Rule], bool]) -> dict[str, tuple[Rule, ...]]:
    found: dict[str, list[Rule]] = {}
    for rule in CATALOGUE.values():
        if wanted(rule):
            for name in rule.types:
                found.setdefault(name, []).append(rule)
    return {name: tuple(rules) for name, rules in found.items()}
