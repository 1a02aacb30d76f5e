"""What whoever restores snapshots for drills may do, and may never do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from holdfast.constructs.policies import drill_instances, drill_made, drill_volumes, operating
from holdfast.constructs.policies.document import Conditions, Statement, allow
from holdfast.constructs.policies.drill_made import DrillMade
from holdfast.constructs.policies.role import KeyAlias

_USE_KEYS = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)


def restoring_snapshots(
    made: DrillMade,
    *,
    instances: str | None = None,
    volumes: Sequence[Mapping[str, str]] | None = None,
    keys: Sequence[KeyAlias] = (),
    key_arns: Sequence[str] = (),
) -> list[Statement]:
    """Threat: a snapshot nobody ever restored, or a way to do more with it. All of `SnapshotRestorer`, nothing else."""
    statements: list[Statement] = []
    if instances is not None:
        statements += [
            drill_instances.look_around(),
            drill_instances.restore(made, instances),
            drill_instances.tag_what_is_made(made, instances),
            drill_instances.own(made, instances),
        ]
    if volumes is not None:
        statements += [
            drill_volumes.look_around(),
            *drill_volumes.use_snapshots(made, volumes),
            drill_volumes.make_volumes(made),
            drill_volumes.make_snapshots(made),
            drill_volumes.tag_what_is_made(made),
            drill_volumes.own(made),
        ]
    return [
        *statements,
        drill_made.look_at_keys(made),
        *_under_keys(keys, key_arns),
        drill_made.never_elsewhere(made),
        drill_made.never_touch_what_no_drill_made(),
        drill_made.never_harm_snapshots(),
        operating.never_become_more(),
    ]


def _under_keys(keys: Sequence[KeyAlias], key_arns: Sequence[str]) -> list[Statement]:
    """Threat: snapshots under a customer's key that nobody can show to be readable. Through EBS and RDS, these keys.

    A grant is only ever given to a service (`kms:GrantIsForAWSResource`), and a key's own policy has to agree
    (https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html).
    """
    when: Conditions = {
        "StringLike": {"kms:ViaService": ["ebs.*.amazonaws.com", "ec2.*.amazonaws.com", "rds.*.amazonaws.com"]},
        "BoolIfExists": {"kms:GrantIsForAWSResource": "true"},
    }
    found = [allow("UseSourceKeys", _USE_KEYS, on=key_arns, when=when)] if key_arns else []
    if keys:
        aliases = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": sorted({each.alias for each in keys})}}
        on = sorted({each.keys for each in keys})
        found.append(allow("UseCopyKeys", _USE_KEYS, on=on, when={**when, **aliases}))
    return found
