"""ARNs of AWS Backup's resources, and of what it protects.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html#awsbackup-resources-for-iam-policies
"""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.sandbox.backup_service.errors import invalid_parameter

TYPES = {
    ("s3", ""): "S3",
    ("dynamodb", "table"): "DynamoDB",
    ("rds", "db"): "RDS",
    ("rds", "cluster"): "Aurora",
    ("ec2", "volume"): "EBS",
    ("ec2", "instance"): "EC2",
    ("elasticfilesystem", "file-system"): "EFS",
}
"""What AWS Backup calls a resource, by its ARN's service and kind."""


@dataclass(frozen=True)
class Home:
    """An account in a Region: what every resource of AWS Backup belongs to."""

    account: str
    region: str

    def arn(self, kind: str, name: str) -> str:
        """The ARN of a resource of AWS Backup here."""
        return f"arn:aws:backup:{self.region}:{self.account}:{kind}:{name}"


@dataclass(frozen=True)
class VaultArn:
    """The ARN of a vault, taken apart."""

    home: Home
    name: str


def vault_of(arn: str) -> VaultArn:
    """Take a vault's ARN apart.

    Raises:
        ServiceAnswer: it is none.
    """
    parts = arn.split(":")
    if len(parts) != 7 or parts[2] != "backup" or parts[5] != "backup-vault":
        raise invalid_parameter(f"Invalid backup vault ARN: {arn}")
    return VaultArn(Home(parts[4], parts[3]), parts[6])


def resource_type(arn: str) -> str:
    """What AWS Backup calls the resource with this ARN.

    Raises:
        ServiceAnswer: it does not protect such a thing.
    """
    parts = arn.split(":", 5)
    if len(parts) == 6 and parts[0] == "arn":
        kind = "" if parts[2] == "s3" else parts[5].replace("/", ":").split(":")[0]
        if (parts[2], kind) in TYPES:
            return TYPES[parts[2], kind]
    raise invalid_parameter(f"Unsupported resource type for ARN {arn}")


def resource_name(arn: str) -> str:
    """The last part of an ARN: the bucket, table, volume."""
    return arn.replace("/", ":").rsplit(":", 1)[-1]
