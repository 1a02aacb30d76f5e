"""IAM and Organizations: who may touch backups, and the guardrails above all accounts."""

from __future__ import annotations

from holdfast.review.backup_policies import OrganizationPolicyWeaker
from holdfast.review.directions import Changed, Grown, Raised, TurnedOn
from holdfast.review.finding import Severity
from holdfast.review.policies import PolicyWeaker
from holdfast.review.readings import FULL_ACCESS, FULL_ACCESS_LIST, GUARDRAIL
from holdfast.review.rule import Appears, Gone, row

B, H = Severity.BLOCK, Severity.HIGH
_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_ORG = "https://docs.aws.amazon.com/organizations/latest/userguide"
_INLINE = ("aws_iam_role_policy", "aws_iam_user_policy", "aws_iam_group_policy")
_ATTACHMENTS = (
    "aws_iam_role_policy_attachment",
    "aws_iam_user_policy_attachment",
    "aws_iam_group_policy_attachment",
    "aws_iam_policy_attachment",
)

RULES = (
    row(
        "iam-trust-weaker", "aws_iam_role", "assume_role_policy", PolicyWeaker("trust"), H,
        "More principals may assume a role, or under looser conditions",
        risk="Somebody new gets everything the role may do.",
        remediation="Keep the principals, and the conditions on MFA, organization and external id.",
        source=f"{_IAM}/id_roles_update-role-trust-policy.html",
    ),
    row(
        "iam-boundary-removed", "aws_iam_role", "permissions_boundary", Changed(), H,
        "A permissions boundary is changed or removed",
        risk="A policy attached later is no longer held in by it.",
        remediation="Keep the boundary.", source=f"{_IAM}/access_policies_boundaries.html",
    ),
    row(
        "iam-managed-policies", "aws_iam_role", "managed_policy_arns", Grown(), H,
        "A role gets a managed policy that can delete backups", reading=FULL_ACCESS_LIST,
        risk="The role may destroy or unlock backups.",
        remediation="Attach a policy with what the role needs.",
        source=f"{_IAM}/access_policies_managed-vs-inline.html",
    ),
    row(
        "iam-inline-policy-weaker", "aws_iam_role", "inline_policy[name].policy", PolicyWeaker("identity"), H,
        "An inline policy loses a Deny or gains a dangerous permission",
        risk="The role may destroy or unlock backups.",
        remediation="Restore the Deny, or narrow the Allow.", source=f"{_IAM}/access_policies.html",
    ),
    row(
        "iam-session-longer", "aws_iam_role", "max_session_duration", Raised(null="ignored"), H,
        "Sessions of a role last longer",
        risk="Stolen credentials stay valid for longer.",
        remediation="Keep max_session_duration.", source=f"{_IAM}/id_roles_update-role-settings.html",
    ),
    row(
        "iam-force-detach", "aws_iam_role", "force_detach_policies", TurnedOn(), H,
        "force_detach_policies is turned on",
        opens_deletion=True,
        risk="The role can be deleted while policies, with their denials, are attached.",
        remediation="Leave it off.",
        source="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role",
    ),
    row(
        "iam-policy-weaker", "aws_iam_policy", "policy", PolicyWeaker("identity"), H,
        "A policy loses a Deny or gains a dangerous permission",
        risk="Whoever has the policy may destroy or unlock backups.",
        remediation="Restore the Deny, or narrow the Allow.", source=f"{_IAM}/access_policies.html",
    ),
    row(
        "iam-attached-policy-weaker", _INLINE, "policy", PolicyWeaker("identity"), H,
        "A policy of a role, user or group loses a Deny or gains a dangerous permission", attached="role|user|group",
        risk="Whoever has the policy may destroy or unlock backups.",
        remediation="Restore the Deny, or narrow the Allow.", source=f"{_IAM}/access_policies.html",
    ),
    row(
        "iam-full-access-attached", _ATTACHMENTS, "", Appears("is created with a full-access policy of AWS"), H,
        "A policy that can delete backups is attached", reading=FULL_ACCESS,
        risk="Whoever it is attached to may destroy or unlock backups.",
        remediation="Attach a policy with what is needed.", source=f"{_IAM}/access_policies_managed-vs-inline.html",
    ),
    row(
        "org-policy-weaker", "aws_organizations_policy", "", OrganizationPolicyWeaker(), B,
        "A guardrail or backup policy of the organization is weaker", reading=GUARDRAIL,
        risk="In every account below it, backups can be deleted, or are no longer made.",
        remediation="Restore the Deny or the plan.", source=f"{_ORG}/orgs_manage_policies_scps.html",
    ),
    row(
        "org-policy-gone", "aws_organizations_policy", "", Gone(), B,
        "A policy of the organization is destroyed, replaced or no longer managed",
        risk="In every account below it, backups can be deleted, or are no longer made.",
        remediation="Keep the policy.", source=f"{_ORG}/orgs_manage_policies_backup.html",
    ),
    row(
        "org-attachment-gone", "aws_organizations_policy_attachment", "", Gone(), B,
        "A policy of the organization is detached",
        risk="The accounts below are no longer held in by it.",
        remediation="Keep the attachment.", source=f"{_ORG}/orgs_policies_attach.html",
    ),
)  # fmt: skip
