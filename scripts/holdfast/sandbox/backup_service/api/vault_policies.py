"""Access policies of vaults. What they deny is decided in `authorization`."""

from __future__ import annotations

import json

from holdfast.sandbox.backup_service.errors import invalid_parameter, not_found
from holdfast.sandbox.backup_service.world import Request, serves
from holdfast.sandbox.service.values import Values


@serves("PutBackupVaultAccessPolicy")
def put(request: Request) -> Values:
    """Set the policy. AWS Backup takes no wildcard inside the name of an action."""
    vault, policy = request.vault(), request.given.get("Policy")
    try:
        document = json.loads(policy or "")
        statements = document["Statement"]
    except (ValueError, KeyError, TypeError):
        raise invalid_parameter("The specified policy cannot be added to the vault: it is not a policy") from None
    for statement in statements if isinstance(statements, list) else [statements]:
        actions = statement.get("Action", [])
        for action in [actions] if isinstance(actions, str) else actions:
            if "*" in action.removeprefix("backup:") and action != "backup:*":
                raise invalid_parameter(f"The specified policy cannot be added to the vault: action {action}")
    vault.policy = policy
    return {}


@serves("GetBackupVaultAccessPolicy")
def get(request: Request) -> Values:
    """Tell the policy."""
    vault = request.vault()
    if vault.policy is None:
        raise not_found("The specified vault does not have an access policy")
    return {"BackupVaultName": vault.name, "BackupVaultArn": vault.arn, "Policy": vault.policy}


@serves("DeleteBackupVaultAccessPolicy")
def delete(request: Request) -> Values:
    """Take the policy away."""
    request.vault().policy = None
    return {}
