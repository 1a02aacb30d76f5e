"""What keeps one tenant from being restored."""

from __future__ import annotations

from holdfast.errors import InputError, ServiceError


class NoTenantDrill(InputError):
    """A tenant of this kind of dataset is restored by nobody here."""

    template = "drill tenant restores one tenant of {allowed}; dataset {dataset} is of kind {kind}"
    hint = "drill {other} restores the dataset as a whole"


class NotForThisTenant(InputError):
    """An option or scenario that a drill of rows does not know."""

    template = "drill tenant of a dataset of kind {kind} does not take {what}; allowed: {allowed}"


class TenantNotTaken(ServiceError):
    """The tenant's rows could not be taken out of what was restored."""

    template = "cannot take tenant {tenant} out of what was restored: {problem}"


class QuarantineUnfinished(ServiceError):
    """The quarantine is not ready in time."""

    template = "quarantine {table} was still {status} after {seconds:.0f} s"
