"""A customer-managed KMS key for backups, one per Region and account."""

from __future__ import annotations

from datetime import timedelta

from cdktn import Annotations, TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.limits import matches, whole_days
from holdfast.constructs.policies import key as policy
from holdfast.constructs.policies.document import KEY_POLICY
from holdfast.constructs.principals import NOBODY, Principals
from holdfast.constructs.removal import Removal

_API = "https://docs.aws.amazon.com/kms/latest/APIReference/API_"
_ROTATION = timedelta(days=90)


class BackupKey(Construct):
    """A key whose administrators cannot decrypt, whose writers only encrypt, and which nobody deletes on their own.

    Lose the key and every backup under it is lost, locked or not; so give each Region and account its own, and one copy
    stays readable when the other's key is gone.

    *Who may still change the policy.* The administrators and break-glass keep `kms:PutKeyPolicy`. KMS refuses to create
    a key whose policy its creator could not change again, so a pattern that does not match whoever runs Terraform fails
    at once, before anything depends on the key. No statement hands the key to IAM as a whole, so no IAM policy, old or
    new, opens it; and should both roles be lost, AWS Support is the only way back.

    Args:
        alias: name of the key, `alias/` included. Policies of other stacks name the key by it.
        administrators: who manages the key: whoever runs Terraform. They can neither use nor destroy it.
        break_glass: who may disable the key or schedule its deletion.
        encrypters: who may write what S3 encrypts with the key. By default nobody.
        decrypters: who may read what S3 encrypted with it. By default nobody.
        inspectors: who may look at the key's settings: a role that only plans. By default the administrators alone.
        multi_region: whether `BackupKeyReplica` can bring the same key to other Regions. By default it is of one
            Region, because a shared key is lost everywhere at once.
        rotation: how often AWS makes new key material, 90 to 2560 days. By default every 90 days; slower is warned of.
        deletion_window: how long a scheduled deletion can be cancelled, 7 to 30 days. By default 30.
        description: shown in the console.
        removal: by default Terraform refuses to destroy the key. With `DESTROY` administrators may delete it too.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        deployer = Principals.of("arn:aws:iam::111122223333:role/deployer")
        key = BackupKey(
            stack,
            "Key",
            alias="alias/backups",
            administrators=deployer,
            break_glass=Principals.of("arn:aws:iam::111122223333:role/break-glass"),
        )
        key.grant_encrypt(Principals.of("arn:aws:iam::111122223333:role/backup-writer"))
        key.grant_decrypt(Principals.of("arn:aws:iam::111122223333:role/restore"))

    Raises:
        OutsideLimit: a value is outside a limit of KMS.
        PolicyTooLarge: the principals make the key policy longer than 32 KiB.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        alias: str,
        administrators: Principals,
        break_glass: Principals,
        encrypters: Principals = NOBODY,
        decrypters: Principals = NOBODY,
        inspectors: Principals = NOBODY,
        multi_region: bool = False,
        rotation: timedelta = _ROTATION,
        deletion_window: timedelta = timedelta(days=30),
        description: str = "Encrypts backups",
        removal: Removal = Removal.RETAIN,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_alias(alias, construct="BackupKey")
        self.alias = alias
        self.multi_region = multi_region
        self.deletion_window_days = check_window(deletion_window, construct="BackupKey")
        self._administrators = administrators
        self._destroyers = break_glass | (administrators if removal is Removal.DESTROY else NOBODY)
        self._encrypters = encrypters
        self._decrypters = decrypters
        self._inspectors = inspectors
        self.resource = aws.KmsKey(
            self,
            "Resource",
            description=description,
            enable_key_rotation=True,
            rotation_period_in_days=whole_days(
                rotation,
                least=90,
                most=2560,
                construct="BackupKey",
                field="rotation",
                reference=_API + "EnableKeyRotation.html",
            ),
            deletion_window_in_days=self.deletion_window_days,
            multi_region=multi_region,
            policy=self.policy(),
            lifecycle=removal.lifecycle(),
            provider=provider,
        )
        aws.KmsAlias(self, "Alias", name=alias, target_key_id=self.resource.key_id, provider=provider)
        if rotation > _ROTATION:
            Annotations.of(self).add_warning(f"the key is rotated every {rotation.days} days, not every 90")

    @property
    def key_arn(self) -> str:
        """The ARN of the key (known after apply)."""
        return str(self.resource.arn)

    def grant_encrypt(self, principals: Principals) -> None:
        """Let `principals` write what S3 encrypts with this key; not read it."""
        self._encrypters |= principals
        self.resource.policy = self.policy()

    def grant_decrypt(self, principals: Principals) -> None:
        """Let `principals` read what S3 encrypted with this key."""
        self._decrypters |= principals
        self.resource.policy = self.policy()

    def policy(self) -> str:
        """The key policy as it stands now."""
        statements = [
            policy.administer(self._administrators),
            policy.administrators_never_use(self._administrators),
            policy.destroy_in_an_emergency(self._destroyers),
            policy.nobody_else_destroys(self._destroyers),
        ]
        if self._encrypters:
            statements.append(policy.encrypt(self._encrypters))
        if self._decrypters:
            statements.append(policy.decrypt(self._decrypters))
        if self._inspectors:
            statements.append(policy.inspect(self._inspectors))
        return KEY_POLICY.render(statements, construct="BackupKey")


def check_alias(alias: str, *, construct: str) -> None:
    """Refuse an alias KMS would refuse."""
    matches(
        alias,
        r"alias/(?!aws/)[a-zA-Z0-9/_-]{1,250}",
        construct=construct,
        field="alias",
        allowed="alias/ and up to 250 letters, digits, / _ -, not beginning with alias/aws/",
        reference=_API + "CreateAlias.html",
    )


def check_window(window: timedelta, *, construct: str) -> int:
    """The waiting period before a deletion, in days, if KMS accepts it."""
    return whole_days(
        window,
        least=7,
        most=30,
        construct=construct,
        field="deletion_window",
        reference=_API + "ScheduleKeyDeletion.html",
    )
