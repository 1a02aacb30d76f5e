"""Changes to a copy of a synthesized configuration, as pure functions."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from holdfast.terraform.errors import NeedsAnAccount
from holdfast.terraform.workspace import Configuration

LOCAL_LOOKUPS = frozenset(
    {"aws_arn", "aws_iam_policy_document", "aws_partition", "aws_region", "aws_service", "aws_service_principal"}
)
"""Data sources the provider answers by itself."""

NOWHERE = "http://127.0.0.1:9"
"""An address nothing listens on (the discard port): an offline plan that makes a call fails instead of reaching AWS."""

_PLACEHOLDER = {
    "access_key": "offline",
    "secret_key": "offline",
    "skip_credentials_validation": True,
    "skip_requesting_account_id": True,
    "skip_metadata_api_check": "true",
    "skip_region_validation": True,
    "max_retries": 1,
}
_IDENTITY = ("allowed_account_ids", "forbidden_account_ids", "assume_role", "assume_role_with_web_identity", "profile")


def with_local_state(configuration: Configuration, state: Path) -> Configuration:
    """The configuration with its state in a local file."""
    changed = copy.deepcopy(configuration)
    changed.setdefault("terraform", {})["backend"] = {"local": {"path": str(state)}}
    return changed


def backend_of(configuration: Configuration) -> str | None:
    """The kind of backend: `s3`, `local`, or None when it names none (which is a local one)."""
    backend = configuration.get("terraform", {}).get("backend")
    return next(iter(backend), None) if isinstance(backend, dict) else None


def offline(configuration: Configuration) -> Configuration:
    """The configuration for a plan that needs no account: placeholder credentials, no check of who calls.

    Raises:
        NeedsAnAccount: when it holds a data source that only an account can answer.
    """
    for kind, label in _lookups(configuration):
        if kind not in LOCAL_LOOKUPS:
            raise NeedsAnAccount(address=f"data.{kind}.{label}")
    changed = copy.deepcopy(configuration)
    providers = changed.get("provider", {}).get("aws", [])
    for provider in providers if isinstance(providers, list) else [providers]:
        _unplug(provider)
    return changed


def offline_variables(base: Mapping[str, str]) -> dict[str, str]:
    """The environment of an offline plan: nobody's AWS settings, and an endpoint that is nowhere."""
    kept = {name: value for name, value in base.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_ENDPOINT_URL": NOWHERE,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def construct_paths(configuration: Configuration) -> dict[str, str]:
    """Construct path by resource address, from the metadata synthesis leaves in each resource."""
    return {
        f"{kind}.{label}": block["//"]["metadata"]["path"]
        for kind, label, block in resources(configuration)
        if "path" in block.get("//", {}).get("metadata", {})
    }


def resources(configuration: Configuration) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Type, label and body of every resource."""
    for kind, labels in configuration.get("resource", {}).items():
        for label, block in labels.items():
            yield kind, label, block


def _lookups(configuration: Configuration) -> Iterator[tuple[str, str]]:
    for kind, labels in configuration.get("data", {}).items():
        for label in labels:
            yield kind, label


def _unplug(provider: dict[str, Any]) -> None:
    for name in _IDENTITY:
        provider.pop(name, None)
    provider.update(_PLACEHOLDER)
