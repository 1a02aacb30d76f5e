"""Where drills restore: a network with no way out, and the restore tests AWS Backup makes by itself."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from holdfast.environments.durations import Duration
from holdfast.environments.fields import Flag, Strict

Cidr = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}$",
        description="Private address range, /16 to /26",
        examples=["10.255.0.0/24"],
    ),
]
Zone = Annotated[str, Field(pattern=r"^[a-f]$", description="Letter of an availability zone")]
KeyArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/(mrk-[0-9a-f]{32}|[0-9a-f-]{36})$",
        description="ARN of a KMS key; a multi-Region key has one in each Region",
        examples=["arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    ),
]


class NetworkService(StrEnum):
    """What can be reached from inside the network besides S3, each through an endpoint that costs by the hour."""

    BACKUP = "backup"
    KMS = "kms"
    LOGS = "logs"
    STS = "sts"


class RestoreTests(Strict):
    """Restores AWS Backup makes by itself; each recovery point tested costs money."""

    enabled: Flag = Field(default=True, description="Whether it makes them")
    schedule: str = Field(
        default="cron(0 3 ? * SUN *)", pattern=r"^cron\(.+\)$", description='AWS "cron(…)" expression, in UTC'
    )
    start_window: Duration = Field(
        default=timedelta(hours=8), description="Tests begin at random within it; whole hours, 1h to 168h"
    )
    newest: Flag = Field(
        default=True, description="The newest recovery point of each resource; false: a random one of the window"
    )
    window: Duration = Field(
        default=timedelta(days=30), description="How old a recovery point may be; whole days, 1d to 365d"
    )
    validate_within: Duration = Field(
        default=timedelta(hours=4),
        description="How long what was restored is kept for a drill to look at; whole hours, up to 168h",
    )


class Drill(Strict):
    """The isolated network of the stack `<env>-drill`, in the recovery Region and the backup account."""

    network: Cidr = Field(default="10.255.0.0/24", description="Address range of the network; it is joined to no other")
    zones: tuple[Zone, ...] = Field(
        default=("a", "b"), min_length=2, description="Availability zones, by letter; databases need two"
    )
    endpoints: tuple[NetworkService, ...] = Field(
        default=tuple(NetworkService),
        description="Services reached inside the network besides S3; each endpoint costs by the hour and zone",
    )
    keys: tuple[KeyArn, ...] = Field(
        default=(),
        description="Customer-managed keys of the sources, and of copies made under another key than the declared "
        "ones, so that drills can read what they restored",
    )
    restore_tests: RestoreTests = Field(
        default_factory=RestoreTests, description="Restore tests AWS Backup makes of all copies"
    )
