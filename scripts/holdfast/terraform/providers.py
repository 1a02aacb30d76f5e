"""Where Terraform gets the AWS provider: a folder on this machine where there is one, else the registry."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from holdfast.terraform.binary import Binary
from holdfast.terraform.errors import ProviderMirrorNotUsable

PROVIDER = "hashicorp/aws"
OLDEST, BELOW = (5, 100, 0), (7, 0, 0)
"""The versions the stacks are written for: `>= 5.100.0, < 7.0.0`."""

_SEARCHED = ("/opt", "/usr/share", "/usr/local/share")


@dataclass(frozen=True)
class ProviderSource:
    """Where the provider comes from.

    Args:
        mirror: a folder in the layout of `terraform providers mirror`; None for the registry, or for whatever the
            user's own CLI configuration says.
        because: how it was found, for the user.
        settings: the user's own CLI configuration, used as it is when it says how to install providers.
    """

    mirror: Path | None
    because: str
    settings: Path | None = None

    @property
    def description(self) -> str:
        """One line for the user."""
        if self.mirror is not None:
            return f"provider mirror {self.mirror} ({self.because})"
        return self.because


def find_provider(binary: Binary, variables: Mapping[str, str] | None = None) -> ProviderSource:
    """Decide where the AWS provider comes from.

    In this order: `HOLDFAST_PROVIDER_MIRROR`; the user's own CLI configuration when it has a `provider_installation`
    block; the folders Terraform itself looks in; the first folder under /opt, /usr/share and /usr/local/share that
    holds the provider; the registry.

    Raises:
        ProviderMirrorNotUsable: `HOLDFAST_PROVIDER_MIRROR` names something that does not hold the provider.
    """
    variables = os.environ if variables is None else variables
    named = variables.get("HOLDFAST_PROVIDER_MIRROR")
    if named:
        return _named(Path(named).expanduser(), binary)
    settings = _own_settings(variables)
    if settings is not None:
        return ProviderSource(None, f"your own CLI configuration {settings}", settings)
    for folder in _implied(variables):
        if _holds(folder, binary):
            return ProviderSource(folder.absolute(), "a folder Terraform looks in")
    for folder in _searched():
        if _holds(folder, binary):
            return ProviderSource(folder, "found on this machine")
    return ProviderSource(None, f"the registry {binary.registry}")


def cli_configuration(source: ProviderSource, binary: Binary) -> str:
    """Terraform's CLI configuration for a source: the mirror for the AWS provider, the registry for all others.

    The AWS provider is excluded from the direct method: Terraform asks every method that covers a provider, and a
    registry that cannot be reached would fail the whole.
    """
    if source.mirror is None:
        return "provider_installation {\n  direct {}\n}\n"
    provider = json.dumps([f"{binary.registry}/{PROVIDER}"])
    return (
        "provider_installation {\n"
        f"  filesystem_mirror {{\n    path    = {json.dumps(str(source.mirror))}\n    include = {provider}\n  }}\n"
        f"  direct {{\n    exclude = {provider}\n  }}\n"
        "}\n"
    )


def _named(folder: Path, binary: Binary) -> ProviderSource:
    if not folder.is_dir():
        raise ProviderMirrorNotUsable(path=folder, problem="there is no such folder", platform=binary.platform)
    if not _holds(folder, binary):
        raise ProviderMirrorNotUsable(
            path=folder,
            problem=f"it holds no {binary.registry}/{PROVIDER} of a version >= 5.100.0, < 7.0.0 for {binary.platform}",
            platform=binary.platform,
        )
    return ProviderSource(folder.absolute(), "HOLDFAST_PROVIDER_MIRROR")


def _own_settings(variables: Mapping[str, str]) -> Path | None:
    """The user's CLI configuration, if it exists and says how to install providers.

    TF_CLI_CONFIG_FILE may name a file that does not exist; Terraform warns and goes on, and so does this.
    """
    named = variables.get("TF_CLI_CONFIG_FILE")
    path = Path(named) if named else _home(variables) / ".terraformrc"
    try:
        return path if "provider_installation" in path.read_text(encoding="utf-8") else None
    except (OSError, ValueError):
        return None


def _implied(variables: Mapping[str, str]) -> Iterator[Path]:
    """The implied local mirror directories of Terraform.

    https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
    """
    home = _home(variables)
    yield Path("terraform.d/plugins")
    yield home / ".terraform.d" / "plugins"
    if sys.platform == "darwin":
        yield home / "Library/Application Support/io.terraform/plugins"
        yield Path("/Library/Application Support/io.terraform/plugins")
        return
    yield Path(variables.get("XDG_DATA_HOME") or home / ".local/share") / "terraform" / "plugins"
    for folder in (variables.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":"):
        if folder:
            yield Path(folder) / "terraform" / "plugins"


def _searched() -> Iterator[Path]:
    for root in _SEARCHED:
        try:
            yield from (each for each in sorted(Path(root).iterdir()) if each.is_dir())
        except OSError:
            continue


def _home(variables: Mapping[str, str]) -> Path:
    return Path(variables.get("HOME") or Path.home())


def _holds(folder: Path, binary: Binary) -> bool:
    """Whether a mirror has an acceptable version for this platform, unpacked or as an archive."""
    provider = folder / binary.registry / PROVIDER
    try:
        names = [each.name for each in provider.iterdir()]
        if any(_acceptable(name) and (provider / name / binary.platform).is_dir() for name in names):
            return True
    except OSError:
        return False
    archive = re.compile(rf"terraform-provider-aws_(.+)_{re.escape(binary.platform)}\.zip")
    return any(found is not None and _acceptable(found[1]) for found in map(archive.fullmatch, names))


def _acceptable(version: str) -> bool:
    parts = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)
    return parts is not None and OLDEST <= (int(parts[1]), int(parts[2]), int(parts[3])) < BELOW
