"""The Region guard: while it is on, a call to a lost Region or bucket never leaves this process.

A region-loss drill that quietly reads from the lost Region proves nothing. The guard sits on botocore's own events,
so that it also sees the calls nobody wrote down: an STS call made to assume a role, S3 following a redirect to the
Region a bucket is really in, a retry.

It sees what botocore sends, and is asked (`check`) by the one reader that is not botocore. Another program, or a
server that reaches another Region by itself, is out of its sight.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.session import Session as BotocoreSession

from holdfast.aws.errors import KeyLost, RegionDenied

_KEY_OF_ANSWER = {
    "GetObject": "SSEKMSKeyId",
    "PutObject": "SSEKMSKeyId",
    "Decrypt": "KeyId",
    "GenerateDataKey": "KeyId",
    "Encrypt": "KeyId",
}
"""Where an answer names the key it took. A HeadObject takes none."""
_SIGNED_REGION = re.compile(r"Credential=[^/]+/[0-9]{8}/([a-z0-9-]+)/")


@dataclass(frozen=True)
class Refused:
    """One call the guard stopped.

    `why` is the Region or the bucket that is taken for lost.
    """

    service: str
    operation: str
    why: str


class RegionGuard:
    """Refuses every call to some Regions and to some buckets.

    Buckets are named as well because S3 names are global: a client of one Region can be led to a bucket of another
    one, and an emulator serves every bucket in every Region. IAM and other global services sign for `us-east-1`, so
    with that Region lost their control plane is refused too, as it would be.

    Args:
        regions: Regions taken for lost.
        buckets: buckets taken for lost.
        keys: gives the KMS keys taken for lost, by every name a reply may call them (id, ARN, alias ARN); asked once,
            when it is first needed.
    """

    def __init__(
        self,
        *,
        regions: Iterable[str] = (),
        buckets: Iterable[str] = (),
        keys: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self.regions = frozenset(regions)
        self.buckets = frozenset(buckets)
        self.lost_keys = keys
        self._refused: list[Refused] = []
        self._lock = threading.Lock()

    @property
    def refused(self) -> tuple[Refused, ...]:
        """The calls that were stopped, oldest first: the hidden dependencies of whatever ran under the guard."""
        with self._lock:
            return tuple(self._refused)

    @property
    def looks_at_answers(self) -> bool:
        """Whether keys are taken for lost: only an answer tells which key it took, and botocore shows every answer."""
        return self.lost_keys is not frozenset

    def watch(self, session: BotocoreSession) -> None:
        """Put the guard on a session: on every client made from it afterwards, and on those botocore makes itself."""
        session.register("before-call", self._before_call, unique_id=f"holdfast-guard-call-{id(self)}")
        session.register("before-send", self._before_send, unique_id=f"holdfast-guard-send-{id(self)}")
        session.register("after-call", self._after_call, unique_id=f"holdfast-guard-answer-{id(self)}")

    def check(self, service: str, operation: str, *, region: str, bucket: str) -> None:
        """Ask before a call that botocore does not make.

        Raises:
            RegionDenied: the Region or the bucket is taken for lost.
        """
        event_name = f"call.{service}.{operation}"
        self._check_region(event_name, region)
        self._check_buckets(event_name, f"s3:///{bucket}", {})

    def _before_call(self, **event: Any) -> None:
        """Stop a call before credentials are fetched for it."""
        event_name, params = event["event_name"], event["params"]
        self._check_region(event_name, str(event["context"].get("client_region") or ""))
        self._check_buckets(event_name, str(params.get("url", "")), params.get("headers", {}))

    def _before_send(self, **event: Any) -> None:
        """Stop a request at the wire: here a redirect or a global endpoint shows where it is really going."""
        event_name, request = event["event_name"], event["request"]
        signed = _SIGNED_REGION.search(_text(request.headers.get("Authorization", "")))
        self._check_region(event_name, signed.group(1) if signed else "")
        self._check_region(event_name, _region_in(urlsplit(request.url).hostname or "", self.regions))
        self._check_buckets(event_name, request.url, request.headers)

    def _after_call(self, **event: Any) -> None:
        """Hold back an answer that took a lost key to make.

        S3 and KMS refuse such a call themselves where the key is really out of reach; an emulator's S3 never asks KMS,
        and in production the key is not switched off for a drill. The answer says which key it took.
        """
        _, _, operation = str(event["event_name"]).rpartition(".")
        parsed = event.get("parsed") or {}
        key = str(parsed.get(_KEY_OF_ANSWER.get(operation, ""), ""))
        if key and key in self.lost_keys():
            _, service, _ = (*str(event["event_name"]).split(".", 2), "", "")[:3]
            with self._lock:
                self._refused.append(Refused(service, operation, key))
            raise KeyLost(service=service, operation=operation, key=key)

    def _check_region(self, event_name: str, region: str) -> None:
        if region in self.regions:
            self._refuse(event_name, region)

    def _check_buckets(self, event_name: str, url: str, headers: Mapping[str, object]) -> None:
        if not self.buckets:
            return
        parts = urlsplit(url)
        source = unquote(_text(headers.get("x-amz-copy-source", ""))).lstrip("/").partition("/")[0]
        named = {unquote(parts.path).lstrip("/").partition("/")[0], source}
        for bucket in self.buckets:
            if bucket in named or (parts.hostname or "").startswith(f"{bucket}."):
                self._refuse(event_name, bucket)

    def _refuse(self, event_name: str, why: str) -> None:
        _, service, operation = (*event_name.split(".", 2), "", "")[:3]
        with self._lock:
            self._refused.append(Refused(service, operation, why))
        raise RegionDenied(service=service, operation=operation, why=why)


def _region_in(host: str, regions: frozenset[str]) -> str:
    labels = host.split(".")
    return next((region for region in regions if region in labels), "")


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
