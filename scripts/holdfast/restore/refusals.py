"""Why an approval does not let a restore run: one class for each reason."""

from __future__ import annotations

from holdfast.errors import InputError


class ApprovalRefused(InputError):
    """Base: an approval that does not approve this."""


class ApprovalMissing(ApprovalRefused):
    """Nobody approved."""

    template = "plan {digest} is not approved"
    hint = "have a second person run: holdfast restore approve ENV PLAN --digest {digest}"


class ApprovalFileMissing(ApprovalMissing):
    """There is no file where the approval should be."""

    template = "the approval cannot be read: there is no such file"
    hint = "have a second person run `holdfast restore approve`, or pass --approval the file it wrote"


class ApprovalForged(ApprovalRefused):
    """The signature is not one of the approver's key over this content."""

    template = "the approval does not verify: {problem}"
    hint = "ask the approver for the file as holdfast restore approve wrote it"


class InvalidApproval(ApprovalRefused):
    """Signed, but not an approval."""

    template = "this is not an approval of a restore: {problem}"


class ApprovalForAnotherPlan(ApprovalRefused):
    """The plan was edited after it was approved, or the approval is of another one."""

    template = "the approval is for plan {approved}, not for {digest}"
    hint = "have this plan approved, or run the one that was"


class ApprovalForAnotherEnvironment(ApprovalRefused):
    """Given for another environment."""

    template = "the approval is for environment {approved!r}, not {environment!r}"


class ApproverNotDeclared(ApprovalRefused):
    """The environment names nobody with this key and principal as an approver."""

    template = "{approver} with key {key} may not approve restores in {environment}"
    hint = "restore.approvers of the environment says who may; it is changed by a reviewed pull request"


class SamePrincipal(ApprovalRefused):
    """One person cannot be two."""

    template = "{approver} approved and also {did} it: two persons are needed"


class ApprovalNotYetValid(ApprovalRefused):
    """Too early."""

    template = "the approval is valid from {not_before}; it is {now}"


class ApprovalExpired(ApprovalRefused):
    """Too late."""

    template = "the approval was valid until {not_after}; it is {now}"
    hint = "have the plan approved again"


class ApprovalTooLong(ApprovalRefused):
    """A window longer than the environment allows."""

    template = "the approval is valid for {got}; the environment allows {allowed}"


class ApprovalAlreadyUsed(ApprovalRefused):
    """An approval is for one restore."""

    template = "the approval was used for restore {restore_id} already"
    hint = "the same command with the same idempotency key is harmless; for another restore plan again"
