"""What can keep a drill from starting, and what can be wrong with its journal."""

from __future__ import annotations

from holdfast.errors import InputError, StorageError


class UnknownDrillKind(InputError):
    """No drill of that kind exists."""

    template = "no drill kind {kind!r}; allowed: {allowed}"
    hint = "holdfast drill list says what each kind proves"


class DatasetNeeded(InputError):
    """The kind restores one dataset and none was named."""

    template = "drill {kind} restores one dataset; name it with --dataset (allowed: {allowed})"
    hint = "holdfast env show says what each dataset holds"


class DatasetNotUsed(InputError):
    """The kind works on the whole environment."""

    template = "drill {kind} works on the whole environment and takes no {option}"
    hint = "leave {option} out, or run a kind that restores one dataset"


class OptionNotTaken(InputError):
    """The option asks for a part of what the kind restores as one piece."""

    template = "drill {kind} restores {whole} and takes no {option}"
    hint = "leave {option} out; `holdfast drill list` says what each kind works on"


class NotWrapped(InputError):
    """One kind cannot be run inside another."""

    template = "drill {kind} cannot wrap {inner}: {problem}"
    hint = "holdfast drill list says what each kind simulates"


class TenantNeeded(InputError):
    """The kind is about one tenant and none was named."""

    template = "drill {kind} is about one tenant of a dataset; name it with --tenant"
    hint = "holdfast catalog lists the tenants that have backup sets"


class UnknownScenario(InputError):
    """There is no such scenario."""

    template = "no scenario {scenario!r}; allowed: {allowed}"
    hint = "holdfast drill list says which scenarios each kind simulates"


class ScenarioNotDrilled(InputError):
    """The kind cannot simulate that scenario."""

    template = "drill {kind} does not simulate {scenario!r}; allowed: {allowed}"
    hint = "holdfast drill list says which scenarios each kind simulates"


class SetOutsideScope(InputError):
    """The backup set named belongs to another dataset or tenant, or is not committed."""

    template = "backup set {set_id!r} is not a recovery point of {scope}: {problem}"
    hint = "holdfast catalog lists the committed backup sets"


class DrillNotConfirmed(InputError):
    """An environment that is not a sandbox must be named twice."""

    template = "a drill in {environment} needs --confirm {environment} (got {confirm!r})"
    hint = "only in a sandbox may it be left out"


class BadSample(InputError):
    """The sample is neither a number nor `all`."""

    template = "sample {got!r}; allowed: a whole number from 1, or all"
    hint = "--sample 200 restores 200 files drawn at random; leave it out to restore everything"


class BadMomentToReturnTo(InputError):
    """The moment to go back to is not one."""

    template = "moment {got!r}: {problem}; allowed: a past time such as 2026-11-22T02:00:00Z, or latest"


class TargetNotIsolated(InputError):
    """The scratch folder is not a new, empty folder of this drill's own."""

    template = "the target {path} is not isolated: {problem}"
    hint = "a drill restores only into a new folder of its own below the scratch folder"


class SourceIsTarget(InputError):
    """The drill would write into what it reads from."""

    template = "the target {path} lies in, or holds, the source {origin}"
    hint = "set HOLDFAST_HOME to a folder outside of what is backed up"


class BudgetExceeded(InputError):
    """The restore is larger than allowed."""

    template = "restoring {needed} bytes exceeds the {what} of {limit} bytes"
    hint = "restore a sample (--sample N), raise --max-bytes, or free disk space"


class DrillRunning(InputError):
    """One drill at a time on one target."""

    template = "drill {drill_id} is running on {target}"
    hint = "wait for it to end, or interrupt it"


class NoSuchDrill(InputError):
    """There is no drill of that id to resume."""

    template = "environment {environment} has no drill {drill_id!r} to resume; allowed: {allowed}"
    hint = "start a new drill; a drill that ended or was swept cannot be resumed"


class DrillEnded(InputError):
    """The drill is over and cannot be resumed."""

    template = "drill {drill_id} is over ({how}) and cannot be resumed"
    hint = "start a new drill"


class ResumeDiffers(InputError):
    """A resumed drill goes on with what it was declared with."""

    template = "drill {drill_id} was declared with {field} {declared!r}, not {got!r}"
    hint = "resume it without further options, or start a new drill"


class JournalError(StorageError):
    """A journal does not say what one drill wrote."""

    template = "the journal cannot be trusted: {problem}"
    hint = "the drill cannot be resumed; holdfast drill sweep removes what it left"


class DrillsUnreadable(StorageError):
    """The folder in which drills are journalled cannot be looked into."""

    template = "cannot look into {path}: {problem}"
    hint = "fix the permissions: until then nobody can say which drills were killed"


class JournalNotWritten(StorageError):
    """A step could not be journalled, so it was not done."""

    template = "cannot write the journal {path}: {problem}"
    hint = "free space or fix the permissions, then resume the drill"


class TargetGone(StorageError):
    """What was restored is no longer there to be verified."""

    template = "the target {path} is no longer this drill's: what was restored into it cannot be verified"
    hint = "start a new drill"


class ScratchNotUsable(StorageError):
    """The scratch folder cannot be created or removed."""

    template = "cannot use the scratch folder {path}: {problem}"
    hint = "free space or fix the permissions, then run the drill again"


class MemoryNotUsable(StorageError):
    """What earlier drills proved cannot be read or written."""

    template = "cannot use the memory of drills {path}: {problem}"
    hint = "move it away; the next drill draws at random and begins a new one"
