"""What a backup plan protects: resources by ARN, by tag, or by condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.backup_plan import BackupPlan
from holdfast.constructs.limits import known, matches, require
from holdfast.constructs.service_role import ServiceRole

_API = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupSelection.html"
_ARNS, _PATTERNS, _CONDITIONS = 500, 30, 30
_TAG = "aws:ResourceTag/"


@dataclass(frozen=True)
class Conditions:
    """Tags a resource must have, or must not have: *all* of it must hold.

    Args:
        equals: tags it has, with exactly these values. By default none is asked for.
        like: tags it has, with values that match; `*` at either end. By default none is asked for.
        not_equals: tags it does not have with these values. By default none.
        not_like: tags it does not have with values that match. By default none.
    """

    equals: Mapping[str, str] = field(default_factory=dict)
    like: Mapping[str, str] = field(default_factory=dict)
    not_equals: Mapping[str, str] = field(default_factory=dict)
    not_like: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.equals) + len(self.like) + len(self.not_equals) + len(self.not_like)


class BackupSelection(Construct):
    """The resources of one backup plan: those of `resources`, of which all `conditions` hold, or any of `any_tag`.

    AWS Backup joins `any_tag` by *or* and `conditions` by *and*. A selection that names nothing is refused, because AWS
    Backup would protect nothing and not say so. Aurora is only found where the Region is opted in to it
    (`BackupRegionSettings`).

    Args:
        plan: the plan that protects them.
        selection_name: name of the selection, 1 to 50 letters, digits, - _ and .
        role: what AWS Backup works with; `Purpose.BACKUP`.
        resources: ARNs, at most 500, or with `*` at the end, at most 30. By default none.
        excluding: ARNs left out. By default none.
        conditions: narrow `resources` down; without `resources` they look at everything. By default nothing is asked.
        any_tag: resources with any of these tags, whatever else is said. By default none.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        deployer = Principals.of("arn:aws:iam::111122223333:role/deployer")
        break_glass = Principals.of("arn:aws:iam::111122223333:role/break-glass")
        key = VaultKey(stack, "Key", alias="alias/vault", administrators=deployer, break_glass=break_glass)
        lock = Governance(minimum=timedelta(days=7))
        vault = BackupVault(stack, "Vault", vault_name="acme", key=key, lock=lock, break_glass=break_glass)
        plan = BackupPlan(stack, "Plan", plan_name="databases", vault=vault, rules=[BackupRule.daily()])
        role = ServiceRole(
            stack, "BackupRole", role_name="aws-backup", account="111122223333", purpose=Purpose.BACKUP
        )
        key.grant_use(role.principals)
        BackupSelection(
            stack,
            "Orders",
            plan=plan,
            selection_name="orders",
            role=role,
            resources=["arn:aws:rds:us-east-1:111122223333:db:*"],
            conditions=Conditions(equals={"service": "orders"}),
        )

    Raises:
        OutsideLimit: the selection names nothing, or a name or number is outside a limit of AWS Backup.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        plan: BackupPlan,
        selection_name: str,
        role: ServiceRole,
        resources: Sequence[str] = (),
        excluding: Sequence[str] = (),
        conditions: Conditions | None = None,
        any_tag: Mapping[str, str] | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        asked, tags = conditions or Conditions(), any_tag or {}
        matches(
            selection_name,
            r"[a-zA-Z0-9_.-]{1,50}",
            construct="BackupSelection",
            field="selection_name",
            allowed="1 to 50 letters, digits, - _ and .",
            reference=_API,
        )
        _check_something(resources, asked, tags)
        for name, arns in (("resources", resources), ("excluding", excluding)):
            _check_arns(name, arns)
        plan.add_selection()
        aws.BackupSelection(
            self,
            "Resource",
            plan_id=plan.plan_id,
            name=selection_name,
            iam_role_arn=role.role_arn,
            resources=list(resources) or (["*"] if len(asked) else None),
            not_resources=list(excluding) or None,
            condition=_conditions(asked),
            selection_tag=[{"type": "STRINGEQUALS", "key": key, "value": value} for key, value in tags.items()] or None,
            depends_on=role.attachments,
            provider=provider,
        )


def _conditions(asked: Conditions) -> list[aws.BackupSelectionCondition] | None:
    if not len(asked):
        return None
    return [
        aws.BackupSelectionCondition(
            string_equals=_tags(asked.equals),
            string_like=_tags(asked.like),
            string_not_equals=_tags(asked.not_equals),
            string_not_like=_tags(asked.not_like),
        )
    ]


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]] | None:
    return [{"key": _TAG + key, "value": value} for key, value in tags.items()] or None


def _check_something(resources: Sequence[str], conditions: Conditions, tags: Mapping[str, str]) -> None:
    require(
        bool(resources) or len(conditions) > 0 or bool(tags),
        construct="BackupSelection",
        field="resources",
        value="nothing",
        allowed="resources, conditions or any_tag",
        reference=_API,
    )
    for field_name, number in (("conditions", len(conditions)), ("any_tag", len(tags))):
        require(
            number <= _CONDITIONS,
            construct="BackupSelection",
            field=field_name,
            value=number,
            allowed=f"at most {_CONDITIONS} tags",
            reference="https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-limits.html",
        )


def _check_arns(field_name: str, arns: Sequence[str]) -> None:
    given = [arn for arn in arns if known(arn)]
    patterns = [arn for arn in given if "*" in arn]
    for arn in patterns:
        require(
            arn.index("*") == len(arn) - 1,
            construct="BackupSelection",
            field=field_name,
            value=arn,
            allowed="* only at the end",
            reference=_API,
        )
    most = _PATTERNS if patterns else _ARNS
    require(
        len(arns) <= most,
        construct="BackupSelection",
        field=field_name,
        value=f"{len(arns)} ARNs",
        allowed=f"at most {_ARNS}, or {_PATTERNS} where one of them ends in *",
        reference=_API,
    )
