"""The customer-managed KMS key of what watches: trail, logs and alert topics."""

from __future__ import annotations

from datetime import timedelta
from typing import Unpack

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.account import check_account
from holdfast.constructs.managed_key import ROTATION, KeyCare, ManagedKey
from holdfast.constructs.policies import watch_key as services
from holdfast.constructs.policies.document import Statement
from holdfast.constructs.principals import NOBODY, Principals


class WatchKey(ManagedKey):
    """A key that CloudTrail, CloudWatch and EventBridge use; people only to read the trail.

    It is another key than the one of the backups: whoever may read the trail reads no backup, and the other way round.

    Args:
        alias: name of the key, `alias/` included.
        account: the account it is in; trails and logs of other accounts are refused.
        region: its Region.
        administrators: who manages the key: whoever runs Terraform. They can neither use nor destroy it.
        break_glass: who may disable the key or schedule its deletion.
        auditors: who may decrypt the trail. By default nobody.
        inspectors: who may look at the key's settings: a role that only plans. By default the administrators alone.
        rotation: how often AWS makes new key material, 90 to 2560 days. By default every 90 days.
        deletion_window: how long a scheduled deletion can be cancelled, 7 to 30 days. By default 30.
        description: shown in the console.
        removal: by default Terraform refuses to destroy the key. With `DESTROY` administrators may delete it too.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        WatchKey(
            stack,
            "WatchKey",
            alias="alias/watch",
            account="111122223333",
            region="us-east-1",
            administrators=Principals.of("arn:aws:iam::111122223333:role/deployer"),
            break_glass=Principals.of("arn:aws:iam::111122223333:role/break-glass"),
            auditors=Principals.of("arn:aws:iam::111122223333:role/auditor"),
        )

    Raises:
        OutsideLimit: a value is outside a limit of KMS, or the account id is none.
        PolicyTooLarge: the principals make the key policy longer than 32 KiB.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        account: str,
        region: str,
        auditors: Principals = NOBODY,
        rotation: timedelta = ROTATION,
        description: str = "Encrypts the trail and the alerts",
        provider: TerraformProvider | None = None,
        **care: Unpack[KeyCare],
    ) -> None:
        super().__init__(scope, id, **care)
        check_account(account, construct="WatchKey")
        self._account, self._region, self._auditors = account, region, auditors
        self._declare_encrypting(description=description, rotation=rotation, provider=provider)

    def _uses(self) -> list[Statement]:
        return [
            services.encrypt_trail(self._account, self._region),
            services.look_at_the_key(self._account, self._region),
            services.encrypt_logs(self._account, self._region),
            services.publish_alarms(),
            services.publish_events(),
            services.publish_vaults(),
            *([services.read_trail(self._auditors)] if self._auditors else []),
        ]
