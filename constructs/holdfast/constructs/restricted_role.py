"""An IAM role that cannot grow: what it may do is also the most it may ever do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.limits import matches, require
from holdfast.constructs.policies.document import MANAGED_POLICY, ROLE_POLICY, TRUST_POLICY, Statement

_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_SHORTEST, _LONGEST = timedelta(hours=1), timedelta(hours=12)


class RestrictedRole(Construct):
    """A role whose permissions boundary says the same as its policy.

    Whoever can attach policies to roles cannot widen it: what the boundary does not allow stays denied, and to change
    the boundary is another permission (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html).

    Args:
        role_name: name of the role; up to 64 letters, digits and + = , . @ - _. Its boundary is `<name>-boundary`.
        description: what the role is for.
        trust: the statement of its trust policy.
        statements: what it may do and may never do.
        session: how long a session of it lasts at most, 1 to 12 hours. By default one hour.
        sealed: attach the boundary itself instead of writing the policy once more, so that making the role takes no
            right to rewrite what it may do. By default the policy is the role's own.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        RestrictedRole(
            stack,
            "Auditor",
            role_name="backup-auditor",
            description="Looks, touches nothing",
            trust=role.trust(Principals.of("arn:aws:iam::111122223333:role/audit-team")),
            statements=[role.list_buckets(["arn:aws:s3:::acme-backups"]), role.never_destroy()],
        )

    Raises:
        OutsideLimit: the name or session length is outside a limit of IAM.
        PolicyTooLarge: the statements are longer than a boundary or a trust policy may be.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        role_name: str,
        description: str,
        trust: Statement,
        statements: Iterable[Statement],
        session: timedelta = _SHORTEST,
        sealed: bool = False,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        construct = type(self).__name__
        matches(
            role_name,
            r"[\w+=,.@-]{1,64}",
            construct=construct,
            field="role_name",
            allowed="1 to 64 letters, digits and + = , . @ - _",
            reference=_IAM,
        )
        require(
            _SHORTEST <= session <= _LONGEST,
            construct=construct,
            field="session",
            value=str(session),
            allowed="1 to 12 hours",
            reference="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html",
        )
        allowed = list(statements)
        boundary = aws.IamPolicy(
            self,
            "Boundary",
            name=f"{role_name}-boundary",
            description=f"The most {role_name} may ever do",
            policy=MANAGED_POLICY.render(allowed, construct=construct),
            provider=provider,
        )
        self._role = aws.IamRole(
            self,
            "Resource",
            name=role_name,
            description=description,
            assume_role_policy=TRUST_POLICY.render([trust], construct=construct),
            permissions_boundary=boundary.arn,
            max_session_duration=int(session.total_seconds()),
            provider=provider,
        )
        if sealed:
            aws.IamRolePolicyAttachment(
                self, "Policy", role=self._role.name, policy_arn=boundary.arn, provider=provider
            )
            return
        aws.IamRolePolicy(
            self,
            "Policy",
            name=role_name,
            role=self._role.name,
            policy=ROLE_POLICY.render(allowed, construct=construct),
            provider=provider,
        )

    @property
    def role_arn(self) -> str:
        """The ARN of the role (known after apply)."""
        return str(self._role.arn)
