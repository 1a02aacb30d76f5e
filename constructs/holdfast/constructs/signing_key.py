"""The asymmetric KMS key that signs evidence."""

from __future__ import annotations

from datetime import timedelta

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.backup_key import check_alias, check_window
from holdfast.constructs.policies import key as policy
from holdfast.constructs.policies.document import KEY_POLICY
from holdfast.constructs.principals import NOBODY, Principals
from holdfast.constructs.removal import Removal


class SigningKey(Construct):
    """An ECDSA P-256 key that signs records; the private half never leaves KMS.

    Whoever checks a record needs only the public half, no AWS. KMS does not rotate asymmetric keys: a new key under a
    new alias takes over, and the old one stays for the records it signed.

    Args:
        alias: name of the key, `alias/` included.
        administrators: who manages the key: whoever runs Terraform. They can neither sign with it nor destroy it.
        break_glass: who may disable the key or schedule its deletion.
        signers: who may sign. By default nobody.
        verifiers: who may fetch the public key, besides signers and administrators. By default nobody.
        inspectors: who may look at the key's settings: a role that only plans. By default the administrators alone.
        deletion_window: how long a scheduled deletion can be cancelled, 7 to 30 days. By default 30.
        description: shown in the console.
        removal: by default Terraform refuses to destroy the key. With `DESTROY` administrators may delete it too.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        key = SigningKey(
            stack,
            "SigningKey",
            alias="alias/evidence-signing",
            administrators=Principals.of("arn:aws:iam::111122223333:role/deployer"),
            break_glass=Principals.of("arn:aws:iam::111122223333:role/break-glass"),
        )
        key.grant_sign(Principals.of("arn:aws:iam::111122223333:role/drill-runner"))

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
        signers: Principals = NOBODY,
        verifiers: Principals = NOBODY,
        inspectors: Principals = NOBODY,
        deletion_window: timedelta = timedelta(days=30),
        description: str = "Signs evidence",
        removal: Removal = Removal.RETAIN,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_alias(alias, construct="SigningKey")
        self.alias = alias
        self._administrators = administrators
        self._destroyers = break_glass | (administrators if removal is Removal.DESTROY else NOBODY)
        self._signers = signers
        self._verifiers = verifiers
        self._inspectors = inspectors
        self._key = aws.KmsKey(
            self,
            "Resource",
            description=description,
            customer_master_key_spec="ECC_NIST_P256",
            key_usage="SIGN_VERIFY",
            deletion_window_in_days=check_window(deletion_window, construct="SigningKey"),
            policy=self._policy(),
            lifecycle=removal.lifecycle(),
            provider=provider,
        )
        aws.KmsAlias(self, "Alias", name=alias, target_key_id=self._key.key_id, provider=provider)

    @property
    def key_arn(self) -> str:
        """The ARN of the key (known after apply)."""
        return str(self._key.arn)

    def grant_sign(self, principals: Principals) -> None:
        """Let `principals` sign with this key."""
        self._signers |= principals
        self._key.policy = self._policy()

    def grant_verify(self, principals: Principals) -> None:
        """Let `principals` fetch the public key and verify with it."""
        self._verifiers |= principals
        self._key.policy = self._policy()

    def _policy(self) -> str:
        statements = [
            policy.administer(self._administrators),
            policy.administrators_never_use(self._administrators),
            policy.destroy_in_an_emergency(self._destroyers),
            policy.nobody_else_destroys(self._destroyers),
        ]
        if self._signers:
            statements.append(policy.sign(self._signers))
        if self._verifiers:
            statements.append(policy.verify(self._verifiers))
        if self._inspectors:
            statements.append(policy.inspect(self._inspectors))
        return KEY_POLICY.render(statements, construct="SigningKey")
