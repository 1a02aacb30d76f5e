"""Temporary credentials of a role, fetched when first needed and again before they expire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.credentials import CredentialProvider, DeferredRefreshableCredentials

from holdfast.clock import Clock

SESSION_SECONDS = 3600
"""An hour: the longest a role assumed from another role may last (STS, AssumeRole, role chaining)."""


@dataclass(frozen=True)
class TemporaryCredentials:
    """What STS gave out once. Not renewed: whoever asked was asked for a second factor.

    Args:
        access_key, secret_key, token: as STS names them. The last two are never printed by `repr`.
        expires: until when they are good.
        arn: who they make the caller; None where STS does not say.
    """

    access_key: str
    secret_key: str = field(repr=False)
    token: str = field(repr=False)
    expires: datetime
    arn: str | None = None

    @classmethod
    def of(cls, reply: Mapping[str, Any]) -> TemporaryCredentials:
        """From an answer of STS."""
        given = reply["Credentials"]
        return cls(
            access_key=given["AccessKeyId"],
            secret_key=given["SecretAccessKey"],
            token=given["SessionToken"],
            expires=given["Expiration"],
            arn=reply.get("AssumedRoleUser", {}).get("Arn"),
        )


class AssumedRole(CredentialProvider):
    """Gives a botocore session the credentials of one role.

    Args:
        sts: makes the STS client to ask, when it is asked; of the Region the credentials are for, so that no Region
            depends on another one for its credentials.
        role_arn: the role.
        session_name: what the trail shows behind the role.
        clock: decides when the credentials are near their end.
    """

    METHOD = "holdfast-assumed-role"
    CANONICAL_NAME = None

    def __init__(self, sts: Callable[[], Any], role_arn: str, session_name: str, clock: Clock) -> None:
        super().__init__()
        self._sts, self._role_arn, self._session_name, self._clock = sts, role_arn, session_name, clock

    def load(self) -> DeferredRefreshableCredentials:
        """Called by botocore when the first request is signed."""
        return DeferredRefreshableCredentials(self._fetch, self.METHOD, time_fetcher=self._clock.now)

    def _fetch(self) -> dict[str, str]:
        reply = self._sts().assume_role(
            RoleArn=self._role_arn, RoleSessionName=self._session_name, DurationSeconds=SESSION_SECONDS
        )["Credentials"]
        expires: datetime = reply["Expiration"]
        return {
            "access_key": reply["AccessKeyId"],
            "secret_key": reply["SecretAccessKey"],
            "token": reply["SessionToken"],
            "expiry_time": expires.isoformat(),
        }
