"""The asymmetric KMS key that signs evidence."""

from __future__ import annotations

from typing import Unpack

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.managed_key import KeyCare, ManagedKey
from holdfast.constructs.policies import key as policy
from holdfast.constructs.policies.document import Statement
from holdfast.constructs.principals import NOBODY, Principals


class SigningKey(ManagedKey):
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
        signers: Principals = NOBODY,
        verifiers: Principals = NOBODY,
        description: str = "Signs evidence",
        provider: TerraformProvider | None = None,
        **care: Unpack[KeyCare],
    ) -> None:
        super().__init__(scope, id, **care)
        self._signers = signers
        self._verifiers = verifiers
        self._declare_signing(description=description, provider=provider)

    def grant_sign(self, principals: Principals) -> None:
        """Let `principals` sign with this key."""
        self._signers |= principals
        self._granted()

    def grant_verify(self, principals: Principals) -> None:
        """Let `principals` fetch the public key and verify with it."""
        self._verifiers |= principals
        self._granted()

    def _uses(self) -> list[Statement]:
        return [
            *([policy.sign(self._signers)] if self._signers else []),
            *([policy.verify(self._verifiers)] if self._verifiers else []),
        ]
