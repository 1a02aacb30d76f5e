"""ARNs of RDS's resources.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html#amazonrds-resources-for-iam-policies
"""

from __future__ import annotations

from holdfast.sandbox.service.values import Place

INSTANCE, SNAPSHOT, AUTOMATED, SUBNETS = "db", "snapshot", "auto-backup", "subgrp"


def arn(place: Place, kind: str, name: str) -> str:
    """The ARN of a resource of RDS."""
    return f"arn:aws:rds:{place.region}:{place.account}:{kind}:{name}"


def taken_apart(text: str) -> tuple[Place, str, str] | None:
    """Place, kind and name of an ARN of RDS; None for anything else."""
    parts = text.split(":", 6)
    if len(parts) != 7 or parts[0] != "arn" or parts[2] != "rds":
        return None
    return Place(parts[4], parts[3]), parts[5], parts[6]


def name_in(text: str) -> str:
    """The name, of an ARN or as it is."""
    parts = taken_apart(text)
    return parts[2] if parts else text
