"""What every key of ours has in common: who manages it, who alone destroys it, and a policy that grants add to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Required, TypedDict

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.limits import matches, whole_days
from holdfast.constructs.policies import key as policy
from holdfast.constructs.policies.document import KEY_POLICY, Statement
from holdfast.constructs.principals import NOBODY, Principals
from holdfast.constructs.removal import Removal

ROTATION = timedelta(days=90)
"""How often AWS makes new key material, unless said otherwise."""

_API = "https://docs.aws.amazon.com/kms/latest/APIReference/API_"


class KeyCare(TypedDict, total=False):
    """Who manages a key, and how it ends: what every kind of key takes and passes on to `ManagedKey`."""

    alias: Required[str]
    administrators: Required[Principals]
    break_glass: Required[Principals]
    inspectors: Principals
    deletion_window: timedelta
    removal: Removal


class ManagedKey(Construct):
    """A KMS key and its alias. Administrators manage it and cannot use it; break-glass alone takes it out of use.

    A base for keys. `BackupKey`, `SigningKey`, `VaultKey` and `WatchKey` say in `_uses` who uses them for what: they
    set what that takes, and then declare the key.

    Args:
        alias: name of the key, `alias/` included.
        administrators: who manages the key: whoever runs Terraform.
        break_glass: who may disable the key or schedule its deletion.
        inspectors: who may look at the key's settings: a role that only plans. By default the administrators alone.
        deletion_window: how long a scheduled deletion can be cancelled, 7 to 30 days. By default 30.
        removal: by default Terraform refuses to destroy the key. With `DESTROY` administrators may delete it too.

    Raises:
        OutsideLimit: alias or deletion window are outside a limit of KMS.
    """

    resource: aws.KmsKey

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        alias: str,
        administrators: Principals,
        break_glass: Principals,
        inspectors: Principals = NOBODY,
        deletion_window: timedelta = timedelta(days=30),
        removal: Removal = Removal.RETAIN,
    ) -> None:
        super().__init__(scope, id)
        self._construct = type(self).__name__
        matches(
            alias,
            r"alias/(?!aws/)[a-zA-Z0-9/_-]{1,250}",
            construct=self._construct,
            field="alias",
            allowed="alias/ and up to 250 letters, digits, / _ -, not beginning with alias/aws/",
            reference=f"{_API}CreateAlias.html",
        )
        self.alias = alias
        self.deletion_window_days = whole_days(
            deletion_window,
            least=7,
            most=30,
            construct=self._construct,
            field="deletion_window",
            reference=f"{_API}ScheduleKeyDeletion.html",
        )
        self._administrators = administrators
        self._destroyers = break_glass | (administrators if removal is Removal.DESTROY else NOBODY)
        self._inspectors = inspectors
        self._removal = removal

    @property
    def key_arn(self) -> str:
        """The ARN of the key (known after apply)."""
        return str(self.resource.arn)

    def policy(self) -> str:
        """The key policy as it stands now.

        Raises:
            PolicyTooLarge: the principals make it longer than 32 KiB.
        """
        statements = [
            policy.administer(self._administrators),
            self._administrators_never_use(),
            policy.destroy_in_an_emergency(self._destroyers),
            policy.nobody_else_destroys(self._destroyers),
            *self._uses(),
        ]
        if self._inspectors:
            statements.append(policy.inspect(self._inspectors))
        return KEY_POLICY.render(statements, construct=self._construct)

    def _uses(self) -> Sequence[Statement]:
        """Who uses the key, and for what."""
        raise NotImplementedError

    def _administrators_never_use(self) -> Statement:
        return policy.administrators_never_use(self._administrators)

    def _granted(self) -> None:
        """Write the policy anew, after a grant."""
        self.resource.policy = self.policy()

    def _declare_encrypting(
        self,
        *,
        description: str,
        rotation: timedelta,
        provider: TerraformProvider | None,
        multi_region: bool | None = None,
    ) -> None:
        """The key of a kind that encrypts, and its alias."""
        self._named(
            aws.KmsKey(
                self,
                "Resource",
                description=description,
                enable_key_rotation=True,
                rotation_period_in_days=whole_days(
                    rotation,
                    least=90,
                    most=2560,
                    construct=self._construct,
                    field="rotation",
                    reference=f"{_API}EnableKeyRotation.html",
                ),
                deletion_window_in_days=self.deletion_window_days,
                multi_region=multi_region,
                policy=self.policy(),
                lifecycle=self._removal.lifecycle(),
                provider=provider,
            ),
            provider,
        )

    def _declare_signing(self, *, description: str, provider: TerraformProvider | None) -> None:
        """The key of a kind that signs, ECDSA P-256, and its alias. KMS does not rotate it."""
        self._named(
            aws.KmsKey(
                self,
                "Resource",
                description=description,
                customer_master_key_spec="ECC_NIST_P256",
                key_usage="SIGN_VERIFY",
                deletion_window_in_days=self.deletion_window_days,
                policy=self.policy(),
                lifecycle=self._removal.lifecycle(),
                provider=provider,
            ),
            provider,
        )

    def _named(self, key: aws.KmsKey, provider: TerraformProvider | None) -> None:
        self.resource = key
        aws.KmsAlias(self, "Alias", name=self.alias, target_key_id=key.key_id, provider=provider)
