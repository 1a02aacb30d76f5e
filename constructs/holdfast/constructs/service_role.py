"""A role that an AWS service takes on: AWS's managed policies, inside a boundary of ours."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.limits import matches
from holdfast.constructs.policies import aws_service
from holdfast.constructs.policies.document import MANAGED_POLICY, TRUST_POLICY, Statement
from holdfast.constructs.principals import Principals

_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_MANAGED = "arn:aws:iam::aws:policy/"


class Purpose(StrEnum):
    """What a `ServiceRole` is for. Making and restoring are different roles: whoever has one has not the other."""

    BACKUP = "backup"
    """AWS Backup makes, copies and expires recovery points with it."""

    RESTORE = "restore"
    """AWS Backup restores with it, restore testing included."""

    SNAPSHOTS = "snapshots"
    """Data Lifecycle Manager makes, copies and expires EBS snapshots with it."""

    IMAGES = "images"
    """Data Lifecycle Manager makes, copies and deregisters EC2 images with it."""


_SERVICE = {
    Purpose.BACKUP: "backup.amazonaws.com",
    Purpose.RESTORE: "backup.amazonaws.com",
    Purpose.SNAPSHOTS: "dlm.amazonaws.com",
    Purpose.IMAGES: "dlm.amazonaws.com",
}
_POLICIES = {
    Purpose.BACKUP: ("service-role/AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForS3Backup"),
    Purpose.RESTORE: ("service-role/AWSBackupServiceRolePolicyForRestores", "AWSBackupServiceRolePolicyForS3Restore"),
    Purpose.SNAPSHOTS: ("service-role/AWSDataLifecycleManagerServiceRole",),
    Purpose.IMAGES: ("service-role/AWSDataLifecycleManagerServiceRoleForAMIManagement",),
}
_PASSES_ROLES_TO = {Purpose.RESTORE: ("ec2.amazonaws.com", "rds.amazonaws.com")}


class ServiceRole(Construct):
    """The role AWS Backup or Data Lifecycle Manager works with, for one purpose and this account only.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html

    Args:
        role_name: name of the role, up to 55 characters; its boundary is called `<name>-boundary`.
        account: the account it is in; the service takes it on for no other.
        purpose: what it is for, which decides the service and AWS's managed policies.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        ServiceRole(
            stack, "BackupRole", role_name="aws-backup", account="111122223333", purpose=Purpose.BACKUP
        )

    Raises:
        OutsideLimit: the name is outside a limit of IAM, or the account id is none.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        role_name: str,
        account: str,
        purpose: Purpose,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        matches(
            role_name,
            r"[\w+=,.@-]{1,55}",
            construct="ServiceRole",
            field="role_name",
            allowed="1 to 55 letters, digits and + = , . @ - _ (64 less `-boundary`)",
            reference=_IAM,
        )
        matches(
            account,
            r"[0-9]{12}",
            construct="ServiceRole",
            field="account",
            allowed="an account id of 12 digits",
            reference="https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html",
        )
        self.provider = provider
        self.principals = Principals.of(f"arn:aws:iam::{account}:role/{role_name}")
        boundary = aws.IamPolicy(
            self,
            "Boundary",
            name=f"{role_name}-boundary",
            description=f"The most {role_name} may ever do",
            policy=MANAGED_POLICY.render(_boundary(_PASSES_ROLES_TO.get(purpose, ())), construct="ServiceRole"),
            provider=provider,
        )
        self._role = aws.IamRole(
            self,
            "Resource",
            name=role_name,
            description=f"{_SERVICE[purpose]} works with it: {purpose.value}",
            assume_role_policy=TRUST_POLICY.render(
                [aws_service.trust(_SERVICE[purpose], account)], construct="ServiceRole"
            ),
            permissions_boundary=boundary.arn,
            provider=provider,
        )
        self.attachments = [
            aws.IamRolePolicyAttachment(
                self,
                f"Policy{number}",
                role=self._role.name,
                policy_arn=_MANAGED + policy,
                provider=provider,
            )
            for number, policy in enumerate(_POLICIES[purpose], start=1)
        ]

    @property
    def role_name(self) -> str:
        """The name of the role (known after apply, so that what needs it waits for the role)."""
        return str(self._role.name)

    @property
    def role_arn(self) -> str:
        """The ARN of the role (known after apply)."""
        return str(self._role.arn)


def _boundary(passes_roles_to: Sequence[str]) -> list[Statement]:
    return [
        aws_service.data_services(),
        aws_service.own_rules(),
        *([aws_service.pass_roles(passes_roles_to)] if passes_roles_to else []),
        aws_service.never_weaken(),
        aws_service.never_climb(),
    ]
