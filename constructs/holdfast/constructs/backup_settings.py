"""What AWS Backup may do in a Region, and between the accounts of an organisation."""

from __future__ import annotations

from collections.abc import Mapping

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.limits import require

_REGION = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRegionSettings.html"


class BackupRegionSettings(Construct):
    """Which services AWS Backup protects in a Region. There is one such setting per account and Region.

    A service that is not opted in is left out of selections by tag without a word; Aurora is left out even when its
    clusters are named.

    Args:
        opt_in: by AWS's name of the resource type (`Aurora`, `DynamoDB`, `EBS`, …) whether it is protected. List all
            that the Region knows, or Terraform sees the others as a change.
        full_management: types whose backups AWS Backup manages wholly: of `DynamoDB` and `EFS`. By default unchanged.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        BackupRegionSettings(
            stack,
            "RegionSettings",
            opt_in={"Aurora": True, "DynamoDB": True, "EBS": True, "EC2": True, "EFS": True, "RDS": True, "S3": True},
            full_management={"DynamoDB": True, "EFS": True},
        )

    Raises:
        OutsideLimit: nothing is opted in, or a type AWS Backup cannot manage wholly.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        opt_in: Mapping[str, bool],
        full_management: Mapping[str, bool] | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        managed = full_management or {}
        require(
            any(opt_in.values()),
            construct="BackupRegionSettings",
            field="opt_in",
            value=", ".join(opt_in) or "nothing",
            allowed="at least one type that is protected",
            reference=_REGION,
        )
        require(
            set(managed) <= {"DynamoDB", "EFS"},
            construct="BackupRegionSettings",
            field="full_management",
            value=", ".join(managed),
            allowed="DynamoDB, EFS",
            reference=_REGION,
        )
        aws.BackupRegionSettings(
            self,
            "Resource",
            resource_type_opt_in_preference=dict(opt_in),
            resource_type_management_preference=dict(managed) or None,
            provider=provider,
        )


class BackupGlobalSettings(Construct):
    """What holds for the whole organisation; declared in its management account, once.

    Args:
        cross_account_backup: whether recovery points may be copied between accounts. By default they may; without it
            every copy to the backup account fails.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        BackupGlobalSettings(stack, "GlobalSettings")
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cross_account_backup: bool = True,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        aws.BackupGlobalSettings(
            self,
            "Resource",
            global_settings={"isCrossAccountBackupEnabled": "true" if cross_account_backup else "false"},
            provider=provider,
        )
