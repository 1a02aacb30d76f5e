"""What whoever restores recovery points and tables for drills may do, and may never do."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.constructs.policies import operating, scratch
from holdfast.constructs.policies.document import Statement
from holdfast.constructs.policies.scratch import Scratch


def restoring(
    own: Scratch, vault_arns: Sequence[str], service_role_arn: str, source_key_arns: Sequence[str] = ()
) -> list[Statement]:
    """Threat: a restore that is never tried, or a way to do more than try it. All of `DrillRestorer`, nothing else."""
    return [
        scratch.look_at_points(vault_arns, own),
        scratch.restore_points(own),
        scratch.follow_jobs(),
        operating.pass_on(service_role_arn),
        *scratch.own_buckets(own),
        scratch.restore_tables(own),
        scratch.own_tables(own),
        *([scratch.read_under_keys(source_key_arns, own.regions)] if source_key_arns else []),
        scratch.never_touch_what_is_real(own),
        scratch.never_harm_backups(),
        operating.never_pass_another(service_role_arn),
        operating.never_become_more(),
    ]
