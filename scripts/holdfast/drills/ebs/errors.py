"""What keeps a volume from being restored, in the service's own words where it has some."""

from __future__ import annotations

from holdfast.errors import InputError, ServiceError


class NotVolumes(InputError):
    """The dataset is not one of EBS volumes, or nothing says which."""

    template = "drill ebs restores volumes; dataset {dataset}: {because}"
    hint = "a dataset of kind ebs, its volumes found by tags or named by ARN under `select`"


class NotASnapshot(InputError):
    """What --set names is no snapshot of the dataset there."""

    template = "{snapshot!r} is not a snapshot of {dataset} in {region}"


class NoSnapshotToRead(InputError):
    """There is nothing to take a baseline of."""

    template = "no baseline can be taken of {dataset}: no complete snapshot of it is in {region}"
    hint = "Data Lifecycle Manager or AWS Backup make snapshots as the dataset's tier declares"


class VolumeNotRestored(ServiceError):
    """EBS gave up on the volume."""

    template = "volume {volume} of {snapshot} is {state}: EBS did not restore it"


class SnapshotNotMade(ServiceError):
    """EBS gave up on the snapshot of the restored volume, without which it cannot be read."""

    template = "snapshot {snapshot} of the restored volume is {state}: {message}"


class EbsUnfinished(ServiceError):
    """EBS takes longer than a drill waits."""

    template = "{resource} was still {state} after {seconds:.0f} s"
    hint = "three times the objective is how long a drill waits; a sweep removes what is there"


class BlockNotAsSent(ServiceError):
    """A block does not have the checksum EBS sent with it, or is not a whole block."""

    template = "block {index} of {snapshot} was not received as EBS sent it: {problem}"
