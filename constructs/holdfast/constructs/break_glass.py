"""The role for the day everything else failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.freshness import require_fresh
from holdfast.constructs.policies import emergency, mfa, role
from holdfast.constructs.policies.role import KeyAlias
from holdfast.constructs.principals import Principals
from holdfast.constructs.restricted_role import RestrictedRole


class BreakGlass(RestrictedRole):
    """Takes keys out of use and repairs the policies of buckets and vaults; opens no lock and reads nothing.

    A session lasts one hour, the shortest IAM lets a role have. It is taken on with MFA given minutes ago; each session
    asks for it anew.

    Its policy is its boundary. So whoever makes it needs no right to rewrite it, and can be denied that: an IAM policy
    cannot tell making an inline policy from replacing it, while a role or policy that is there cannot be made again.

    Args:
        role_name: name of the role.
        trusted: who may take on the role: IAM users, since a role's session cannot show MFA.
        bucket_arns: the buckets whose policies it may repair.
        vault_arns: the backup vaults whose policies it may repair. By default none.
        keys: the keys it may take out of use, signing keys included.
        mfa_age: how long ago the second factor may have been given when the role is taken on, one minute to one hour.
            By default 5 minutes.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        BreakGlass(
            stack,
            "BreakGlass",
            role_name="break-glass",
            trusted=Principals.of("arn:aws:iam::111122223333:user/emergency/*"),
            bucket_arns=["arn:aws:s3:::acme-vault"],
            keys=[KeyAlias(region="us-east-1", account="111122223333", alias="alias/backups")],
        )

    Raises:
        OutsideLimit: the name or the age is outside its limits.
        PolicyTooLarge: too many buckets, vaults or keys for one policy.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        role_name: str,
        trusted: Principals,
        bucket_arns: Sequence[str],
        vault_arns: Sequence[str] = (),
        keys: Sequence[KeyAlias],
        mfa_age: timedelta = mfa.EMERGENCY_AGE,
        provider: TerraformProvider | None = None,
    ) -> None:
        require_fresh(mfa_age, construct=type(self).__name__)
        super().__init__(
            scope,
            id,
            role_name=role_name,
            description="Emergencies only: takes keys out of use, repairs policies; opens no lock",
            trust=mfa.trust(trusted, mfa_age),
            statements=[
                emergency.take_keys_out_of_use(keys),
                emergency.repair_buckets(bucket_arns),
                *([emergency.repair_vaults(vault_arns)] if vault_arns else []),
                emergency.never_open_locks(),
                emergency.never_use_keys(),
                role.never_climb(),
            ],
            sealed=True,
            provider=provider,
        )
