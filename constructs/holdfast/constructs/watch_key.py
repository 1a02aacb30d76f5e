"""The customer-managed KMS key of what watches: trail, logs and alert topics."""

from __future__ import annotations

from datetime import timedelta

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.account import check_account
from holdfast.constructs.backup_key import check_alias, check_window
from holdfast.constructs.limits import whole_days
from holdfast.constructs.policies import key as policy
from holdfast.constructs.policies import watch_key as services
from holdfast.constructs.policies.document import KEY_POLICY
from holdfast.constructs.principals import NOBODY, Principals
from holdfast.constructs.removal import Removal


class WatchKey(Construct):
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
        alias: str,
        account: str,
        region: str,
        administrators: Principals,
        break_glass: Principals,
        auditors: Principals = NOBODY,
        inspectors: Principals = NOBODY,
        rotation: timedelta = timedelta(days=90),
        deletion_window: timedelta = timedelta(days=30),
        description: str = "Encrypts the trail and the alerts",
        removal: Removal = Removal.RETAIN,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_alias(alias, construct="WatchKey")
        check_account(account, construct="WatchKey")
        self.alias = alias
        destroyers = break_glass | (administrators if removal is Removal.DESTROY else NOBODY)
        self.resource = aws.KmsKey(
            self,
            "Resource",
            description=description,
            enable_key_rotation=True,
            rotation_period_in_days=whole_days(
                rotation,
                least=90,
                most=2560,
                construct="WatchKey",
                field="rotation",
                reference="https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html",
            ),
            deletion_window_in_days=check_window(deletion_window, construct="WatchKey"),
            policy=KEY_POLICY.render(
                [
                    policy.administer(administrators),
                    policy.administrators_never_use(administrators),
                    policy.destroy_in_an_emergency(destroyers),
                    policy.nobody_else_destroys(destroyers),
                    services.encrypt_trail(account, region),
                    services.look_at_the_key(account, region),
                    services.encrypt_logs(account, region),
                    services.publish_alarms(),
                    services.publish_events(),
                    services.publish_vaults(),
                    *([services.read_trail(auditors)] if auditors else []),
                    *([policy.inspect(inspectors)] if inspectors else []),
                ],
                construct="WatchKey",
            ),
            lifecycle=removal.lifecycle(),
            provider=provider,
        )
        aws.KmsAlias(self, "Alias", name=alias, target_key_id=self.resource.key_id, provider=provider)

    @property
    def key_arn(self) -> str:
        """The ARN of the key (known after apply)."""
        return str(self.resource.arn)
