"""What can keep a restore from being planned or run, said once. (What an approval is refused for: `refusals`.)"""

from __future__ import annotations

from holdfast.errors import FindingError, InconclusiveError, InputError, StorageError


class ScopeMissing(InputError):
    """Nobody said what to restore."""

    template = "say what to restore: --dataset, --tenant, or --all for the whole environment"


class ScopeTooWide(InputError):
    """Options that cannot go together."""

    template = "{one} and {other} cannot go together"


class TenantInRows(InputError):
    """A tenant whose data are rows or items, and not files of a backup set."""

    template = "restore puts back files of backup sets; tenant {tenant!r} of dataset {dataset} ({kind}) is rows"
    hint = (
        "of dynamodb and postgres, holdfast drill run {environment} tenant --dataset {dataset} --tenant {tenant} "
        "takes them out of a restore beside the source; see docs/postgres.md, One tenant"
    )


class NothingToRestore(InconclusiveError):
    """No set that counts is in scope."""

    template = "there is nothing to restore: {reason}"
    hint = "holdfast catalog {environment} --all says which sets there are and why one does not count"


class SetNotInScope(InputError):
    """The set named belongs to another dataset or tenant, or does not count."""

    template = "backup set {set_id!r} is not one of {scope}: {problem}"
    hint = "holdfast catalog lists the sets that count"


class BadTarget(InputError):
    """Where to restore to cannot be used."""

    template = "cannot restore to {target}: {problem}; allowed: {allowed}"


class TargetOutsideTenant(InputError):
    """A tenant's data would be written where it is not seen to be this tenant's."""

    template = "{target} is not in the scope of tenant {tenant!r}; allowed: a folder or prefix that ends in {tenant!r}"
    hint = "one tenant's data is restored only into a place of that tenant's name"


class WouldOverwrite(InputError):
    """The target holds other content under the same names."""

    template = "{count} files in {target} would be overwritten, such as {first}"
    hint = "restore somewhere else, or plan with --overwrite so that the approver sees it"


class TargetChanged(InputError):
    """What would be created and overwritten is no longer what was planned and approved."""

    template = "{target} has changed since the plan was made: {what}"
    hint = "plan again and have the new plan approved"


class NotEnoughSpace(InputError):
    """The restore is larger than what is free."""

    template = "restoring {needed} bytes needs more than the {free} bytes free at {path}"
    hint = "free some space, or restore a smaller scope"


class BadMoment(InputError):
    """A time that cannot be read."""

    template = "{option}: {got!r} is not a moment; allowed: 2026-11-22T02:00:00Z"


class BadWindow(InputError):
    """A duration or window that cannot be used."""

    template = "{option}: {got!r} cannot be used; allowed: {allowed}"


class InvalidPlan(InputError):
    """The file is not a plan `holdfast restore plan` wrote."""

    template = "this is not a restore plan as it was written: {problem}"
    hint = "a plan is never edited: plan again, and have the new one approved"


class PlanForAnother(InputError):
    """The plan speaks of another environment, or of one that has been changed since."""

    template = "the plan is for {planned}, not for {environment}"
    hint = "plan again"


class WrongDigest(InputError):
    """The approver was told of another plan."""

    template = "the plan's digest is {digest}, not {got}"
    hint = "ask whoever planned which plan is meant; approve only a digest you were told by another way than the file"


class NeedsSecondFactor(InputError):
    """A restore asks for MFA, each time."""

    template = "restoring in {environment} needs a second factor"
    hint = (
        "pass --mfa-serial and type the code; in a sandbox be somebody with a device: --as NAME, holdfast sandbox mfa"
    )


class ReasonMissing(InputError):
    """Break-glass says why."""

    template = "break-glass needs a reason of {least} characters or more"
    hint = "pass --reason with the incident and who decided"


class IdempotencyKeyReused(InputError):
    """The key stands for another restore."""

    template = "idempotency key {key!r} was used for restore {restore_id} of plan {planned}, not of {digest}"
    hint = "use another key, or leave it out: the plan's digest is the key by default"


class GoesOnAnotherWay(InputError):
    """A restore that was approved does not go on without approval, nor the reverse: its record would be untrue."""

    template = "restore {restore_id} was begun {way} and goes on only so"
    hint = "have it approved again, or plan anew"


class NoSuchRestore(InputError):
    """There is no restore of that id."""

    template = "environment {environment} has no restore {restore_id!r}; there are: {allowed}"


class StagingNotUsable(StorageError):
    """The folder a restore is prepared in cannot be made, written or removed."""

    template = "cannot use {path}: {problem}"
    hint = "free space or fix the permissions, then run the same command again"


class RestoreJournalDamaged(StorageError):
    """A journal does not say what one restore wrote."""

    template = "the journal of restore {restore_id} cannot be trusted: {problem}"
    hint = "plan again; what was put in place stays as it is"


class StagedContentLost(StorageError):
    """What was checked is neither in the staging folder nor in the target."""

    template = "{path} was checked and is now neither staged nor restored"
    hint = "somebody moved it meanwhile: plan again"


class RevokedSecretFound(FindingError):
    """What would come back holds a secret that was revoked."""

    template = "{count} revoked secrets would come back, the first in {path}, line {line}"
    hint = "leave the file out (holdfast restore plan --without) or restore it elsewhere and rotate what it holds"


class VulnerableConfiguration(FindingError):
    """What would come back holds configuration that was declared vulnerable."""

    template = "{count} files hold {name} ({reason}), the first {path}, line {line}"
    hint = "leave the file out (holdfast restore plan --without), or restore a set from after it was mended"
