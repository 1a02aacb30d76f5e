"""What every stack of an environment has: one provider of one Region and account, a backend, and the names."""

from __future__ import annotations

from cdktn import LocalBackend, S3Backend, TerraformOutput, TerraformStack
from constructs import Construct

from holdfast.constructs.aws import AwsProvider, AwsProviderAssumeRole, AwsProviderDefaultTags
from holdfast.constructs.continuous_protection import ContinuousProtection
from holdfast.constructs.immutable_bucket import EVERYWHERE
from holdfast.constructs.managed_key import KeyCare
from holdfast.constructs.object_lock import LockMode, ObjectLock
from holdfast.constructs.policies.role import KeyAlias
from holdfast.constructs.removal import Removal
from holdfast.constructs.transport import Transport
from holdfast.environments.model import Environment
from holdfast.environments.names import Names
from holdfast.stacks.people import People

PROVIDER_VERSIONS = ">= 5.100.0, < 7.0.0"
TERRAFORM_VERSIONS = ">= 1.10.0"
STREAMS = "streams/"
"""Where other tools write: replicated by S3, and free to leave encryption and lock to the bucket's defaults."""
NOT_ENFORCED = (
    "Writes may leave out their encryption and lock headers and get the bucket's defaults: the emulator does not "
    "evaluate s3:object-lock-* and s3:x-amz-server-side-encryption-aws-kms-key-id in policies.",
    "A lock that is too short or too long and an old TLS version are not refused, for the same reason.",
    "The emulator's S3 does not ask KMS, so the backup writer can read there what it wrote.",
)
"""What a sandbox declares and its emulator does not hold anybody to."""


class EnvironmentStack(TerraformStack):
    """A stack of one environment, in one Region and one account.

    Args:
        part: its name in `Names.parts`, such as `recovery`.
        region: Region of its provider.
        account: account of its provider; any other is refused (`allowed_account_ids`).

    Where the environment names a `deployer_role`, each provider takes on the role of that name in its own account.
    """

    def __init__(self, scope: Construct, part: str, environment: Environment, *, region: str, account: str) -> None:
        names = Names(environment)
        super().__init__(scope, names.stack(part))
        self.environment = environment
        self.names = names
        self.people = People(environment)
        self.region = region
        self.account = account
        self.removal = Removal.DESTROY if environment.sandbox else Removal.RETAIN
        self.transport = Transport(environment.tls_minimum)
        self._provider()
        self._backend(part)
        ContinuousProtection().guard(self)  # whatever database an app adds to it

    @property
    def lock(self) -> ObjectLock:
        """The Object Lock of backup sets."""
        lock = self.environment.lock
        return ObjectLock(lock.minimum, lock.maximum, LockMode(lock.mode.value))

    @property
    def keys(self) -> tuple[KeyAlias, KeyAlias]:
        """The backup keys of the primary and the recovery Region, in this order."""
        accounts, regions = self.environment.accounts, self.environment.regions
        return (
            KeyAlias(regions.primary, accounts.workload, self.names.key_alias),
            KeyAlias(regions.recovery, accounts.backup, self.names.key_alias),
        )

    def key_care(self, alias: str) -> KeyCare:
        """Who manages a key of this stack, and how it ends."""
        return KeyCare(
            alias=alias,
            administrators=self.people.deployer(self.account),
            break_glass=self.people.break_glass(self.account),
            inspectors=self.people.inspectors(self.account),
            deletion_window=self.environment.keys.deletion_window,
            removal=self.removal,
        )

    def headers_optional_under(self, *prefixes: str) -> tuple[str, ...]:
        """Where a write may leave out its encryption and lock headers: these prefixes; in a sandbox everywhere."""
        return EVERYWHERE if self.environment.sandbox else prefixes

    def name_what_is_relaxed(self) -> None:
        """Say in the synthesized stack what a sandbox does not enforce, so that nobody takes it for the real thing."""
        if self.environment.sandbox:
            TerraformOutput(self, "not_enforced_here", value=list(NOT_ENFORCED))

    def other_provider(self, alias: str, *, region: str, account: str) -> AwsProvider:
        """A further provider, of another Region or account, for the few resources that belong there."""
        return self._aws(alias, region, account, alias=alias)

    def _provider(self) -> None:
        self._aws("aws", self.region, self.account)
        self.add_override("terraform.required_providers.aws.version", PROVIDER_VERSIONS)
        self.add_override("terraform.required_version", TERRAFORM_VERSIONS)

    def _aws(self, id: str, region: str, account: str, *, alias: str | None = None) -> AwsProvider:
        sandbox = True if self.environment.sandbox else None
        tags = {**self.environment.tags, "holdfast:environment": self.environment.environment}
        return AwsProvider(
            self,
            id,
            alias=alias,
            region=region,
            allowed_account_ids=[account],
            assume_role=self._assumed(account),
            default_tags=[AwsProviderDefaultTags(tags=tags)],
            s3_use_path_style=sandbox,
            skip_credentials_validation=sandbox,
            skip_metadata_api_check="true" if sandbox else None,
        )

    def _assumed(self, account: str) -> list[AwsProviderAssumeRole] | None:
        role = self.environment.accounts.deployer_role
        if role is None or self.environment.sandbox:
            return None
        arn = f"arn:aws:iam::{account}:role/{role}"
        return [AwsProviderAssumeRole(role_arn=arn, session_name=self.node.id[:64])]

    def _backend(self, part: str) -> None:
        state = self.environment.state
        if state is None:
            LocalBackend(self, path="terraform.tfstate")
            return
        S3Backend(
            self,
            bucket=state.bucket,
            key=f"{self.environment.environment}/{part}.tfstate",
            region=state.region,
            encrypt=True,
            kms_key_id=state.kms_key_id,
            use_lockfile=True,
        )
