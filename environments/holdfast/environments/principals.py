"""Who does what in an environment: the people and pipelines policies speak of."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from holdfast.environments.fields import Strict

PrincipalArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws:iam::[0-9]{12}:(root|role/.+|user/.+)$",
        description="ARN of an IAM role, user or account root; * may stand for anything after the account",
        examples=["arn:aws:iam::111122223333:role/deploy-*"],
    ),
]


class Principals(Strict):
    """Who does what. Unless it says otherwise, a list left out is the role `holdfast-<env>-<purpose>`."""

    deployer: tuple[PrincipalArn, ...] = Field(
        default=(), description="Runs Terraform; may change what protects backups"
    )
    break_glass: tuple[PrincipalArn, ...] = Field(
        default=(), description="May destroy a key, in an emergency; roles of your own, none is made then"
    )
    emergency: tuple[PrincipalArn, ...] = Field(
        default=(),
        description="May take on the break-glass role: IAM users, since it asks for MFA; "
        "by default those below the path /holdfast-<env>/emergency/ of the same account",
    )
    operator: tuple[PrincipalArn, ...] = Field(
        default=(), description="May take on the roles that write backups, run drills and start backups by hand"
    )
    restorer: tuple[PrincipalArn, ...] = Field(
        default=(),
        description="May take on the restore role: IAM users, since it asks for MFA; "
        "by default those below the path /holdfast-<env>/restorers/",
    )
    archiver: tuple[PrincipalArn, ...] = Field(
        default=(),
        description="May take on the role databases archive with: the roles of their machines; "
        "by default the role holdfast-<env>-archiver",
    )
    auditor: tuple[PrincipalArn, ...] = Field(
        default=(), description="May take on the auditor's role; by default the role holdfast-<env>-audit-team"
    )
