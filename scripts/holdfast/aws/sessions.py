"""The only place that makes boto3 clients: one endpoint table, one retry rule, roles by purpose, and the guard."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError

from holdfast.aws.bulk_store import bulk_store
from holdfast.aws.credentials import AssumedRole, TemporaryCredentials
from holdfast.aws.endpoints import Endpoints
from holdfast.aws.guard import RegionGuard
from holdfast.aws.second_pass import Patience, patiently
from holdfast.aws.timestamps import parsed_timestamp
from holdfast.aws.translate import translated
from holdfast.clock import Clock, SystemClock
from holdfast.environments.model import Environment
from holdfast.environments.names import Names
from holdfast.errors import ServiceError

if TYPE_CHECKING:
    from holdfast.aws.bulk_reads import BulkReads

TOTAL_ATTEMPTS = 4
CONNECT_SECONDS = 5
READ_SECONDS = 60
POOL_CONNECTIONS = 32
_READINGS, _QUICK = 3, timedelta(milliseconds=500)
"""Readings of a server's clock at most, and what one may take to be the last. The first may assume a role as well."""

_ISOLATED: dict[str, Any] = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}
"""A sandbox session reads no profile, whatever AWS_PROFILE says."""

_SYSTEM_CLOCK = SystemClock()


class EndpointMissing(ServiceError):
    """A sandbox has no address for a service; the call must not go to the real one."""

    template = "the sandbox has no address for {service}"
    hint = "start it again: holdfast sandbox stop; holdfast sandbox start"


@dataclass(frozen=True)
class ServerClock:
    """What a server's clock said, and how far that is ahead of this host's (negative: behind)."""

    time: datetime
    skew: timedelta


class Sessions:
    """Clients of one environment, by service, Region and role. Safe to use from several threads.

    Args:
        environment: whose names, accounts and Regions are used.
        endpoints: where services are; of the running sandbox, or empty for AWS itself.
        guard: refuses calls to what is taken for lost.
        clock: decides when temporary credentials are renewed, and what the skew is measured against.
        credentials: who calls; by default whoever boto3 or the sandbox's endpoints say.
    """

    def __init__(
        self,
        environment: Environment,
        endpoints: Endpoints,
        *,
        guard: RegionGuard | None = None,
        clock: Clock = _SYSTEM_CLOCK,
        credentials: TemporaryCredentials | None = None,
    ) -> None:
        self.environment, self.endpoints, self.clock = environment, endpoints, clock
        self.guard = guard or RegionGuard()
        self._credentials = credentials
        self.names = Names(environment)
        self._lock = threading.RLock()
        self._sessions: dict[tuple[str | None, str], botocore.session.Session] = {}
        self._clients: dict[tuple[str, str, str | None], Any] = {}

    def client(self, service: str, region: str, *, role: str | None = None) -> Any:
        """The boto3 client of a service in a Region.

        Args:
            service: boto3's name, such as `s3`.
            region: the Region; its own STS endpoint gives out the role.
            role: purpose of a role of the environment, such as `backup-writer`; the caller itself when left out.

        Raises:
            RegionDenied: from any call of the client to what the guard takes for lost.
            EndpointMissing: a sandbox without an address for this service.
        """
        with self._lock:
            key = (service, region, role)
            if key not in self._clients:
                self._clients[key] = self._make_client(*key)
            return self._clients[key]

    def caller_arn(self, role: str | None = None, *, region: str | None = None) -> str:
        """Who the calls are made as, in a Region; by default at home.

        Raises:
            ServiceError: the role cannot be assumed, or STS does not answer.
        """
        with translated("ask who is calling"):
            reply = self.client("sts", region or self.home_region, role=role).get_caller_identity()
        return str(reply["Arn"])

    @property
    def home_region(self) -> str:
        """The Region to ask what no Region owns: the primary one, or the recovery one while the primary is lost."""
        regions = self.environment.regions
        return regions.recovery if regions.primary in self.guard.regions else regions.primary

    def guarded(
        self,
        *,
        regions: frozenset[str] = frozenset(),
        buckets: frozenset[str] = frozenset(),
        keys: Callable[[], frozenset[str]] | None = None,
    ) -> Sessions:
        """The same sessions under a guard: any call to these Regions or buckets raises `RegionDenied`, any answer that
        took one of these keys `KeyLost`.

        What was stopped is listed in `.guard.refused`. Nothing is shared with the unguarded clients.
        """
        guard = RegionGuard(
            regions=self.guard.regions | regions,
            buckets=self.guard.buckets | buckets,
            keys=keys or self.guard.lost_keys,
        )
        return Sessions(self.environment, self.endpoints, guard=guard, clock=self.clock, credentials=self._credentials)

    def unguarded(self) -> Sessions:
        """The same sessions without a guard: for what comes before the loss."""
        return Sessions(self.environment, self.endpoints, clock=self.clock, credentials=self._credentials)

    def held_by(self, credentials: TemporaryCredentials) -> Sessions:
        """The same sessions, under the same guard, called by whoever holds these credentials."""
        return Sessions(self.environment, self.endpoints, guard=self.guard, clock=self.clock, credentials=credentials)

    def bulk_reads(self, region: str, bucket: str, *, role: str | None = None) -> BulkReads | None:
        """Fast reads of a bucket's current objects; None where boto3 has to read them one by one.

        Args:
            region: where the bucket is.
            bucket: what is read.
            role: as for `client`.
        """
        from holdfast.aws.bulk_reads import BulkReads

        endpoint = self.endpoints.url("s3")
        if (endpoint is None and self.environment.sandbox) or self.guard.looks_at_answers:
            return None
        store = bulk_store(
            self._session(role, region),
            bucket,
            region,
            endpoint=endpoint,
            ca_bundle=self.endpoints.ca_bundle,
            timeouts=(CONNECT_SECONDS, READ_SECONDS),
            clock=self.clock,
        )
        if store is None:
            return None
        return BulkReads(store, lambda operation: self.guard.check("s3", operation, region=region, bucket=bucket))

    def variables(self, region: str, *, role: str | None = None) -> dict[str, str]:
        """The environment variables that let another program call a Region as a role, for an hour at most.

        Secret: they are for the environment of a subprocess, never for a log or a file. No guard watches that program.

        Raises:
            ServiceError: the role cannot be assumed.
        """
        variables = {**self.endpoints.variables(), "AWS_REGION": region, "AWS_DEFAULT_REGION": region}
        with translated("take on a role"):
            found = self._session(role, region).get_credentials()
            given = found.get_frozen_credentials() if found else None
        if given is None:
            return variables
        token = {"AWS_SESSION_TOKEN": given.token} if given.token else {}
        return {
            **variables,
            "AWS_ACCESS_KEY_ID": str(given.access_key),
            "AWS_SECRET_ACCESS_KEY": str(given.secret_key),
            **token,
        }

    def server_time(self, region: str, *, role: str | None = None) -> datetime:
        """What S3's clock says in a Region, to the second.

        Raises:
            ServiceError: S3 does not answer.
        """
        return self.server_clock(region, role=role).time

    def skew(self, region: str, *, role: str | None = None) -> timedelta:
        """How far S3's clock in a Region is ahead of this host's; negative when it is behind. Good to a second."""
        return self.server_clock(region, role=role).skew

    def server_clock(self, region: str, *, role: str | None = None) -> ServerClock:
        """S3's clock (the `Date` header, RFC 9110 section 6.6.1). A refusal carries the date as well.

        A reading may be off by as much as the call took; of several slow ones the quickest is taken.

        Raises:
            ServiceError: S3 does not answer.
        """
        s3, bucket = self.client("s3", region, role=role), self.names.bucket_in(region)

        def read() -> tuple[timedelta, ServerClock]:
            before = self.clock.now()
            try:
                headers = s3.head_bucket(Bucket=bucket)["ResponseMetadata"]["HTTPHeaders"]
            except ClientError as error:
                headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
                if "date" not in headers:
                    raise
            time = parsedate_to_datetime(headers["date"]).astimezone(UTC)
            took = self.clock.now() - before
            return abs(took), ServerClock(time, time - (before + took / 2))

        patience = Patience(self.clock, random.Random())  # noqa: S311  # spreads waits, no secret
        with translated(f"ask S3 in {region} for the time"):
            took, best = patiently(read, patience)
            for _ in range(_READINGS - 1):
                if took <= _QUICK:
                    break
                took, best = min((took, best), patiently(read, patience), key=lambda reading: reading[0])
        return best

    def _make_client(self, service: str, region: str, role: str | None) -> BaseClient:
        endpoint = self.endpoints.url(service)
        if endpoint is None and self.environment.sandbox:
            raise EndpointMissing(service=service)
        return self._session(role, region).create_client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            verify=self.endpoints.ca_bundle,
            config=_config(local=endpoint is not None),
        )

    def _session(self, role: str | None, region: str) -> botocore.session.Session:
        if (role, region) not in self._sessions:
            session = botocore.session.Session(_ISOLATED if self.environment.sandbox else None)
            session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=parsed_timestamp)
            self.guard.watch(session)
            if role is not None:
                arn = self.names.role_arn_in(role, region)
                provider = AssumedRole(lambda: self.client("sts", region), arn, f"holdfast-{role}"[:64], self.clock)
                session.get_component("credential_provider").providers.insert(0, provider)
            elif self._credentials is not None:
                held = self._credentials
                session.set_credentials(held.access_key, held.secret_key, held.token)
            elif self.endpoints.access_key and self.endpoints.secret_key:
                session.set_credentials(self.endpoints.access_key, self.endpoints.secret_key)
            self._sessions[role, region] = session
        return self._sessions[role, region]


def _config(*, local: bool) -> Config:
    """Retries in standard mode; reads are verified by their own SHA-256, so botocore need not hash them again.

    A local endpoint is reached by path and never through a proxy.
    """
    return Config(
        retries={"mode": "standard", "total_max_attempts": TOTAL_ATTEMPTS},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        max_pool_connections=POOL_CONNECTIONS,
        response_checksum_validation="when_required",
        user_agent_extra="holdfast",
        proxies={} if local else None,
        s3={"addressing_style": "path" if local else "auto"},
    )
