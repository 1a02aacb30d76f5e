"""A source for a dataset in the sandbox, where no application makes one: a bucket, table or volume the plans select."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import code_of, translated
from holdfast.clock import SystemClock
from holdfast.environments.model import Dataset, DatasetKind, Environment
from holdfast.sandbox.errors import CannotSeed, NotServedHere, SeedUnreadable
from holdfast.sandbox.postgres.instance import seed_instance
from holdfast.sandbox.seeding_volumes import seed_volume

_GENERATED = 40
_LARGEST = 64 * 1024
_SEEDED = (DatasetKind.S3, DatasetKind.DYNAMODB, DatasetKind.EBS, DatasetKind.RDS)
_THERE = {"BucketAlreadyOwnedByYou", "ResourceInUseException"}


@dataclass(frozen=True)
class Seeded:
    """What a dataset's source holds now."""

    resource: str
    members: int


def seed(environment: Environment, sessions: Sessions, dataset: Dataset, folder: Path | None = None) -> Seeded:
    """Make the bucket, table, volume or instance of a dataset, tagged as the dataset selects it; again adds to it.

    Of a volume or an instance a snapshot is made, and a copy of that in the recovery Region; a table can be taken back
    to a moment (point-in-time recovery).

    Args:
        environment: a sandbox.
        sessions: clients for it, as its root.
        dataset: of kind s3, dynamodb, ebs or rds, selected by tags; an instance also by its ARN.
        folder: files to take as objects, or to put on the volume; by default some are made up, the same each time.

    Raises:
        NotServedHere: the environment is none of a sandbox.
        CannotSeed: the dataset is of another kind, or nothing but ARNs selects it.
        SeedUnreadable: a file of the folder cannot be read.
    """
    if not environment.sandbox:
        raise NotServedHere(environment=environment.environment)
    named = dataset.kind is DatasetKind.RDS and dataset.select.arns
    if not (dataset.select.tags or named) or dataset.kind not in _SEEDED:
        raise CannotSeed(dataset=dataset.name, kind=dataset.kind)
    region, name = environment.regions.primary, f"{environment.organization}-{environment.environment}-{dataset.name}"
    with translated(f"make a source for {dataset.name}"):
        if dataset.kind is DatasetKind.S3:
            bucket = f"{name}-{environment.accounts.workload}"
            count = _bucket(sessions.client("s3", region), bucket, region, dataset, folder)
            return Seeded(f"arn:aws:s3:::{bucket}", count)
        if dataset.kind is DatasetKind.EBS:
            volume = seed_volume(environment, sessions, dataset, folder)
            return Seeded(volume.arn, volume.blocks)
        if dataset.kind is DatasetKind.RDS:
            instance = seed_instance(sessions, dataset, SystemClock())
            return Seeded(instance.arn, instance.rows)
        count = _table(sessions.client("dynamodb", region), name, dataset)
        return Seeded(f"arn:aws:dynamodb:{region}:{environment.accounts.workload}:table/{name}", count)


def _bucket(s3: Any, name: str, region: str, dataset: Dataset, folder: Path | None) -> int:
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    _unless_there(lambda: s3.create_bucket(Bucket=name, **where))
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": _pairs(dataset)})
    count = 0
    for key, body in _files(folder) if folder else _made_up(dataset.name):
        s3.put_object(Bucket=name, Key=key, Body=body)
        count += 1
    return count


def _table(dynamodb: Any, name: str, dataset: Dataset) -> int:
    _unless_there(
        lambda: dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=_pairs(dataset),
        )
    )
    dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    for number, (key, body) in enumerate(_made_up(dataset.name)):
        item = {"id": {"S": key}, "number": {"N": str(number)}, "content": {"B": body[:1024]}}
        dynamodb.put_item(TableName=name, Item=item)
    return _GENERATED


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    try:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix(), path.read_bytes()
    except OSError as error:
        raise SeedUnreadable(path=error.filename or folder, reason=error.strerror) from error


def _made_up(name: str) -> Iterator[tuple[str, bytes]]:
    rng = random.Random(name)  # noqa: S311  the same each time, not secret
    for number in range(_GENERATED):
        yield f"{number % 4}/{number:03}.bin", rng.randbytes(rng.randrange(_LARGEST))


def _pairs(dataset: Dataset) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in dataset.select.tags.items()]


def _unless_there(make: Any) -> None:
    try:
        make()
    except ClientError as error:
        if code_of(error) not in _THERE:
            raise
