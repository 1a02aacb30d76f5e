"""Who hears when something goes wrong, and what the watching looks for."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from holdfast.environments.durations import Duration
from holdfast.environments.fields import Strict
from holdfast.environments.principals import PrincipalArn

Contact = Annotated[
    str,
    Field(
        pattern=r"^([^@\s]+@[^@\s/]+\.[^@\s/]+|https://[^\s@?#]+)$",
        max_length=512,
        description="E-mail address, or https address of a pager without password, query or fragment: it is no secret",
        examples=["on-call@acme.com", "https://pager.acme.com/sns"],
    ),
]
HttpsAddress = Annotated[
    str,
    Field(
        pattern=r'^https://[^\s"<>\\@?#]+$',
        max_length=258,
        description="https address without password, query or fragment",
        examples=["https://wiki.acme.com/runbooks/backups"],
    ),
]
SecretArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9_/+=.@-]+$",
        description="ARN of a secret in Secrets Manager; never the secret itself",
        examples=["arn:aws:secretsmanager:us-east-1:111122223333:secret:siem-Ab12Cd"],
    ),
]


class Siem(Strict):
    """Where events are sent to, and where the key for it lies."""

    endpoint: HttpsAddress = Field(description="https address of the SIEM's collector")
    secret_arn: SecretArn = Field(description="Secret in the primary Region that holds the value of the header")
    secret_field: str = Field(
        default="authorization",
        pattern=r"^[A-Za-z0-9_.-]{1,128}$",
        description="Field of the secret, a JSON object, that holds the value",
    )
    secret_version: int = Field(default=1, ge=1, description="Raise it to have a new value of the secret used")
    header: str = Field(
        default="Authorization", pattern=r"^[A-Za-z0-9-]{1,512}$", description="Header the value is sent in"
    )


class Watch(Strict):
    """Alerts, audit and what is unusual."""

    runbook: HttpsAddress = Field(description="Page whoever is woken up follows; in every alert")
    escalation: str = Field(
        pattern=r'^[^"<>\\\n\r]{1,300}$',
        description='Whom to call when, in a sentence or two; in every alert; no " < > or \\',
        examples=["After 30 minutes call the head of platform, +1 555 0100."],
    )
    notify: tuple[Contact, ...] = Field(min_length=1, description="Who hears of every alert")
    escalate_to: tuple[Contact, ...] = Field(
        min_length=1, description="Who hears of urgent alerts at once: tampering, backups that never came"
    )
    retention: Duration = Field(
        default=timedelta(days=400), description="How long the audit trail is locked; whole days, 365 or more"
    )
    jobs_every: Duration = Field(
        default=timedelta(hours=24),
        description="Longest time without a completed job of AWS Backup; whole hours, up to 7 days",
    )
    copies_every: Duration = Field(
        default=timedelta(hours=26),
        description="Longest time without a copy that came into the vault of the recovery Region; whole hours, up to "
        "7 days",
    )
    storage_limit_gib: int | None = Field(
        default=None,
        ge=1,
        description="Size of the vault bucket and of the replica, in GiB, that must not come near; by default none",
    )
    refused_deletes: int = Field(default=5, ge=1, description="How many refused deletions in 5 minutes alert")
    bulk_download_gib: int = Field(default=100, ge=1, description="How much read within an hour alerts, in GiB")
    readers: tuple[PrincipalArn, ...] = Field(
        default=(), description="Who reads backups besides the roles of the environment; * at the end only"
    )
    drills_reported: bool = Field(
        default=False, strict=True, description="true: a pipeline publishes Holdfast/DrillsOverdue at least daily"
    )
    ages_reported: bool = Field(
        default=False,
        strict=True,
        description="true: a pipeline publishes Holdfast/RecoveryPointAge of each dataset with an objective hourly, "
        "with drill due --publish-metric",
    )
    siem: Siem | None = Field(default=None, description="Where events are sent to; by default nowhere")
