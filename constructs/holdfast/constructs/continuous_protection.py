"""An aspect that looks at the databases of an app: can each be restored to a point in time, and is it kept?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import jsii
from cdktn import Annotations, Aspects, IAspect, TerraformResource, Token
from constructs import IConstruct

from holdfast.constructs.limits import whole_days

_LONGEST = timedelta(days=35)
Arguments = Mapping[str, Any]


@jsii.implements(IAspect)
class ContinuousProtection:
    """Refuses, when the app is synthesized, databases of the same stack that could not be restored.

    - DynamoDB tables have point-in-time recovery and deletion protection.
    - Aurora clusters and RDS instances keep automated backups for `keep`, are encrypted, have deletion protection and
      leave a last snapshot. Instances that belong to a cluster are looked at through it.

    What is known only after apply passes. Databases that are declared elsewhere are not seen.

    Args:
        keep: for how long a database keeps its own backups; whole days, 1 to 35. By default 7.

    Example::

        ContinuousProtection(keep=timedelta(days=35)).guard(stack)

    Raises:
        OutsideLimit: `keep` is no whole number of days, or outside the limits of RDS.
    """

    def __init__(self, *, keep: timedelta = timedelta(days=7)) -> None:
        self._days = whole_days(
            keep,
            least=1,
            most=_LONGEST.days,
            construct="ContinuousProtection",
            field="keep",
            reference="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html",
        )

    def guard(self, scope: IConstruct) -> None:
        """Look at everything in `scope`, a stack, when the app is synthesized. An app is not visited itself."""
        Aspects.of(scope).add(self)

    def visit(self, node: IConstruct) -> None:
        """Called by the CDK for every construct."""
        if isinstance(node, TerraformResource) and node.terraform_resource_type in _CHECKS:
            for fault in _CHECKS[node.terraform_resource_type](_arguments(node), self._days):
                Annotations.of(node).add_error(fault)


def _arguments(resource: TerraformResource) -> Arguments:
    (named,) = resource.to_terraform()["resource"].values()
    (arguments,) = named.values()
    return dict(arguments)


def _table(arguments: Arguments, _days: int) -> Iterator[str]:
    recovery = arguments.get("point_in_time_recovery")
    if not Token.is_unresolved(recovery) and not (recovery or {}).get("enabled"):
        yield "the table has no point-in-time recovery: set point_in_time_recovery.enabled to true"
    yield from _switched_on(arguments, "deletion_protection_enabled", "the table can be deleted by one call")


def _database(arguments: Arguments, days: int) -> Iterator[str]:
    kept = arguments.get("backup_retention_period")
    if not _later(kept) and (kept or 0) < days:
        yield f"automated backups are kept for {kept or 0} days: set backup_retention_period to {days} to 35"
    yield from _switched_on(arguments, "storage_encrypted", "its storage and so its snapshots are not encrypted")
    yield from _switched_on(arguments, "deletion_protection", "the database can be deleted by one call")
    if arguments.get("skip_final_snapshot") is True:
        yield "it would leave no last snapshot: set skip_final_snapshot to false"
    if arguments.get("delete_automated_backups") is True:
        yield "its automated backups would go with it: set delete_automated_backups to false"


def _switched_on(arguments: Arguments, name: str, otherwise: str) -> Iterator[str]:
    value = arguments.get(name)
    if not _later(value) and value is not True:
        yield f"{otherwise}: set {name} to true"


def _later(value: object) -> bool:
    """Whether a value is known only after apply."""
    return isinstance(value, str) and "${" in value


_CHECKS: Mapping[str, Callable[[Arguments, int], Iterator[str]]] = {
    "aws_dynamodb_table": _table,
    "aws_rds_cluster": _database,
    "aws_db_instance": _database,
}
