"""Datasets: what would be missed, where it lives, and what is left out on purpose."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from holdfast.environments.durations import Duration
from holdfast.environments.fields import Day, Slug, Strict
from holdfast.environments.postgres import Postgres
from holdfast.environments.tenants import Tenants


class DatasetKind(StrEnum):
    """Where a dataset lives, which decides what can protect and restore it."""

    S3 = "s3"
    FILES = "files"
    RDS = "rds"
    AURORA = "aurora"
    DYNAMODB = "dynamodb"
    EBS = "ebs"
    EC2 = "ec2"
    EFS = "efs"
    POSTGRES = "postgres"
    CONFIGURATION = "configuration"


class Select(Strict):
    """Which resources belong to a dataset."""

    tags: dict[str, str] = Field(default_factory=dict, description="Resources that carry all of these tags")
    arns: tuple[str, ...] = Field(default=(), description="ARNs of single resources")


AvailabilityZone = Annotated[
    str,
    Field(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9][a-f]$", description="Availability zone", examples=["us-east-1a"]),
]


class Snapshots(Strict):
    """Daily snapshots close by, for the quick restore of volumes and instances; not locked."""

    keep: Duration = Field(default=timedelta(days=7), description="How long a snapshot is kept; whole days")
    copy_for: Duration | None = Field(
        default=None,
        description="How long its copy in the recovery Region, under a key of that Region, is kept; whole days; by "
        "default there is none",
    )
    fast_restore: tuple[AvailabilityZone, ...] = Field(
        default=(),
        max_length=10,
        description="Zones of the primary Region where a volume made of a snapshot is fast at once, for a day; each "
        "costs by the hour",
    )


class Dataset(Strict):
    """Something that would be missed."""

    name: Slug = Field(description="Name of the dataset, unique in the environment")
    kind: DatasetKind = Field(description="Where it lives, which decides what can protect and restore it")
    tier: str = Field(description="Name of one of the environment's tiers")
    description: str = Field(default="", description="What it is, in a line")
    select: Select = Field(default_factory=Select, description="The AWS resources that hold it")
    tenants: Tenants | None = Field(
        default=None, description="How tenants are told apart; by default there is one tenant"
    )
    postgres: Postgres | None = Field(
        default=None,
        description="The server of a dataset of kind postgres, or what to ask of one of kind rds; by default all of "
        "its own defaults",
    )
    snapshots: Snapshots = Field(
        default_factory=Snapshots, description="Snapshots of ebs and ec2 datasets found by a single tag"
    )


class Exclusion(Strict):
    """Something left out on purpose, until a date."""

    dataset: Slug = Field(description="What is left out; not the name of a dataset that is protected")
    reason: str = Field(min_length=10, description="Why losing it is acceptable")
    until: Day = Field(description="The last day this holds, at most two years ahead; then it is decided again")
