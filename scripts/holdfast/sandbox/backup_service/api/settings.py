"""Which resource types AWS Backup works for in a Region, and the account's own settings."""

from __future__ import annotations

from holdfast.sandbox.backup_service.world import Request, serves
from holdfast.sandbox.service.values import Values

SUPPORTED = (
    "Aurora",
    "CloudFormation",
    "DocumentDB",
    "DynamoDB",
    "EBS",
    "EC2",
    "EFS",
    "FSx",
    "Neptune",
    "RDS",
    "Redshift",
    "S3",
    "SAP HANA on Amazon EC2",
    "Storage Gateway",
    "Timestream",
    "VirtualMachine",
)
_MANAGED = ("DynamoDB", "EFS")


@serves("DescribeRegionSettings")
def describe_region(request: Request) -> Values:
    """Tell what is opted in to. By default everything is, as in a new account."""
    here = request.here
    return {
        "ResourceTypeOptInPreference": dict.fromkeys(SUPPORTED, True) | here.opt_in,
        "ResourceTypeManagementPreference": dict.fromkeys(_MANAGED, True) | here.management,
    }


@serves("UpdateRegionSettings")
def update_region(request: Request) -> Values:
    """Opt in or out."""
    request.here.opt_in.update(request.given.get("ResourceTypeOptInPreference", {}))
    request.here.management.update(request.given.get("ResourceTypeManagementPreference", {}))
    return {}


@serves("DescribeGlobalSettings")
def describe_global(request: Request) -> Values:
    """Tell whether accounts may copy to one another."""
    default = {"isCrossAccountBackupEnabled": "false", "isMpaEnabled": "false"}
    return {"GlobalSettings": default | request.world.global_settings, "LastUpdateTime": request.now}


@serves("UpdateGlobalSettings")
def update_global(request: Request) -> Values:
    """Change what all accounts may."""
    request.world.global_settings.update(request.given.get("GlobalSettings", {}))
    return {}


@serves("GetSupportedResourceTypes")
def supported(_: Request) -> Values:
    """Tell the resource types."""
    return {"ResourceTypes": list(SUPPORTED)}
