"""What every stack of an environment has: one provider of one Region and account, a backend, and the names."""

from __future__ import annotations

from cdktn import LocalBackend, S3Backend, TerraformStack
from constructs import Construct

from holdfast.constructs.aws import AwsProvider, AwsProviderDefaultTags
from holdfast.constructs.object_lock import LockMode, ObjectLock
from holdfast.constructs.removal import Removal
from holdfast.constructs.transport import Transport
from holdfast.environments.model import Environment
from holdfast.environments.names import Names
from holdfast.stacks.people import People

PROVIDER_VERSIONS = ">= 5.100.0, < 7.0.0"
TERRAFORM_VERSIONS = ">= 1.10.0"


class EnvironmentStack(TerraformStack):
    """A stack of one environment, in one Region and one account."""

    def __init__(self, scope: Construct, part: str, environment: Environment, *, region: str, account: str) -> None:
        names = Names(environment)
        super().__init__(scope, names.stack(part))
        self.environment = environment
        self.names = names
        self.people = People(environment)
        self.region = region
        self.account = account
        self.removal = Removal.DESTROY if environment.sandbox else Removal.RETAIN
        self.transport = Transport.PLAIN_HTTP_EMULATOR if environment.sandbox else Transport(environment.tls_minimum)
        self._provider()
        self._backend(part)

    @property
    def lock(self) -> ObjectLock:
        """The Object Lock of backup sets."""
        lock = self.environment.lock
        return ObjectLock(lock.minimum, lock.maximum, LockMode(lock.mode.value))

    def _provider(self) -> None:
        sandbox = True if self.environment.sandbox else None
        tags = {**self.environment.tags, "holdfast:environment": self.environment.environment}
        AwsProvider(
            self,
            "aws",
            region=self.region,
            allowed_account_ids=[self.account],
            default_tags=[AwsProviderDefaultTags(tags=tags)],
            s3_use_path_style=sandbox,
            skip_credentials_validation=sandbox,
            skip_metadata_api_check="true" if sandbox else None,
        )
        self.add_override("terraform.required_providers.aws.version", PROVIDER_VERSIONS)
        self.add_override("terraform.required_version", TERRAFORM_VERSIONS)

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
