"""Where API calls go: to AWS, or, for a sandbox environment, to the emulators on loopback and nowhere else.

`holdfast sandbox start` records its endpoints in one file; everything that makes a client or runs Terraform for an
environment with `sandbox: true` reads them from there. When there is none, that is an error: a sandbox environment
never reaches AWS.
"""

from __future__ import annotations

import ipaddress
import json
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from holdfast.errors import Source, StorageError, ToolError
from holdfast.json_files import read_json

if TYPE_CHECKING:
    from holdfast.environments.model import Environment

SCHEMA = "holdfast.endpoints/1"
_ISOLATION = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


class SandboxNotRunning(ToolError):
    """A sandbox environment was asked for and no sandbox answers."""

    template = "environment {environment!r} runs in the sandbox, and no sandbox is running ({because})"
    hint = "start one with: holdfast sandbox start"


class InvalidEndpoints(StorageError):
    """The file that records the sandbox's endpoints is not what `holdfast sandbox start` writes."""

    template = "the record of the sandbox's endpoints is not usable: {problem}"
    hint = "stop and start the sandbox again: holdfast sandbox stop; holdfast sandbox start"


@dataclass(frozen=True)
class Endpoints:
    """Where each service is reached and with which credential; all None and empty means AWS itself.

    Args:
        default: URL of every service that is not in `services`.
        services: URL by service, in boto3's name for it (`backup`).
        access_key: access key id; in the sandbox the account id, which is that account's root there.
        secret_key: secret access key. Never printed by `repr`.
        ca_bundle: file of the certificate to trust instead of the public authorities; boto3's `verify`.
        run: id of the sandbox's run. Emulators keep everything in memory, so Terraform state is worth something only
            within one run and is kept by this id.
    """

    default: str | None = None
    services: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    ca_bundle: str | None = None
    run: str | None = None

    def url(self, service: str) -> str | None:
        """The URL of a service, or None for AWS's own."""
        return self.services.get(service, self.default)

    def variables(self) -> dict[str, str]:
        """The environment variables that make AWS SDKs and Terraform use these endpoints; empty for AWS itself.

        They also switch off configuration files and the metadata service, so that no other credential is found.
        """
        if self.default is None:
            return {}
        variables = {"AWS_ENDPOINT_URL": self.default, **_ISOLATION}
        if self.ca_bundle is not None:
            variables["AWS_CA_BUNDLE"] = self.ca_bundle
        for service, url in self.services.items():
            variables[f"AWS_ENDPOINT_URL_{service.upper().replace('-', '_')}"] = url
        if self.access_key is not None and self.secret_key is not None:
            variables |= {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}
        return variables

    def subprocess_environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """`base` for a subprocess: with sandbox endpoints every inherited `AWS_*` variable is dropped first.

        An inherited `AWS_ENDPOINT_URL_S3` or `AWS_PROFILE` would otherwise lead out of the sandbox.
        """
        if self.default is None:
            return dict(base)
        return {name: value for name, value in base.items() if not name.startswith("AWS_")} | self.variables()

    def document(self) -> dict[str, Any]:
        """What `write_endpoints` stores, the secret included: the file is for its owner only."""
        return {
            "schema": SCHEMA,
            "default": self.default,
            "services": dict(self.services),
            "access_key": self.access_key,
            "secret_key": self.secret_key,
            "ca_bundle": self.ca_bundle,
            "run": self.run,
        }


AWS = Endpoints()
"""AWS itself, with the SDK's own way to find credentials."""


def sandbox_file(home: Path) -> Path:
    """Where a running sandbox records its endpoints."""
    return home / "sandbox" / "endpoints.json"


def write_endpoints(home: Path, endpoints: Endpoints) -> Path:
    """Record the endpoints of a running sandbox, readable by the owner only, in one step."""
    path = sandbox_file(home)
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(endpoints.document(), file, indent=2)
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise EndpointsNotWritten(path=path, reason=error.strerror or error) from error
    return path


class EndpointsNotWritten(StorageError):
    """The endpoints cannot be recorded."""

    template = "cannot write {path}: {reason}"
    hint = "free some space or choose another folder with HOLDFAST_HOME"


def read_endpoints(home: Path) -> Endpoints | None:
    """The endpoints of the recorded sandbox, or None when none is recorded.

    Raises:
        InvalidEndpoints: when the file is damaged, or names anything that is not on this machine's loopback.
    """
    path = sandbox_file(home)
    try:
        document = read_json(path)
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise InvalidEndpoints(problem=error, source=Source(path)) from error
    problem = _problem(document)
    if problem:
        raise InvalidEndpoints(problem=problem, source=Source(path))
    return Endpoints(
        default=document["default"],
        services=MappingProxyType(document["services"]),
        access_key=document["access_key"],
        secret_key=document["secret_key"],
        ca_bundle=document["ca_bundle"],
        run=document["run"],
    )


def endpoints_for(environment: Environment, home: Path) -> Endpoints:
    """Where the calls of an environment go.

    Raises:
        SandboxNotRunning: for `sandbox: true` when no sandbox answers. There is no way from here to AWS.
    """
    if not environment.sandbox:
        return AWS
    endpoints = read_endpoints(home)
    if endpoints is None:
        raise SandboxNotRunning(environment=environment.environment, because="none is recorded")
    for url in {endpoints.default, *endpoints.services.values()}:
        if url is not None and not _answers(url):
            raise SandboxNotRunning(environment=environment.environment, because=f"nothing answers at {url}")
    return endpoints


def _problem(document: object) -> str | None:
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        return f"it does not say schema {SCHEMA}"
    services = document.get("services")
    if not isinstance(services, dict):
        return "it lists no services"
    urls = [document.get("default"), *services.values()]
    outside = [url for url in urls if not (isinstance(url, str) and _is_loopback(url))]
    if outside:
        return f"{outside[0]!r} is not a loopback address"
    if not all(isinstance(document.get(name), str) for name in ("access_key", "secret_key", "ca_bundle", "run")):
        return "it holds no credential, no certificate or no run"
    return None


def _is_loopback(url: str) -> bool:
    try:
        parts = urlsplit(url)
        has_port = parts.scheme in ("http", "https") and parts.port is not None
        return has_port and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname, parts.port), timeout=2):
            return True
    except OSError:
        return False
