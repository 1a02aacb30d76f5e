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
    """Who does what. Every list left out is the role `holdfast-<env>-<purpose>` of the account in question."""

    deployer: tuple[PrincipalArn, ...] = Field(
        default=(), description="Runs Terraform; may change what protects backups"
    )
    break_glass: tuple[PrincipalArn, ...] = Field(default=(), description="May destroy a key, in an emergency")
    operator: tuple[PrincipalArn, ...] = Field(
        default=(), description="May take on the roles that write backups and run drills"
    )
