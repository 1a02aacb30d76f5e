"""Settings of AWS Backup that belong to an account or a Region, not to a plan."""

from __future__ import annotations

from pydantic import Field

from holdfast.environments.fields import Flag, Strict


class AwsBackup(Strict):
    """What an environment may say for its whole accounts. Two environments of one account must not both say it."""

    opt_in: tuple[str, ...] = Field(
        default=(),
        description="Resource types AWS Backup protects in both Regions, in AWS's words: all that the Regions know; "
        "by default the Regions' settings are left as they are",
        examples=[["Aurora", "DynamoDB", "EBS", "EC2", "EFS", "RDS", "S3"]],
    )
    audit_manager: Flag = Field(
        default=False,
        description="true: AWS Backup Audit Manager checks controls every day and reports; AWS Config has to record",
    )
