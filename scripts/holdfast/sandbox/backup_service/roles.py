"""The roles AWS Backup is given to work with: there, and willing to be taken on by it.

What such a role may do is not tried: its permissions are AWS's managed policies, which the emulator does not have.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError

from holdfast.sandbox.backup_service.errors import invalid_parameter

SERVICE = "backup.amazonaws.com"


def require_role(iam: Any, arn: str | None) -> None:
    """Check that AWS Backup can take on a role.

    Raises:
        ServiceAnswer: it is not there, or does not trust the service. The text is the one Terraform waits on.
    """
    name = str(arn or "").rsplit("/", 1)[-1]
    try:
        document = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    except ClientError:
        document = {}
    if isinstance(document, str):
        document = json.loads(unquote(document))
    if not _trusts(document):
        raise invalid_parameter(f"IAM Role {arn} cannot be assumed by AWS Backup")


def _trusts(document: dict[str, Any]) -> bool:
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal", {})
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        if statement.get("Effect") == "Allow" and SERVICE in ([services] if isinstance(services, str) else services):
            return True
    return False
