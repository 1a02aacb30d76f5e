"""Automated backups of an RDS instance, logs included, in another Region."""

from __future__ import annotations

from datetime import timedelta

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.limits import matches, whole_days

_GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html"


class AutomatedBackupReplication(Construct):
    """Point-in-time recovery in a second Region, which a copy of AWS Backup does not have.

    It is declared with a provider of the *destination* Region. The instance must keep automated backups itself. Aurora
    has no such thing.

    Args:
        source_arn: the ARN of the RDS instance, in its own Region.
        key_arn: the key of the destination Region the copies are under; a key or an alias. The default key of RDS would
            be lost with the account, so there is none.
        keep: how long replicated backups are kept; whole days, 1 to 35. By default 7.
        provider: the AWS provider of the destination Region. By default the stack's only one.

    Example::

        elsewhere = AwsProvider(stack, "elsewhere", alias="elsewhere", region="us-west-2")
        AutomatedBackupReplication(
            stack,
            "LedgerElsewhere",
            source_arn="arn:aws:rds:us-east-1:111122223333:db:ledger",
            key_arn="arn:aws:kms:us-west-2:111122223333:alias/backups",
            keep=timedelta(days=35),
            provider=elsewhere,
        )

    Raises:
        OutsideLimit: an ARN is none of the kind wanted, or the retention is outside the limits of RDS.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        source_arn: str,
        key_arn: str,
        keep: timedelta = timedelta(days=7),
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        matches(
            source_arn,
            r"arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:db:[a-zA-Z][a-zA-Z0-9-]*",
            construct="AutomatedBackupReplication",
            field="source_arn",
            allowed="the ARN of an RDS instance; clusters cannot be replicated",
            reference=_GUIDE,
        )
        matches(
            key_arn,
            r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)/.+",
            construct="AutomatedBackupReplication",
            field="key_arn",
            allowed="the ARN of a KMS key or alias of the destination Region",
            reference=_GUIDE,
        )
        aws.DbInstanceAutomatedBackupsReplication(
            self,
            "Resource",
            source_db_instance_arn=source_arn,
            kms_key_id=key_arn,
            retention_period=whole_days(
                keep, least=1, most=35, construct="AutomatedBackupReplication", field="keep", reference=_GUIDE
            ),
            provider=provider,
        )
