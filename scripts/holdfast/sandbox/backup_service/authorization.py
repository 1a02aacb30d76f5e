"""Which resource an action of AWS Backup is decided for, and which vault's access policy has a say in it.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html
"""

from __future__ import annotations

from holdfast.sandbox.backup_service.arns import Home
from holdfast.sandbox.backup_service.world import World
from holdfast.sandbox.service.authorization import Asks
from holdfast.sandbox.service.values import Call

_PASSES = frozenset({"StartBackupJob", "StartRestoreJob", "StartCopyJob", "CreateBackupSelection"})


def asks_of(world: World, call: Call, home: Home) -> Asks:
    """What a call needs: its action, and `iam:PassRole` for the role it hands over."""
    resource = resource_of(call, home)
    actions = [(f"backup:{call.operation}", resource)]
    role = call.given.get("IamRoleArn") or call.given.get("BackupSelection", {}).get("IamRoleArn")
    if role and call.operation in _PASSES:
        actions.append(("iam:PassRole", role))
    policy = _policy_of(world, call, home)
    return Asks(tuple(actions), {resource: policy} if policy else {})


def resource_of(call: Call, home: Home) -> str:
    """The ARN an action is decided for; `*` for what is about no single resource."""
    given = call.given
    if given.get("RecoveryPointArn"):
        return str(given["RecoveryPointArn"])
    for name, kind in (
        ("BackupVaultName", "backup-vault"),
        ("SourceBackupVaultName", "backup-vault"),
        ("BackupPlanId", "backup-plan"),
        ("FrameworkName", "framework"),
        ("ReportPlanName", "report-plan"),
        ("RestoreTestingPlanName", "restore-testing-plan"),
    ):
        if given.get(name):
            return home.arn(kind, str(given[name]))
    return str(given.get("ResourceArn", "*")) if call.operation in {"ListTags", "TagResource", "UntagResource"} else "*"


def _policy_of(world: World, call: Call, home: Home) -> str | None:
    """The access policy of the vault a call is about, if it has one."""
    here = world.region(home)
    named = here.vaults.get(str(call.given.get("BackupVaultName") or call.given.get("SourceBackupVaultName") or ""))
    arn = call.given.get("RecoveryPointArn")
    holding = next((each for each in here.vaults.values() if arn and arn in each.points), None)
    vault = named or holding
    return vault.policy if vault else None
