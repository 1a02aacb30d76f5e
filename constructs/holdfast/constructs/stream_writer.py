"""The role a database server archives its log and its base backups with."""

from __future__ import annotations

from collections.abc import Sequence

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.policies import role
from holdfast.constructs.policies.role import KeyAlias
from holdfast.constructs.policies.streaming import archiving
from holdfast.constructs.principals import Principals
from holdfast.constructs.restricted_role import RestrictedRole

STREAMED = ("streams/",)
"""Where what other tools write lies."""


class StreamWriter(RestrictedRole):
    """Adds objects below `streams/`, in parts; reads, deletes, and locks or unlocks none.

    *A writer that may decrypt.* Barman uploads base backups in parts, and S3 asks for `kms:Decrypt` to put parts
    together. So this role has it, unlike `BackupWriter`: through S3, for one bucket. Nothing it may call hands out a
    content, and reading is denied on every object there is; see `policies.streaming`.

    Args:
        role_name: name of the role.
        trusted: who may take on the role: the role of the server's own machine.
        bucket_arn: the bucket it archives in, of the Region it is in.
        key: that bucket's key.
        prefixes: where it may write. By default `streams/`.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        StreamWriter(
            stack,
            "StreamWriter",
            role_name="stream-writer",
            trusted=Principals.of("arn:aws:iam::111122223333:role/database"),
            bucket_arn="arn:aws:s3:::acme-vault",
            key=KeyAlias(region="us-east-1", account="111122223333", alias="alias/backups"),
        )

    Raises:
        OutsideLimit: the name is outside a limit of IAM.
        PolicyTooLarge: too many prefixes for one policy.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        role_name: str,
        trusted: Principals,
        bucket_arn: str,
        key: KeyAlias,
        prefixes: Sequence[str] = STREAMED,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(
            scope,
            id,
            role_name=role_name,
            description="Archives a database's log and base backups; cannot read or delete them",
            trust=role.trust(trusted),
            statements=archiving(bucket_arn, prefixes, key),
            provider=provider,
        )
