"""What keeps a drill of AWS Backup from being carried out, in the service's own words where it has some."""

from __future__ import annotations

from holdfast.errors import InputError, ServiceError


class NotProtectedByAwsBackup(InputError):
    """The dataset is of a kind AWS Backup does not protect, or nothing says which resources hold it."""

    template = "dataset {dataset} is not protected by AWS Backup: {because}"
    hint = "name its resources under `select`, by tags or ARNs"


class NotARecoveryPoint(InputError):
    """What --set names is no recovery point of the dataset there."""

    template = "{arn!r} is not a recovery point of {dataset} in vault {vault} ({region})"


class BaselineNotUsable(InputError):
    """A baseline is not what `holdfast drill baseline` writes."""

    template = "the baseline is not usable: {problem}"
    hint = "take a new one: holdfast drill baseline ENV --dataset D"


class RestoreJobFailed(ServiceError):
    """AWS Backup did not restore."""

    template = "restore job {job} ended {state}: {message}"


class RestoreJobUnfinished(ServiceError):
    """AWS Backup takes longer to restore than a drill waits."""

    template = "restore job {job} was still {state} after {seconds:.0f} s"
    hint = "three times the objective is how long a drill waits; the job goes on, and a sweep removes what it makes"


class RestoredResourceLost(ServiceError):
    """The resource a restore job says it made cannot be told."""

    template = "restore job {job} is {state} and names no resource that was made"
