"""The role that restores snapshots of EBS and RDS, and automated backups, into resources of a drill's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.policies import role
from holdfast.constructs.policies.drill_made import DrillMade
from holdfast.constructs.policies.role import KeyAlias
from holdfast.constructs.policies.snapshot_restoring import restoring_snapshots
from holdfast.constructs.principals import Principals
from holdfast.constructs.restricted_role import RestrictedRole


class SnapshotRestorer(RestrictedRole):
    """Restores snapshots and automated backups into volumes and instances of a drill's own, and deletes those again.

    It is another role than `DrillRestorer`, for two reasons: what it restores stays in the account of its source,
    while copies of AWS Backup may be in another; and both together are longer than a boundary may be.

    Args:
        role_name: name of the role.
        trusted: who may take on the role.
        made: where it restores to, and how what it made is told.
        instances: pattern of the names of a drill's instances of RDS. By default it does nothing with RDS.
        volumes: the tags of each dataset of volumes, whose snapshots are restored; those that say they are of the
            environment are besides. By default it does nothing with EBS.
        keys: the keys copies are under. By default none.
        key_arns: the keys the datasets themselves are under. By default none.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        SnapshotRestorer(
            stack,
            "SnapshotRestorer",
            role_name="snapshot-restorer",
            trusted=Principals.of("arn:aws:iam::111122223333:role/operator"),
            made=DrillMade("prod", account="111122223333", regions=("us-east-1", "us-west-2")),
            instances="acme-drill-*",
            volumes=[{"service": "metrics"}],
        )

    Raises:
        OutsideLimit: the name is outside a limit of IAM.
        PolicyTooLarge: too many Regions, or datasets with different keys of tags, for one policy.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        role_name: str,
        trusted: Principals,
        made: DrillMade,
        instances: str | None = None,
        volumes: Sequence[Mapping[str, str]] | None = None,
        keys: Sequence[KeyAlias] = (),
        key_arns: Sequence[str] = (),
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(
            scope,
            id,
            role_name=role_name,
            description="Restores snapshots into what a drill makes for itself, and deletes that again",
            trust=role.trust(trusted),
            statements=restoring_snapshots(made, instances=instances, volumes=volumes, keys=keys, key_arns=key_arns),
            provider=provider,
        )
