"""IAM principals named by pattern, so that a policy can speak of a role before the role exists."""

from __future__ import annotations

import re
from dataclasses import dataclass

from holdfast.constructs.errors import PrincipalWithoutAccount

_ARN = re.compile(r"arn:aws[a-z-]*:(iam|sts)::([0-9]{12}):(root|role/.+|user/.+|assumed-role/.+)")


@dataclass(frozen=True)
class Principals:
    """A set of IAM principals, each an ARN in which `*` stands for anything after the account.

    AWS refuses a key policy that names a role which does not exist, and turns the name of a deleted role into an id
    that no later role of that name has. So a policy names the *account* as its principal and narrows it with
    `aws:PrincipalArn`, which for an assumed role is the ARN of the role itself. (An emulator may fill that key with the
    ARN of the session; `arn:aws:sts::<account>:assumed-role/<name>/*` is accepted for its sake.)

    Because the account is the principal, IAM has a say as well: the role's own policy must allow the action too.

    Example::

        Principals.of("arn:aws:iam::111122223333:role/deploy-*", "arn:aws:iam::111122223333:role/pipeline")

    Raises:
        PrincipalWithoutAccount: a pattern leaves the account open, or is no ARN of a principal.
    """

    arns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for arn in self.arns:
            if not _ARN.fullmatch(arn):
                raise PrincipalWithoutAccount(
                    construct="Principals",
                    field="arns",
                    value=arn,
                    allowed="arn:aws:iam::<12 digits>:root, :role/<name> or :user/<name>; * only after the account",
                    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
                )

    @classmethod
    def of(cls, *arns: str) -> Principals:
        """The principals of these ARNs or ARN patterns, each once."""
        return cls(tuple(dict.fromkeys(arns)))

    @property
    def roots(self) -> tuple[str, ...]:
        """The account principals these belong to, each once."""
        accounts = dict.fromkeys(arn.split(":")[4] for arn in self.arns)
        return tuple(f"arn:aws:iam::{account}:root" for account in accounts)

    def __or__(self, other: Principals) -> Principals:
        return Principals.of(*self.arns, *other.arns)

    def __bool__(self) -> bool:
        return bool(self.arns)


NOBODY = Principals()
"""No principal at all."""
