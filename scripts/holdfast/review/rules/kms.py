"""KMS: a key that goes takes every backup under it along."""

from __future__ import annotations

from holdfast.review.directions import Changed, Lowered, Raised, TurnedOff, TurnedOn
from holdfast.review.finding import Severity
from holdfast.review.policies import PolicyWeaker
from holdfast.review.readings import VALID_TO
from holdfast.review.rule import Appears, Gone, row

B, H = Severity.BLOCK, Severity.HIGH
_GUIDE = "https://docs.aws.amazon.com/kms/latest/developerguide"
_KEYS = ("aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key")

RULES = (
    row(
        "kms-key-gone", _KEYS, "", Gone(), B, "A key is destroyed, replaced or no longer managed",
        risk="When the waiting period ends nothing encrypted under it can be read again.",
        remediation="Keep the key; disable it if it must not be used.", source=f"{_GUIDE}/deleting-keys.html",
    ),
    row(
        "kms-key-disabled", "aws_kms_key", "is_enabled", TurnedOff(null=True), B, "A key is disabled",
        risk="Backups under it can neither be written nor restored.",
        remediation="Keep is_enabled = true.", source=f"{_GUIDE}/enabling-keys.html",
    ),
    row(
        "kms-other-key-disabled", ("aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key"),
        "enabled", TurnedOff(null=True), B, "A key is disabled",
        risk="Backups under it can neither be written nor restored.",
        remediation="Keep enabled = true.", source=f"{_GUIDE}/enabling-keys.html",
    ),
    row(
        "kms-deletion-window", _KEYS, "deletion_window_in_days", Lowered(null="most", zero="most"), H,
        "The waiting period before a key is deleted is shorter", opens_deletion=True,
        risk="It shows as a harmless update and takes effect when the key is deleted: less time to notice and cancel.",
        remediation="Keep 30 days.", source=f"{_GUIDE}/deleting-keys.html#deleting-keys-how-it-works",
    ),
    row(
        "kms-rotation-off", "aws_kms_key", "enable_key_rotation", TurnedOff(), H, "Key rotation is turned off",
        risk="One key material protects ever more backups.",
        remediation="Keep enable_key_rotation = true.", source=f"{_GUIDE}/rotate-keys.html",
    ),
    row(
        "kms-rotation-period", "aws_kms_key", "rotation_period_in_days", Raised(null="ignored"), H,
        "The key is rotated less often",
        risk="One key material protects more backups.",
        remediation="Keep the period.", source=f"{_GUIDE}/rotating-keys-enable-disable.html",
    ),
    row(
        "kms-multi-region-off", ("aws_kms_key", "aws_kms_external_key"), "multi_region", TurnedOff(), H,
        "A multi-Region key becomes a single-Region one",
        risk="The key is replaced, and its replicas in other Regions lose their primary.",
        remediation="Keep multi_region = true.", source=f"{_GUIDE}/multi-region-keys-overview.html",
    ),
    row(
        "kms-lockout-check-off", (*_KEYS, "aws_kms_key_policy"), "bypass_policy_lockout_safety_check", TurnedOn(), H,
        "The lockout check of the key policy is bypassed",
        risk="A policy that shuts everybody out is accepted, and only AWS support can undo it.",
        remediation="Leave the check on.", source=f"{_GUIDE}/key-policy-overview.html",
    ),
    row(
        "kms-policy-weaker", (*_KEYS, "aws_kms_key_policy"), "policy", PolicyWeaker("key"), H,
        "The key policy is weaker, or shuts its last users out",
        risk="Somebody can delete, disable or use the key; or nobody can administer it or decrypt with it.",
        remediation="Restore the Deny, narrow the Allow, keep an administrator and the restore role.",
        source=f"{_GUIDE}/key-policies.html",
    ),
    row(
        "kms-key-policy-gone", "aws_kms_key_policy", "", Gone(replaced=False), H,
        "The key policy is destroyed or no longer managed",
        risk="The key falls back to the default policy: every administrator of the account may use and delete it.",
        remediation="Keep the policy.", source=f"{_GUIDE}/key-policy-default.html",
    ),
    row(
        "kms-material-expires", ("aws_kms_external_key", "aws_kms_replica_external_key"), "valid_to",
        Lowered(null="most"), H, "Imported key material expires sooner", reading=VALID_TO,
        risk="On that date KMS deletes the key material and nothing under it can be read.",
        remediation="Keep the date, or set none.", source=f"{_GUIDE}/importing-keys-import-key-material.html",
    ),
    row(
        "kms-alias-gone", "aws_kms_alias", "", Gone(replaced=False), H, "An alias is destroyed or no longer managed",
        risk="Writers and restores that name the alias fail.",
        remediation="Keep the alias.", source=f"{_GUIDE}/kms-alias.html",
    ),
    row(
        "kms-alias-moved", "aws_kms_alias", "target_key_id", Changed(), H, "An alias points at another key",
        risk="New backups are encrypted under another key.",
        remediation="Check the policy and the Region of the new key.", source=f"{_GUIDE}/alias-manage.html",
    ),
    row(
        "kms-grant-added", "aws_kms_grant", "", Appears(), H, "A grant on a key is created",
        risk="A grant allows beside the key policy and does not show in it.",
        remediation="Put the permission into the key policy.", source=f"{_GUIDE}/grants.html",
    ),
)  # fmt: skip
