"""The role that restores, for one tenant at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.freshness import require_fresh
from holdfast.constructs.policies import mfa, role, tenant
from holdfast.constructs.policies.role import KeyAlias
from holdfast.constructs.principals import Principals
from holdfast.constructs.restricted_role import RestrictedRole


class RestoreOperator(RestrictedRole):
    """Reads and decrypts the backups of one tenant, in both Regions; writes, deletes and weakens nothing.

    A session is taken on with MFA and with the session tag `tenant`. Its policy allows only keys below
    `objects/<dataset>/<tenant>/` and `sets/<dataset>/<tenant>/`; the tag `_` stands for datasets as a whole. Whose
    tenants somebody may restore at all is decided before, where sessions are granted: who is trusted may name any.

    Args:
        role_name: name of the role.
        trusted: who may take on the role: IAM users, since a role's session cannot show MFA.
        bucket_arns: the buckets of both Regions.
        keys: the keys of both Regions.
        mfa_age: how long ago the second factor may have been given when the role is taken on, one minute to one hour.
            By default 15 minutes.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        RestoreOperator(
            stack,
            "RestoreOperator",
            role_name="restore-operator",
            trusted=Principals.of("arn:aws:iam::111122223333:user/restorers/*"),
            bucket_arns=["arn:aws:s3:::acme-vault", "arn:aws:s3:::acme-replica"],
            keys=[KeyAlias(region="us-east-1", account="111122223333", alias="alias/backups")],
        )

    Raises:
        OutsideLimit: the name or the age is outside its limits.
        PolicyTooLarge: too many buckets or keys for one policy.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        role_name: str,
        trusted: Principals,
        bucket_arns: Sequence[str],
        keys: Sequence[KeyAlias],
        mfa_age: timedelta = mfa.RESTORE_AGE,
        provider: TerraformProvider | None = None,
    ) -> None:
        require_fresh(mfa_age, construct=type(self).__name__)
        super().__init__(
            scope,
            id,
            role_name=role_name,
            description="Restores the backups of one tenant; needs MFA and a session tag",
            trust=mfa.trust_for_one_tenant(trusted, mfa_age),
            statements=[
                tenant.inspect_buckets(bucket_arns),
                tenant.list_own(bucket_arns),
                tenant.read_own(bucket_arns),
                role.use_keys("Decrypt", ("kms:Decrypt", "kms:DescribeKey"), keys),
                role.never_destroy(),
                role.never_climb(),
            ],
            provider=provider,
        )
