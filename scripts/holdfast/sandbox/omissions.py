"""What is declared and not exercised in the sandbox, and why: one table, told in the output, the docs and evidence.

All of it, these types included, goes through a real `terraform plan` in CI. The table holds only what was tried; each
row says what happened, with AWS provider 5.100.0 against ministack 1.5.33.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why a type is left out."""

    NOT_SERVED = "not served"
    CRASHES = "crashes the provider"
    DIFFERS = "read back wrongly"
    SLOW = "slow"


@dataclass(frozen=True)
class Omission:
    """A resource type the sandbox leaves out.

    Args:
        type: Terraform's resource type.
        cause: the kind of reason.
        reason: why, in one sentence for the output and the evidence.
        observed: what was seen when it was applied.
    """

    type: str
    cause: Cause
    reason: str
    observed: str


OMISSIONS = (
    Omission(
        "aws_accessanalyzer_analyzer",
        Cause.NOT_SERVED,
        "no emulator has IAM Access Analyzer",
        "CreateAnalyzer answers 400 UnknownError",
    ),
    Omission(
        "aws_cloudwatch_metric_alarm",
        Cause.DIFFERS,
        "ministack returns an alarm to Terraform without its period, statistic and switch",
        "applied, and every later plan updates it",
    ),
    Omission(
        "aws_config_config_rule",
        Cause.NOT_SERVED,
        "ministack has no tags on AWS Config rules",
        "created, then ListTagsForResource answers 400 InvalidAction",
    ),
    Omission(
        "aws_dlm_lifecycle_policy",
        Cause.NOT_SERVED,
        "no emulator has Data Lifecycle Manager",
        "CreateLifecyclePolicy answers 400 UnknownError",
    ),
    Omission(
        "aws_ebs_encryption_by_default",
        Cause.NOT_SERVED,
        "ministack has no EnableEbsEncryptionByDefault",
        "EnableEbsEncryptionByDefault answers 400 InvalidAction",
    ),
    Omission(
        "aws_flow_log",
        Cause.DIFFERS,
        "ministack returns a flow log without its tags and interval",
        "applied, and every later plan replaces it",
    ),
    Omission(
        "aws_rbin_rule",
        Cause.NOT_SERVED,
        "no emulator has Recycle Bin",
        "CreateRule answers 400 UnknownError",
    ),
    Omission(
        "aws_s3_account_public_access_block",
        Cause.NOT_SERVED,
        "S3 Control is reached under a host name of the account, which an address of this machine cannot have",
        "PutPublicAccessBlock goes to https://ACCOUNT.127.0.0.1, which does not resolve",
    ),
    Omission(
        "aws_s3_bucket_intelligent_tiering_configuration",
        Cause.DIFFERS,
        "ministack returns the configuration without its name and tiers",
        "applied, and every later plan replaces it",
    ),
    Omission(
        "aws_s3_bucket_inventory",
        Cause.CRASHES,
        "ministack returns an inventory without its schedule, which the provider does not expect",
        "the provider crashes while it reads the inventory back, and everything else it does fails with it",
    ),
    Omission(
        "aws_s3_bucket_lifecycle_configuration",
        Cause.SLOW,
        "the provider waits about a minute for several equal reads in a row, whoever serves them",
        "applied well in 55 to 65 s; `--slow` leaves it in",
    ),
    Omission(
        "aws_vpc_endpoint",
        Cause.DIFFERS,
        "ministack returns an endpoint without its policy, security groups and private DNS",
        "applied, and every later plan updates it; a rule towards its prefix list comes back without the list",
    ),
)
"""The table, by type."""
