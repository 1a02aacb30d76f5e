"""The files of a bootstrap, and what keeps them from being planned on the machine of whoever only wants a proof.

A plan runs what a configuration asks for: other providers and the programs they start, modules from somewhere. A proof
may be asked for of a branch nobody has reviewed. So a bootstrap is planned with the AWS provider and no other
(`only_aws`), with a backend of its own, and not at all where it takes modules from elsewhere or names files of
credentials.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from holdfast.terraform.binary import Binary
from holdfast.terraform.providers import PROVIDER, ProviderSource

VARIABLES = "terraform.tfvars.json"
"""What the environment file says. What an administrator adds (`admin.auto.tfvars`) changes no policy."""
_MOST_FILES, _MOST_BYTES = 100, 256 * 1024
_SOURCE = re.compile(r'"?\bsource\b"?\s*[=:]\s*(\S+)')
_ALLOWED_SOURCE = re.compile(r'"(hashicorp/aws|\./[a-z-]+)"')
_CREDENTIALS = re.compile(r"\b(shared_config_files|shared_credentials_files|credential_process)\b")
"""A profile in a file of one's own can name a program that fetches credentials
(https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html)."""


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a bootstrap that are planned, by their path below it.

    Raises:
        OSError: one of them cannot be read.
    """
    found = sorted(path for path in folder.rglob("*") if path.suffix == ".tf" or path.name == VARIABLES)
    inside = [path for path in found if path.is_file() and ".terraform" not in path.parts]
    files = {}
    for path in inside[: _MOST_FILES + 1]:
        with path.open("rb") as file:
            files[path.relative_to(folder).as_posix()] = file.read(_MOST_BYTES + 1)
    return files


def why_not_planned(files: Mapping[str, bytes]) -> str | None:
    """Why a bootstrap is not planned; None where nothing speaks against it."""
    if not files:
        return "there are no files of Terraform in it"
    if len(files) > _MOST_FILES:
        return f"it has more than {_MOST_FILES} files"
    for name, content in files.items():
        if because := _objection(content):
            return f"{name} {because}"
    return None


def only_aws(source: ProviderSource, binary: Binary) -> str:
    """Terraform's CLI configuration by which it installs the AWS provider from a source, and no other provider.

    https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation
    """
    include = json.dumps([f"{binary.registry}/{PROVIDER}"])
    if source.mirror is None:
        return f"provider_installation {{\n  direct {{\n    include = {include}\n  }}\n}}\n"
    path = json.dumps(str(source.mirror))
    return (
        f"provider_installation {{\n  filesystem_mirror {{\n    path    = {path}\n    include = {include}\n  }}\n}}\n"
    )


def _objection(content: bytes) -> str | None:
    if len(content) > _MOST_BYTES:
        return f"is larger than {_MOST_BYTES} bytes"
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return "is not UTF-8"
    elsewhere = [found for found in _SOURCE.findall(text) if not _ALLOWED_SOURCE.fullmatch(found)]
    if elsewhere:
        return f"takes something from {elsewhere[0][:100]}"
    named = _CREDENTIALS.search(text)
    return f"says {named[1]}" if named else None
