"""Who Barman archives as in the sandbox: a profile that takes on a role, as the documentation has a machine do it.

The role's credentials last an hour, a source server longer. So Barman is given no credentials but a profile: botocore
takes on the role for each segment anew.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from holdfast.aws.endpoints import Endpoints
from holdfast.sandbox.postgres.source_record import SourceRecord

_PROFILE = "archive"
_FILE = "aws-config"


@dataclass(frozen=True)
class Archiver:
    """How Barman is run for a source server.

    Args:
        environment: the AWS settings it uses.
        options: its options besides those of the segment.
    """

    environment: Mapping[str, str]
    options: tuple[str, ...]


def archiver_of(record: SourceRecord, endpoints: Endpoints, region: str) -> Archiver:
    """How the log of a source server is archived; writes the profile into the server's folder. It holds no secret."""
    environment = {**endpoints.variables(), "AWS_DEFAULT_REGION": region}
    options = ("--addressing-style", "path")
    if not record.archiver:
        return Archiver(environment, options)
    path = Path(record.folder) / _FILE
    text = f"[profile {_PROFILE}]\nrole_arn = {record.archiver}\ncredential_source = Environment\n"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    return Archiver({**environment, "AWS_CONFIG_FILE": str(path)}, (*options, "--aws-profile", _PROFILE))
