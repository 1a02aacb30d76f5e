"""What an environment file may say. Names are AWS's own where AWS has one; every field is documented for the schema."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Any

from pydantic import Field

from holdfast.environments.assumptions import Assumption, Assumptions, AssumptionSource
from holdfast.environments.aws_backup import AwsBackup
from holdfast.environments.datasets import Dataset, DatasetKind, Exclusion, Select, Snapshots
from holdfast.environments.drill import Drill, RestoreTests
from holdfast.environments.durations import Duration
from holdfast.environments.fields import AccountId, Flag, Region, Slug, Strict
from holdfast.environments.principals import Principals
from holdfast.environments.restoring import Restore
from holdfast.environments.tenants import Tenants, TenantsBy
from holdfast.environments.tiers import Copy, Rule, Scenario, Tier
from holdfast.environments.watch import Siem, Watch

__all__ = [
    "AccountId",
    "Accounts",
    "Assumption",
    "AssumptionSource",
    "Assumptions",
    "AwsBackup",
    "Copy",
    "Dataset",
    "DatasetKind",
    "Drill",
    "Environment",
    "Evidence",
    "Exclusion",
    "Keys",
    "Lock",
    "LockMode",
    "Region",
    "Regions",
    "Restore",
    "RestoreTests",
    "Rule",
    "Scenario",
    "Select",
    "Siem",
    "Slug",
    "Snapshots",
    "StateBackend",
    "Strict",
    "Tenants",
    "TenantsBy",
    "Tier",
    "Watch",
]

ACKNOWLEDGEMENT = "nobody can delete before expiry"
"""What whoever asks for a COMPLIANCE lock has to write."""


class LockMode(StrEnum):
    """S3 Object Lock modes. COMPLIANCE binds everybody, root included."""

    COMPLIANCE = "COMPLIANCE"
    GOVERNANCE = "GOVERNANCE"


class Accounts(Strict):
    """The account that runs the workload and the account that keeps the copies."""

    workload: AccountId = Field(description="Account that runs the workload: 12 digits, quoted")
    backup: AccountId = Field(description="Account that keeps the copies: 12 digits, quoted")
    management: AccountId | None = Field(
        default=None,
        description="Management account of the organisation, to allow copies between accounts there; needs "
        "deployer_role; by default that is left as it is",
    )
    deployer_role: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9+=,.@_-]{1,64}$",
        description="Role Terraform takes on in each account; by default it runs with the credentials it is given, and "
        "a sandbox always does",
        examples=["holdfast-prod-deployer"],
    )


class Regions(Strict):
    """The Region that runs the workload and the Region to recover from."""

    primary: Region = Field(description="Region that runs the workload")
    recovery: Region = Field(description="Region that keeps the copies; another one")


class StateBackend(Strict):
    """The S3 bucket Terraform keeps its state in (native lock file, no DynamoDB table)."""

    bucket: str = Field(
        pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", description="Name of the bucket", examples=["acme-prod-tfstate"]
    )
    region: Region = Field(
        description="Region of the bucket; not the primary one, so that recovery can plan without it"
    )
    kms_key_id: str | None = Field(
        default=None, description="CMK for the state; by default the bucket's own encryption"
    )


class Lock(Strict):
    """Object Lock of every vault bucket and Vault Lock of every backup vault."""

    mode: LockMode = Field(default=LockMode.COMPLIANCE, description="COMPLIANCE binds everybody, root included")
    acknowledge: str | None = Field(default=None, description=f'COMPLIANCE needs the sentence "{ACKNOWLEDGEMENT}"')
    minimum: Duration = Field(
        default=timedelta(days=1),
        description="Shortest lock a write may carry, and the one it gets by default; whole days",
    )
    maximum: Duration = Field(default=timedelta(days=7 * 365), description="Longest lock a write may carry; whole days")
    changeable_for: Duration = Field(
        default=timedelta(days=3),
        description="How long a Vault Lock can still be taken back after it was made; 3 days or more, then never",
    )


class Keys(Strict):
    """Customer-managed KMS keys."""

    rotation: Duration = Field(default=timedelta(days=90), description="Rotation period; 90 to 2560 days at AWS")
    deletion_window: Duration = Field(
        default=timedelta(days=30), description="Waiting period before deletion; 7 to 30 days"
    )


class Evidence(Strict):
    """How long evidence is locked and who answers for it."""

    retention: Duration = Field(
        default=timedelta(days=7 * 365), description="How long each record is locked; whole days"
    )
    responsible: str = Field(default="", description="Person or team named in each record")


class Environment(Strict):
    """One environment, all inheritance resolved."""

    environment: Slug = Field(description="Name of the environment: that of its file")
    description: str = Field(default="", description="What the environment is for, in a line")
    organization: Slug = Field(description="Prefix of every globally unique name")
    sandbox: Flag = Field(default=False, description="Fault injection and force-destroy are refused unless true")
    accounts: Accounts = Field(description="AWS accounts")
    regions: Regions = Field(description="AWS Regions")
    state: StateBackend | None = Field(
        default=None, description="Where Terraform keeps its state; by default in a local file"
    )
    lock: Lock = Field(default_factory=Lock, description="How backups are locked")
    keys: Keys = Field(default_factory=Keys, description="Encryption keys")
    tls_minimum: str = Field(
        default="1.2",
        pattern=r"^1\.[23]$",
        description="Oldest TLS version the buckets accept, quoted",
        examples=["1.2", "1.3"],
    )
    evidence: Evidence = Field(default_factory=Evidence, description="Signed records")
    watch: Watch | None = Field(
        default=None, description="Alerts and audit: the stack <env>-watch; by default there is none, nobody is told"
    )
    drill: Drill = Field(default_factory=Drill, description="Where drills restore: the stack <env>-drill")
    aws_backup: AwsBackup = Field(
        default_factory=AwsBackup, description="Settings of AWS Backup that hold for whole accounts"
    )
    principals: Principals = Field(default_factory=Principals, description="Who does what, as IAM ARNs")
    restore: Restore = Field(default_factory=Restore, description="Controlled restores")
    assumptions: Assumptions = Field(default_factory=Assumptions, description="What proofs take for granted")
    tags: dict[str, str] = Field(default_factory=dict, description="Tags of every resource")
    tiers: dict[Slug, Tier] = Field(
        min_length=1, description="Recovery objectives and the rules that meet them, by name"
    )
    datasets: tuple[Dataset, ...] = Field(min_length=1, description="What is protected; merged by name when inherited")
    exclusions: tuple[Exclusion, ...] = Field(
        default=(), description="What is left out on purpose; merged by dataset when inherited"
    )

    def dataset(self, name: str) -> Dataset | None:
        """The dataset of that name, or nothing."""
        return next((each for each in self.datasets if each.name == name), None)

    def tier_of(self, dataset: Dataset) -> Tier:
        """The tier a dataset belongs to."""
        return self.tiers[dataset.tier]

    def document(self) -> dict[str, Any]:
        """The environment as plain JSON values, in the words of the file."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
