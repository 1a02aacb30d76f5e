"""What can go wrong with a backup set, said once."""

from __future__ import annotations

from holdfast.errors import FindingError, InputError, ServiceError, StorageError


class UnknownDataset(InputError):
    """The environment declares no such dataset."""

    template = "there is no dataset {dataset!r} in environment {environment!r}; there are: {allowed}"
    hint = "name one of those, or declare the dataset in the environment file"


class UnknownRule(InputError):
    """The dataset's tier has no rule of that name."""

    template = "tier {tier!r} has no rule {rule!r}; there are: {allowed}"
    hint = "a rule decides how long a backup set is locked; name one of those"


class BadTenant(InputError):
    """A tenant name that could reach into another tenant's folder."""

    template = "{tenant!r} is not the name of a tenant; allowed: 1 to 63 of a-z, 0-9 and -, not - at either end"
    hint = "use the tenant's stable identifier, not its display name"


class NoTenants(InputError):
    """A tenant was named for a dataset that declares none."""

    template = "dataset {dataset!r} does not tell tenants apart, so there is no tenant {tenant!r} in it"
    hint = "leave --tenant out, or declare `tenants: {{by: prefix}}` for the dataset"


class UnknownRegion(InputError):
    """A Region that holds no copy."""

    template = "environment {environment!r} keeps no copies in {region!r}; allowed: {allowed}"
    hint = "name the Region that is left"


class SourceNotUsable(InputError):
    """The directory to back up is not there, is not one, or cannot be read."""

    template = "{path}: {problem}; allowed: a directory that can be read"
    hint = "push takes a directory; everything below it goes into the set"


class NothingToBackUp(InputError):
    """The directory holds no file. An empty backup that looks like a good one is how disasters start."""

    template = "{path} holds no file: nothing to back up"
    hint = "check the path, and whether what writes there still runs"


class UnreadableSource(StorageError):
    """A file or folder below the source cannot be read; the set is not committed."""

    template = "cannot read {path}: {reason}"
    hint = "give the user who runs push read permission, or move the file out; nothing was committed"


class SourceChanged(StorageError):
    """A file changed or vanished while it was read, and again on the second try; the set is not committed."""

    template = "{path} {what} while it was being backed up"
    hint = "push from a snapshot, or while nothing writes there; nothing was committed"


class SpoolFailed(StorageError):
    """The temporary list of files cannot be written."""

    template = "cannot keep the list of files in {folder}: {reason}"
    hint = "free some space there or set TMPDIR to another folder; nothing was committed"


class ReadBackFailed(ServiceError):
    """What S3 says about an object just written is not what was asked for; it does not count as backed up."""

    template = "{key} in {region} does not read back as written: {problem}"
    hint = "the bucket must have versioning, Object Lock and the key of the environment: run `holdfast apply` for it"


class SetExists(ServiceError):
    """Another set has this name; the push takes the next free one."""

    template = "there is already another backup set at {key}"


class SetsCollide(ServiceError):
    """No free name was found for a set, which cannot happen unless somebody fills the names."""

    template = "all names for a set like {set_id} are taken"
    hint = "push again in a second, and find out who wrote those sets"


class InvalidSetDocument(ServiceError):
    """A manifest, commit or list of entries is not what push writes."""

    template = "{what} is not usable: {problem}"
    hint = "it was damaged or written by something else; choose another set with `holdfast catalog`"


class UnknownSet(InputError):
    """No committed set of that name, or none at all."""

    template = "no committed backup set {set_id!r} of dataset {dataset!r}"
    hint = "list what there is with `holdfast catalog`, and why a set does not count with `--all`"


class ObjectLost(FindingError):
    """An object of a committed set is gone: no version of it is left."""

    template = "{key} is missing in {region}: no version of it is left"
    hint = "restore from the other Region, and find out who could remove it"


class ObjectDamaged(FindingError):
    """Every version of an object reads back with other bytes than were written."""

    template = "{key} in {region} is damaged: SHA-256 {found} where {digest} was written"
    hint = "restore from the other Region"


class PackDamaged(FindingError):
    """In no version of a shared object are the bytes of a file as they were written."""

    template = "bytes {start} to {end} of {key} in {region} are damaged: SHA-256 {found} where {digest} was written"
    hint = "restore from the other Region"


class TargetNotUsable(InputError):
    """The folder to restore into is not empty or cannot be written."""

    template = "{path}: {problem}; allowed: an empty or new directory"
    hint = "a restore never writes over anything; name an empty directory"


class UnsafePath(FindingError):
    """An entry would be written outside the target. A set made by push never holds one."""

    template = "entry {path!r} would leave the target directory"
    hint = "the list of entries was not written by push; do not restore from it"


class RestoreNotWritten(StorageError):
    """The disk a set is restored to is full or fails."""

    template = "cannot write {path}: {reason}"
    hint = "free some space or restore into another directory"
