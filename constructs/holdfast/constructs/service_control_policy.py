"""A document to attach at the organisation: what nobody may do in the accounts that hold backups."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.constructs.policies import organisation
from holdfast.constructs.policies.document import SizeLimit
from holdfast.constructs.principals import Principals

_LIMIT = SizeLimit(
    "service control policy",
    5_120,
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html",
)


@dataclass(frozen=True)
class ServiceControlPolicy:
    """A service control policy for the accounts that hold backups. A document: nothing here attaches it.

    Attach it in the organisation's management account, to the unit the accounts are in. It binds the root users of
    those accounts as well. It does not bind the management account, service-linked roles, or an account elsewhere
    (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html).

    Args:
        break_glass: may take keys out of use, and delete what a vault's own lock lets go, in an emergency.
        administrators: who runs Terraform; may set up locks and trails, since somebody has to.

    Example::

        policy = ServiceControlPolicy(
            break_glass=Principals.of("arn:aws:iam::111122223333:role/break-glass"),
            administrators=Principals.of("arn:aws:iam::111122223333:role/deployer"),
        )
        assert "NeverBypassLocks" in policy.document

    Raises:
        PolicyTooLarge: so many principals that the document is longer than Organizations takes.
    """

    break_glass: Principals
    administrators: Principals

    def __post_init__(self) -> None:
        _ = self.document

    @property
    def document(self) -> str:
        """The policy document, as compact JSON."""
        statements = (
            organisation.never_bypass_locks(),
            organisation.nobody_else_sets_locks(self.administrators),
            organisation.nobody_else_deletes_vaults(self.break_glass),
            organisation.nobody_else_destroys_keys(self.break_glass),
            organisation.never_leave(),
            organisation.never_stop_the_trail(),
            organisation.nobody_else_changes_the_trail(self.administrators),
        )
        return _LIMIT.render(statements, construct="ServiceControlPolicy")
