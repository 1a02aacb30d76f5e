"""A customer-managed KMS key for backups, one per Region and account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from cdktn import Annotations, TerraformProvider
from constructs import Construct

from holdfast.constructs.managed_key import ROTATION, KeyCare, ManagedKey
from holdfast.constructs.policies import key as policy
from holdfast.constructs.policies import streaming
from holdfast.constructs.policies.document import Statement
from holdfast.constructs.principals import NOBODY, Principals


class BackupKey(ManagedKey):
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
        encrypters: Principals = NOBODY,
        decrypters: Principals = NOBODY,
        multi_region: bool = False,
        rotation: timedelta = ROTATION,
        description: str = "Encrypts backups",
        provider: TerraformProvider | None = None,
        **care: Unpack[KeyCare],
    ) -> None:
        super().__init__(scope, id, **care)
        self.multi_region = multi_region
        self._encrypters = encrypters
        self._decrypters = decrypters
        self._uploads: list[Statement] = []
        self._declare_encrypting(
            description=description, rotation=rotation, provider=provider, multi_region=multi_region
        )
        if rotation > ROTATION:
            Annotations.of(self).add_warning(f"the key is rotated every {rotation.days} days, not every 90")

    def grant_encrypt(self, principals: Principals) -> None:
        """Let `principals` write what S3 encrypts with this key; not read it."""
        self._encrypters |= principals
        self._granted()

    def grant_decrypt(self, principals: Principals) -> None:
        """Let `principals` read what S3 encrypted with this key."""
        self._decrypters |= principals
        self._granted()

    def grant_uploads(self, principals: Principals, *, bucket_arn: str, under: Sequence[str], region: str) -> None:
        """Let `principals` write in parts to one bucket, for which S3 asks that they may decrypt.

        See `StreamWriter`, which may read nothing. `region` is the bucket's, `under` the prefixes written to.
        """
        self._uploads.append(streaming.put_parts_together(principals, bucket_arn, under, region))
        self._granted()

    def _uses(self) -> list[Statement]:
        return [
            *([policy.encrypt(self._encrypters)] if self._encrypters else []),
            *([policy.decrypt(self._decrypters)] if self._decrypters else []),
            *self._uploads,
        ]
