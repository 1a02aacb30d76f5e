"""The same multi-Region key in another Region."""

from __future__ import annotations

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.backup_key import BackupKey
from holdfast.constructs.limits import require
from holdfast.constructs.removal import Removal


class BackupKeyReplica(Construct):
    """A replica of a multi-Region `BackupKey`, under the same alias and the same key policy.

    For data that is encrypted once and must decrypt in both Regions without being encrypted anew. It shares its fate
    with the primary key's material, so backups that must survive the loss of a key need two keys instead. KMS does not
    keep the two policies alike: this one is a copy of the primary's as it stands when the replica is declared.

    Args:
        primary: the key to replicate; declared with `multi_region=True`.
        provider: the AWS provider of the other Region.
        removal: by default Terraform refuses to destroy the replica.

    Example::

        elsewhere = AwsProvider(stack, "elsewhere", alias="elsewhere", region="us-west-2")
        key = BackupKey(
            stack,
            "Key",
            alias="alias/backups",
            administrators=Principals.of("arn:aws:iam::111122223333:role/deployer"),
            break_glass=Principals.of("arn:aws:iam::111122223333:role/break-glass"),
            multi_region=True,
        )
        BackupKeyReplica(stack, "Replica", primary=key, provider=elsewhere)

    Raises:
        OutsideLimit: the primary key is of a single Region.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        primary: BackupKey,
        provider: TerraformProvider,
        removal: Removal = Removal.RETAIN,
    ) -> None:
        super().__init__(scope, id)
        require(
            primary.multi_region,
            construct="BackupKeyReplica",
            field="primary",
            value="a key of a single Region",
            allowed="a BackupKey declared with multi_region=True",
            reference="https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html",
        )
        self.alias = primary.alias
        self._key = aws.KmsReplicaKey(
            self,
            "Resource",
            primary_key_arn=primary.key_arn,
            deletion_window_in_days=primary.deletion_window_days,
            policy=primary.policy(),
            lifecycle=removal.lifecycle(),
            provider=provider,
        )
        aws.KmsAlias(self, "Alias", name=primary.alias, target_key_id=self._key.key_id, provider=provider)

    @property
    def key_arn(self) -> str:
        """The ARN of the replica (known after apply)."""
        return str(self._key.arn)
