"""A volume with a real file system in it, its snapshot, and the snapshot's copy in the recovery Region.

What Data Lifecycle Manager does by its schedule, where there is none: the snapshot carries the volume's tags, the copy
is under a key of its own Region and carries them, too.
"""

from __future__ import annotations

import base64
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.sessions import Sessions
from holdfast.environments.model import Dataset, Environment
from holdfast.environments.names import Names
from holdfast.sandbox.errors import NoFileSystem

BLOCK = 512 * 1024
_GIB = 1
_IMAGE_BYTES = 64 * 1024 * 1024
_FILES, _LARGEST = 24, 256 * 1024
_WAIT = {"Delay": 1, "MaxAttempts": 120}


@dataclass(frozen=True)
class SeededVolume:
    """What there is now: ARN of the volume, blocks it holds, its newest snapshot and that one's copy."""

    arn: str
    blocks: int
    snapshot: str
    copy: str


def seed_volume(environment: Environment, sessions: Sessions, dataset: Dataset, folder: Path | None) -> SeededVolume:
    """Make the volume of a dataset, unless it is there, snapshot it, and copy the snapshot.

    Args:
        environment: a sandbox.
        sessions: clients for it, as its root.
        dataset: of kind ebs, selected by tags.
        folder: files to put on the volume; by default some are made up, the same each time.

    Raises:
        NoFileSystem: `mke2fs` is not there or refuses.
    """
    here, there = environment.regions.primary, environment.regions.recovery
    ec2 = sessions.client("ec2", here)
    tags = [{"Key": key, "Value": value} for key, value in dataset.select.tags.items()]
    volume = _volume_of(ec2, dataset) or _make(environment, sessions, ec2, dataset, tags, folder)
    snapshot = ec2.create_snapshot(
        VolumeId=volume,
        Description=f"{dataset.name} of {environment.environment}",
        TagSpecifications=[{"ResourceType": "snapshot", "Tags": tags}],
    )["SnapshotId"]
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot], WaiterConfig=_WAIT)
    other = sessions.client("ec2", there)
    copy = other.copy_snapshot(
        SourceRegion=here,
        SourceSnapshotId=snapshot,
        Description=f"[Copied {snapshot} from {here}]",
        Encrypted=True,
        TagSpecifications=[{"ResourceType": "snapshot", "Tags": tags}],
        **_key(environment, sessions, there, "KmsKeyId"),
    )["SnapshotId"]
    other.get_waiter("snapshot_completed").wait(SnapshotIds=[copy], WaiterConfig=_WAIT)
    ebs = sessions.client("ebs", here)
    pages = ebs.list_snapshot_blocks(SnapshotId=snapshot)["Blocks"]
    arn = f"arn:aws:ec2:{here}:{environment.accounts.workload}:volume/{volume}"
    return SeededVolume(arn, len(pages), snapshot, copy)


def write_snapshot(ebs: Any, blocks: dict[int, bytes], key: Mapping[str, str], gib: int = _GIB) -> str:
    """Write blocks into a new snapshot, encrypted, and complete it; its id.

    Args:
        ebs: client of the EBS direct APIs.
        blocks: whole blocks by index.
        key: `KmsKeyArn`, unless EBS's own key will do.
        gib: size of the volume it is one of.
    """
    snapshot = ebs.start_snapshot(VolumeSize=gib, Encrypted=True, **key)["SnapshotId"]
    for index, content in blocks.items():
        ebs.put_snapshot_block(
            SnapshotId=snapshot,
            BlockIndex=index,
            BlockData=content,
            DataLength=BLOCK,
            Checksum=base64.b64encode(sha256(content).digest()).decode(),
            ChecksumAlgorithm="SHA256",
        )
    ebs.complete_snapshot(SnapshotId=snapshot, ChangedBlocksCount=len(blocks))
    return str(snapshot)


def file_system(name: str, folder: Path | None) -> dict[int, bytes]:
    """The blocks of an ext4 file system with some files on it; those that hold nothing are left out.

    Raises:
        NoFileSystem: `mke2fs` is not there or refuses.
    """
    program = shutil.which("mke2fs", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        raise NoFileSystem(because="mke2fs is not installed")
    with tempfile.TemporaryDirectory(prefix="holdfast-volume-") as work:
        image, files = Path(work) / "image", folder or Path(work) / "files"
        if folder is None:
            _made_up(name, files)
        with image.open("wb") as file:
            file.truncate(_IMAGE_BYTES)
        command = [program, "-q", "-t", "ext4", "-L", name[:16], "-d", str(files), str(image)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoFileSystem(because=done.stderr.strip()[-200:] or f"mke2fs ended with {done.returncode}")
        return dict(_blocks(image))


def _volume_of(ec2: Any, dataset: Dataset) -> str | None:
    filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in dataset.select.tags.items()]
    return next((each["VolumeId"] for each in ec2.describe_volumes(Filters=filters)["Volumes"]), None)


def _make(
    environment: Environment,
    sessions: Sessions,
    ec2: Any,
    dataset: Dataset,
    tags: list[dict[str, str]],
    folder: Path | None,
) -> str:
    region = environment.regions.primary
    blocks = file_system(dataset.name, folder)
    ebs = sessions.client("ebs", region)
    begun = write_snapshot(ebs, blocks, _key(environment, sessions, region, "KmsKeyArn"))
    volume = ec2.create_volume(
        SnapshotId=begun,
        AvailabilityZone=f"{region}a",
        VolumeType="gp3",
        TagSpecifications=[{"ResourceType": "volume", "Tags": tags}],
    )["VolumeId"]
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume], WaiterConfig=_WAIT)
    ec2.delete_snapshot(SnapshotId=begun)
    return str(volume)


def _key(environment: Environment, sessions: Sessions, region: str, argument: str) -> dict[str, str]:
    """The key snapshots are declared under in a Region, as that argument; EBS's own where nothing was applied."""
    names, kms = Names(environment), sessions.client("kms", region)
    for alias in (names.copy_key_alias, names.vault_key_alias):
        try:
            return {argument: str(kms.describe_key(KeyId=alias)["KeyMetadata"]["Arn"])}
        except ClientError:
            continue
    return {}


def _made_up(name: str, folder: Path) -> None:
    rng = random.Random(name)  # noqa: S311  the same each time, not secret
    for number in range(_FILES):
        path = folder / f"{number % 4}" / f"{number:03}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(rng.randbytes(rng.randrange(_LARGEST)))


def _blocks(image: Path) -> Iterator[tuple[int, bytes]]:
    nothing = bytes(BLOCK)
    with image.open("rb") as file:
        for index, content in enumerate(iter(lambda: file.read(BLOCK), b"")):
            if content != nothing:
                yield index, content
