"""What an environment file may say. Names are AWS's own where AWS has one; every field is documented for the schema."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from holdfast.environments.durations import Duration

AccountId = Annotated[str, Field(pattern=r"^[0-9]{12}$", description="AWS account id, 12 digits, quoted")]
Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$", description="AWS Region, such as us-east-1")]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,38}[a-z0-9]$")]


class Strict(BaseModel):
    """Frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Scenario(StrEnum):
    """What went wrong. Objectives are declared, proved and drilled per scenario, never mixed."""

    CORRUPTION = "corruption"
    REGION_LOSS = "region_loss"
    KEY_LOSS = "key_loss"
    ACCOUNT_LOSS = "account_loss"


class LockMode(StrEnum):
    """S3 Object Lock modes. COMPLIANCE binds everybody, root included."""

    COMPLIANCE = "COMPLIANCE"
    GOVERNANCE = "GOVERNANCE"


class DatasetKind(StrEnum):
    """Where a dataset lives, which decides what can protect and restore it."""

    S3 = "s3"
    FILES = "files"
    RDS = "rds"
    AURORA = "aurora"
    DYNAMODB = "dynamodb"
    EBS = "ebs"
    EC2 = "ec2"
    EFS = "efs"
    POSTGRES = "postgres"
    CONFIGURATION = "configuration"


class Accounts(Strict):
    """The account that runs the workload and the account that keeps the copies."""

    workload: AccountId
    backup: AccountId


class Regions(Strict):
    """The Region that runs the workload and the Region to recover from."""

    primary: Region
    recovery: Region


class StateBackend(Strict):
    """The S3 bucket Terraform keeps its state in (native lock file, no DynamoDB table)."""

    bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    region: Region
    kms_key_id: str | None = Field(default=None, description="CMK for the state; by default the bucket's own encryption")


class Lock(Strict):
    """S3 Object Lock of every vault bucket."""

    mode: LockMode = LockMode.COMPLIANCE
    acknowledge: str | None = Field(
        default=None, description='COMPLIANCE needs the sentence "nobody can delete before expiry"'
    )
    minimum: Duration = Field(default=timedelta(days=1), description="shortest lock a write may carry; the default one")
    maximum: Duration = Field(default=timedelta(days=7 * 365), description="longest lock a write may carry")


class Keys(Strict):
    """Customer-managed KMS keys."""

    rotation: Duration = Field(default=timedelta(days=90), description="rotation period, 90 to 2560 days at AWS")
    deletion_window: Duration = Field(default=timedelta(days=30), description="waiting period before deletion, 7d to 30d")


class Copy(Strict):
    """The copy of a recovery point in the recovery Region."""

    delete_after: Duration
    cold_storage_after: Duration | None = None


class Rule(Strict):
    """When a backup is made and how long it is kept."""

    name: Slug
    continuous: bool = False
    schedule: str | None = Field(default=None, description='AWS "cron(…)" or "rate(…)" expression')
    timezone: str = Field(default="UTC", description="IANA time zone the schedule is read in")
    start_window: Duration = timedelta(hours=1)
    completion_window: Duration = timedelta(hours=3)
    delete_after: Duration
    cold_storage_after: Duration | None = None
    copy_to_recovery: Copy | None = Field(default=None, alias="copy")


class Tier(Strict):
    """Objectives and the rules meant to meet them."""

    rpo: dict[Scenario, Duration] = Field(default_factory=dict)
    rto: dict[Scenario, Duration] = Field(default_factory=dict)
    drill_every: Duration = timedelta(days=90)
    rules: tuple[Rule, ...] = Field(min_length=1)


class Select(Strict):
    """Which resources belong to a dataset."""

    tags: dict[str, str] = Field(default_factory=dict)
    arns: tuple[str, ...] = ()


class Tenants(Strict):
    """How the tenants of a dataset are told apart."""

    by: str = Field(pattern=r"^(prefix|schema|database|key)$")


class Dataset(Strict):
    """Something that would be missed."""

    name: Slug
    kind: DatasetKind
    tier: str
    description: str = ""
    select: Select = Field(default_factory=Select)
    tenants: Tenants | None = None


class Exclusion(Strict):
    """Something left out on purpose, until a date."""

    dataset: Slug
    reason: str = Field(min_length=10)
    until: date


class Evidence(Strict):
    """How long evidence is locked and who answers for it."""

    retention: Duration = timedelta(days=7 * 365)
    responsible: str = Field(default="", description="person or team named in each record")


class AssumptionSource(StrEnum):
    """Where an assumed figure comes from. A proof that rests on anything but a measurement is conditional."""

    DEFAULT = "default"
    DECLARED = "declared"
    MEASURED = "measured"


class Assumption(Strict):
    """A figure proofs take for granted."""

    value: Duration
    source: AssumptionSource = AssumptionSource.DECLARED
    on: date | None = Field(default=None, description="day it was declared or measured")


class Assumptions(Strict):
    """What proofs take for granted about things nothing declares."""

    copy_time: Assumption = Field(
        default=Assumption(value=timedelta(hours=1), source=AssumptionSource.DEFAULT),
        description="how long a finished recovery point takes to reach the recovery Region",
    )
    restore_time: Assumption = Field(
        default=Assumption(value=timedelta(minutes=45), source=AssumptionSource.DEFAULT),
        description="how long a restore takes from the declaration of the disaster to verified operation",
    )


class Environment(Strict):
    """One environment, all inheritance resolved."""

    environment: Slug
    description: str = Field(default="", description="what the environment is for, in a line")
    organization: Slug = Field(description="prefix of every globally unique name")
    sandbox: bool = Field(default=False, description="fault injection and force-destroy are refused unless true")
    accounts: Accounts
    regions: Regions
    state: StateBackend | None = Field(default=None, description="by default state is a local file")
    lock: Lock = Field(default_factory=Lock)
    keys: Keys = Field(default_factory=Keys)
    tls_minimum: str = Field(default="1.2", pattern=r"^1\.[23]$")
    evidence: Evidence = Field(default_factory=Evidence)
    assumptions: Assumptions = Field(default_factory=Assumptions)
    tags: dict[str, str] = Field(default_factory=dict)
    tiers: dict[str, Tier] = Field(min_length=1)
    datasets: tuple[Dataset, ...] = Field(min_length=1)
    exclusions: tuple[Exclusion, ...] = ()

    def dataset(self, name: str) -> Dataset | None:
        """The dataset of that name, or nothing."""
        return next((each for each in self.datasets if each.name == name), None)

    def tier_of(self, dataset: Dataset) -> Tier:
        """The tier a dataset belongs to."""
        return self.tiers[dataset.tier]

    def document(self) -> dict[str, Any]:
        """The environment as plain JSON values, in the words of the file."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
