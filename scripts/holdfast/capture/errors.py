"""What can keep configuration from being captured."""

from __future__ import annotations

from holdfast.errors import InputError, StorageError


class NoConfigurationDataset(InputError):
    """There is no dataset to keep captured configuration in."""

    template = "environment {environment!r} declares no dataset of kind configuration"
    hint = "declare one, such as {{name: configuration, kind: configuration, tier: …}}"


class NotAConfigurationDataset(InputError):
    """The dataset named is made for something else."""

    template = "dataset {dataset!r} {because}; captured configuration goes into: {allowed}"
    hint = "name one of those with --dataset, or leave it out when there is only one"


class WhichConfigurationDataset(InputError):
    """There are several datasets it could go into."""

    template = "environment {environment!r} declares several datasets of kind configuration: {allowed}"
    hint = "say which one with --dataset"


class StateUnreadable(StorageError):
    """A Terraform state file is not what Terraform writes, so nobody can tell what in it is secret."""

    template = "the Terraform state {name} cannot be captured: {problem}"
    hint = "check it with `terraform state list`; nothing of it was copied"


class CaptureNotWritten(StorageError):
    """What was captured cannot be written."""

    template = "cannot write what was captured to {path}: {problem}"
    hint = "free space or fix the permissions; nothing was pushed"
