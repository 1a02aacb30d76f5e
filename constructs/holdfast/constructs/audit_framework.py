"""A framework of AWS Backup Audit Manager: AWS itself checks every day that backups are as they should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.limits import matches, require, whole_days

_CONTROLS = "https://docs.aws.amazon.com/aws-backup/latest/devguide/controls-and-remediation.html"
_API = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateFramework.html"
_MOST = 50
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Control:
    """One question AWS Backup Audit Manager asks of every resource, vault, plan or recovery point.

    Args:
        name: AWS's name of the control.
        parameters: what it is asked with, in AWS's words. By default AWS's defaults.
        resource_types: only resources of these types, such as `RDS`. By default all.
        tag: only resources with this one tag. By default all.

    Raises:
        OutsideLimit: both a tag and types, or more than one tag.
    """

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    resource_types: Sequence[str] = ()
    tag: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require(
            len(self.tag) <= 1 and not (self.tag and self.resource_types),
            construct="Control",
            field="tag",
            value=f"{len(self.tag)} tags, {len(self.resource_types)} types",
            allowed="types, or a single tag, or neither",
            reference=_CONTROLS,
        )

    @classmethod
    def in_a_plan(cls) -> Control:
        """Every resource is in a backup plan."""
        return cls("BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN")

    @classmethod
    def plan_is_frequent(cls, every: timedelta, kept: timedelta) -> Control:
        """One rule of the plan runs at least so often (whole hours up to 24, or whole days up to 31), kept so long.

        It looks at no window and no copy: `holdfast prove` does.
        """
        hours = every // _HOUR
        fits = every % _HOUR == timedelta(0) and (1 <= hours <= 24 or (hours % 24 == 0 and hours <= 31 * 24))
        _check(fits, "every", every, "1 to 24 whole hours, or 1 to 31 whole days")
        unit, value = ("hours", hours) if hours <= 24 else ("days", hours // 24)
        parameters = {"requiredFrequencyUnit": unit, "requiredFrequencyValue": str(value)}
        return cls(
            "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK", parameters | {"requiredRetentionDays": _days(kept)}
        )

    @classmethod
    def not_deleted_by_hand(cls, exempt: Sequence[str] = ()) -> Control:
        """Vaults refuse to have recovery points deleted by hand, but for at most five roles."""
        _check(len(exempt) <= 5, "exempt", f"{len(exempt)} roles", "at most 5")
        return cls(
            "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED",
            {"principalArnList": ",".join(exempt)} if exempt else {},
        )

    @classmethod
    def encrypted(cls) -> Control:
        """Every recovery point is encrypted."""
        return cls("BACKUP_RECOVERY_POINT_ENCRYPTED")

    @classmethod
    def kept_for(cls, kept: timedelta) -> Control:
        """Every recovery point is kept for so many days."""
        return cls("BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK", {"requiredRetentionDays": _days(kept)})

    @classmethod
    def copied_to_region(cls, region: str) -> Control:
        """Resources are copied to another Region."""
        return cls("BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION", {"crossRegionList": region})

    @classmethod
    def copied_to_account(cls, account: str) -> Control:
        """Resources are copied to another account."""
        return cls("BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT", {"crossAccountList": account})

    @classmethod
    def locked(cls, minimum: timedelta, maximum: timedelta) -> Control:
        """Resources are backed up into a vault whose lock lets in only these retentions."""
        parameters = {"minRetentionDays": _days(minimum), "maxRetentionDays": _days(maximum)}
        return cls("BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK", parameters)

    @classmethod
    def recent(cls, age: timedelta) -> Control:
        """The newest recovery point is at most so old; whole hours, 1 to 744. Copies in other accounts do not count."""
        hours = age // _HOUR
        _check(age % _HOUR == timedelta(0) and 1 <= hours <= 744, "age", age, "whole hours, 1 to 744")
        parameters = {"recoveryPointAgeUnit": "hours", "recoveryPointAgeValue": str(hours)}
        return cls("BACKUP_LAST_RECOVERY_POINT_CREATED", parameters)

    @classmethod
    def restored_within(cls, limit: timedelta) -> Control:
        """The newest restore took no longer than this; whole minutes."""
        minutes = limit // timedelta(minutes=1)
        _check(
            limit % timedelta(minutes=1) == timedelta(0) and minutes >= 1, "limit", limit, "whole minutes, 1 or more"
        )
        return cls("RESTORE_TIME_FOR_RESOURCES_MEET_TARGET", {"maxRestoreTime": str(minutes)})


class BackupFramework(Construct):
    """A set of controls that AWS Backup Audit Manager evaluates every day. It needs AWS Config to be recording.

    It sees active resources only, and one rule of a plan satisfies it; it is a second opinion, not the proof.

    Args:
        framework_name: name of the framework, a letter and then letters, digits and _, at most 256.
        controls: 1 to 50; an account has 50 in a Region, over all frameworks.
        description: shown in the console.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        BackupFramework(
            stack,
            "Framework",
            framework_name="recovery",
            controls=[
                Control.in_a_plan(),
                Control.encrypted(),
                Control.not_deleted_by_hand(),
                Control.recent(timedelta(hours=24)),
                Control.restored_within(timedelta(hours=2)),
            ],
        )

    Raises:
        OutsideLimit: the name is none, or there are no controls or too many.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        framework_name: str,
        controls: Sequence[Control],
        description: str = "Backups are as they should be",
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_audit_name(framework_name, construct="BackupFramework", field="framework_name")
        require(
            1 <= len(controls) <= _MOST,
            construct="BackupFramework",
            field="controls",
            value=f"{len(controls)} controls",
            allowed=f"1 to {_MOST}",
            reference=_CONTROLS,
        )
        self._resource = aws.BackupFramework(
            self,
            "Resource",
            name=framework_name,
            description=description,
            control=[_control(control) for control in controls],
            provider=provider,
        )

    @property
    def framework_arn(self) -> str:
        """The ARN of the framework (known after apply)."""
        return str(self._resource.arn)


def check_audit_name(name: str, *, construct: str, field: str) -> None:
    """Refuse a name of a framework or report plan AWS Backup would refuse."""
    matches(
        name,
        r"[a-zA-Z][a-zA-Z0-9_]{0,255}",
        construct=construct,
        field=field,
        allowed="a letter, then letters, digits and _, at most 256",
        reference=_API,
    )


def _control(control: Control) -> aws.BackupFrameworkControl:
    scope = None
    if control.resource_types or control.tag:
        scope = aws.BackupFrameworkControlScope(
            compliance_resource_types=list(control.resource_types) or None, tags=dict(control.tag) or None
        )
    return aws.BackupFrameworkControl(
        name=control.name,
        input_parameter=[{"name": name, "value": value} for name, value in control.parameters.items()] or None,
        scope=scope,
    )


def _days(duration: timedelta) -> str:
    return str(whole_days(duration, least=1, most=36_500, construct="Control", field="retention", reference=_CONTROLS))


def _check(condition: bool, what: str, value: object, allowed: str) -> None:
    require(condition, construct="Control", field=what, value=str(value), allowed=allowed, reference=_CONTROLS)
