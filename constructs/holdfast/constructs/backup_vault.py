"""An AWS Backup vault whose recovery points cannot be deleted early, nor its protection taken away."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from cdktn import Annotations, TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.limits import matches
from holdfast.constructs.policies import vault as policy
from holdfast.constructs.policies.document import Statement, render
from holdfast.constructs.principals import NOBODY, Principals
from holdfast.constructs.removal import Removal
from holdfast.constructs.vault_key import VaultKey
from holdfast.constructs.vault_lock import Governance, VaultLock

_API = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html"


class VaultEvent(StrEnum):
    """What a vault tells a topic about. AWS Backup knows more; these are the ones somebody has to act on."""

    BACKUP_JOB_FAILED = "BACKUP_JOB_FAILED"
    BACKUP_JOB_EXPIRED = "BACKUP_JOB_EXPIRED"
    COPY_JOB_FAILED = "COPY_JOB_FAILED"
    RESTORE_JOB_COMPLETED = "RESTORE_JOB_COMPLETED"
    RECOVERY_POINT_MODIFIED = "RECOVERY_POINT_MODIFIED"
    S3_BACKUP_OBJECT_FAILED = "S3_BACKUP_OBJECT_FAILED"
    S3_RESTORE_OBJECT_FAILED = "S3_RESTORE_OBJECT_FAILED"


class BackupVault(Construct):
    """A vault under a key of its own, with a lock of a spelled-out mode, that refuses deletion and being opened up.

    Its access policy denies deleting recovery points, changing their lifecycle, disassociating them, loosening the
    lock, silencing the vault and *replacing the policy itself* to everybody but break-glass. So Terraform can make the
    policy and not change it: a later change of policy, lock or notifications is applied by break-glass.

    Args:
        vault_name: name of the vault, 2 to 50 letters, digits, - and _.
        key: encrypts the recovery points. The vault is made after it and destroyed before it.
        lock: `Governance` or `Compliance`, with the retentions the vault lets in.
        break_glass: who may delete recovery points the lock does not hold, and change policy and lock.
        copies_from: accounts that may copy recovery points into the vault. By default none but its own.
        notify: ARN of an SNS topic that is told of `events`. By default nobody is.
        events: what the topic is told. By default every failure, restores, and changed recovery points.
        administrators: whoever runs Terraform; only used with `removal=DESTROY`, to take the vault down again.
        removal: by default Terraform refuses to destroy the vault.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        deployer = Principals.of("arn:aws:iam::111122223333:role/deployer")
        break_glass = Principals.of("arn:aws:iam::111122223333:role/break-glass")
        key = VaultKey(
            stack, "VaultKey", alias="alias/backup-vault", administrators=deployer, break_glass=break_glass
        )
        BackupVault(
            stack,
            "BackupVault",
            vault_name="acme-backups",
            key=key,
            lock=Compliance(
                minimum=timedelta(days=30),
                maximum=timedelta(days=2555),
                acknowledge="nobody can delete before expiry",
            ),
            break_glass=break_glass,
        )

    Raises:
        OutsideLimit: the name, an account id or the topic's ARN is none.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vault_name: str,
        key: VaultKey,
        lock: VaultLock,
        break_glass: Principals,
        copies_from: Sequence[str] = (),
        notify: str | None = None,
        events: Sequence[VaultEvent] = tuple(VaultEvent),
        administrators: Principals = NOBODY,
        removal: Removal = Removal.RETAIN,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_vault_name(vault_name, construct="BackupVault")
        self.vault_name = vault_name
        self.lock = lock
        self.provider = provider
        self.resource = aws.BackupVault(
            self,
            "Resource",
            name=vault_name,
            kms_key_arn=key.key_arn,
            force_destroy=removal is Removal.DESTROY,
            lifecycle=removal.lifecycle(),
            provider=provider,
        )
        protection = [self._lock(), *self._notify(notify, events)]
        exempt = break_glass | (administrators if removal is Removal.DESTROY else NOBODY)
        aws.BackupVaultPolicy(
            self,
            "Policy",
            backup_vault_name=self.resource.name,
            policy=render(_statements(exempt, copies_from)),
            depends_on=protection,  # once the policy is there, only break-glass may make or change these
            provider=provider,
        )
        if isinstance(lock, Governance):
            Annotations.of(self).add_warning(
                "a governance lock is not immutable: whoever may delete it deletes backups"
            )

    @property
    def vault_arn(self) -> str:
        """The ARN of the vault (known after apply)."""
        return str(self.resource.arn)

    def _lock(self) -> aws.BackupVaultLockConfiguration:
        lock = self.lock
        return aws.BackupVaultLockConfiguration(
            self,
            "Lock",
            backup_vault_name=self.resource.name,
            min_retention_days=lock.minimum.days,
            max_retention_days=lock.maximum.days if lock.maximum else None,
            changeable_for_days=lock.changeable_for.days if lock.changeable_for else None,
            provider=self.provider,
        )

    def _notify(self, topic: str | None, events: Sequence[VaultEvent]) -> list[aws.BackupVaultNotifications]:
        if topic is None:
            return []
        matches(
            topic,
            r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[\w-]{1,256}",
            construct="BackupVault",
            field="notify",
            allowed="the ARN of an SNS topic",
            reference="https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-notifications.html",
        )
        return [
            aws.BackupVaultNotifications(
                self,
                "Notifications",
                backup_vault_name=self.resource.name,
                sns_topic_arn=topic,
                backup_vault_events=[event.value for event in events],
                provider=self.provider,
            )
        ]


def check_vault_name(name: str, *, construct: str) -> None:
    """Refuse a vault name AWS Backup would refuse."""
    matches(
        name,
        r"[a-zA-Z0-9_-]{2,50}",
        construct=construct,
        field="vault_name",
        allowed="2 to 50 letters, digits, - and _",
        reference=_API,
    )


def _statements(exempt: Principals, accounts: Sequence[str]) -> list[Statement]:
    for account in accounts:
        matches(
            account,
            r"[0-9]{12}",
            construct="BackupVault",
            field="copies_from",
            allowed="account ids of 12 digits",
            reference="https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html",
        )
    return [
        policy.nobody_else_deletes(exempt),
        policy.nobody_else_unlocks(exempt),
        policy.nobody_else_silences(exempt),
        policy.nobody_else_replaces_this(exempt),
        *([policy.receive_copies(accounts)] if accounts else []),
    ]
