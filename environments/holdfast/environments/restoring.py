"""What a controlled restore asks for: who may approve it, what is checked before anything is put in place."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from holdfast.environments.durations import Duration
from holdfast.environments.fields import Slug, Strict
from holdfast.environments.principals import PrincipalArn

_SECONDS, _DAY = timedelta(minutes=10), timedelta(days=1)


def _compiles(pattern: Any) -> str:
    try:
        re.compile(pattern.encode())
    except (re.error, AttributeError, UnicodeEncodeError) as error:
        raise ValueError(f"this is not a regular expression: {error}") from None
    return str(pattern)


class Approver(Strict):
    """A second person, and the key that shows it was this person."""

    principal: PrincipalArn = Field(description="Who approves; for a role, any session of it")
    key: str = Field(
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 of the approver's public key, as `holdfast restore key` prints it",
    )


class ApplicationCheck(Strict):
    """A program that looks at what was restored before it is put in place; exit code 0 is good."""

    name: Slug = Field(description="Name of the check, in results and evidence")
    dataset: Slug = Field(description="Dataset whose restores it checks")
    command: tuple[str, ...] = Field(
        min_length=1,
        description="Program and arguments, run without a shell in the folder of what was restored",
        examples=[["/usr/local/bin/check-exports", "--strict"]],
    )
    timeout: Duration = Field(default=_SECONDS, description="Longest time it may take; by default 10 minutes")


class Forbidden(Strict):
    """Configuration known to be vulnerable: a restore that would bring it back is refused."""

    name: Slug = Field(description="Name, in results and evidence")
    path: str = Field(min_length=1, description="Files it speaks of, as a glob such as *.conf", examples=["*.conf"])
    pattern: Annotated[str, AfterValidator(_compiles)] = Field(
        min_length=1, max_length=500, description="Regular expression no line of these files may contain"
    )
    reason: str = Field(min_length=10, description="Why, in a sentence, with the CVE or decision")


class Restore(Strict):
    """Controlled restores."""

    approvers: tuple[Approver, ...] = Field(
        default=(), description="Who may approve; with none, restores are refused except in a sandbox"
    )
    approval_valid_for: Duration = Field(
        default=_DAY, description="Longest time from the beginning to the end of an approval; by default a day"
    )
    erasure_key: str | None = Field(
        default=None,
        pattern=r"^(alias/[A-Za-z0-9/_-]+|arn:aws:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/[A-Za-z0-9/_-]+)$",
        description="KMS key of spec HMAC_256 in the recovery Region for the erasure ledger; by default a local key",
    )
    checks: tuple[ApplicationCheck, ...] = Field(default=(), description="Application checks, by dataset")
    forbidden: tuple[Forbidden, ...] = Field(default=(), description="Configuration that must not come back")
