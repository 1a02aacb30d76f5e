"""A customer-managed KMS key for backups, one per Region and account."""

from __future__ import annotations

from datetime import timedelta

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.aws import KmsAlias, KmsKey
from holdfast.constructs.limits import matches, whole_days
from holdfast.constructs.policies import key as policy
from holdfast.constructs.policies.document import render_within
from holdfast.constructs.principals import Principals
from holdfast.constructs.removal import Removal

_REFERENCE = "https://docs.aws.amazon.com/kms/latest/APIReference/API_"


class BackupKey(Construct):
    """A KMS key whose administrators cannot decrypt, whose writers can only encrypt, and which nobody deletes unseen.

    TODO widened below.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # the name every construct of the CDK uses
        *,
        alias: str,
        administrators: Principals,
        break_glass: Principals,
        encrypters: Principals = Principals(),
        decrypters: Principals = Principals(),
        multi_region: bool = False,
        rotation: timedelta = timedelta(days=90),
        deletion_window: timedelta = timedelta(days=30),
        description: str = "Encrypts backups",
        removal: Removal = Removal.RETAIN,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        matches(
            alias,
            r"alias/(?!aws/)[a-zA-Z0-9/_-]{1,250}",
            construct="BackupKey",
            field="alias",
            allowed="alias/ and up to 250 letters, digits, / _ -, not starting with alias/aws/",
            reference=_REFERENCE + "CreateAlias.html",
        )
        self.alias = alias
        self._administrators = administrators
        self._break_glass = break_glass
        self._encrypters = encrypters
        self._decrypters = decrypters
        self._removal = removal
        self._key = KmsKey(
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
                reference=_REFERENCE + "EnableKeyRotation.html",
            ),
            deletion_window_in_days=whole_days(
                deletion_window,
                least=7,
                most=30,
                construct="BackupKey",
                field="deletion_window",
                reference=_REFERENCE + "ScheduleKeyDeletion.html",
            ),
            multi_region=multi_region,
            policy=self._policy(),
            lifecycle=removal.lifecycle(),
            provider=provider,
        )
        KmsAlias(self, "Alias", name=alias, target_key_id=self._key.key_id, provider=provider)

    @property
    def key_arn(self) -> str:
        """The ARN of the key (known after apply)."""
        return self._key.arn

    def _policy(self) -> str:
        destroyers = self._break_glass
        if self._removal is Removal.DESTROY:
            destroyers = destroyers | self._administrators
        statements = [
            policy.administer(self._administrators),
            policy.destroy_in_an_emergency(destroyers),
            policy.nobody_else_destroys(destroyers),
        ]
        if self._encrypters:
            statements.append(policy.encrypt(self._encrypters))
        if self._decrypters:
            statements.append(policy.decrypt(self._decrypters))
        return render_within(
            policy.SIZE_LIMIT,
            statements,
            construct="BackupKey",
            kind="key policy",
            reference="https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html",
        )
