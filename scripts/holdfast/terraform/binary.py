"""Which terraform: the one named, the one fetched, or the one on PATH, and new enough."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from holdfast.terraform.errors import TerraformNotFound, TerraformNotUsable, TerraformTooOld

MINIMUM = {"terraform": (1, 11), "tofu": (1, 10)}
"""S3 state with its own lock file is stable from these versions on."""

_REGISTRY = {"terraform": "registry.terraform.io", "tofu": "registry.opentofu.org"}
_SAYS = re.compile(r"^(?P<product>Terraform|OpenTofu) v(?P<version>\d+\.\d+\.\S+)\s+on (?P<platform>\w+)", re.MULTILINE)
_VERSION_SECONDS = 30


@dataclass(frozen=True)
class Binary:
    """A usable terraform or tofu.

    Args:
        path: the program.
        product: `terraform` or `tofu`.
        version: as it says, such as `1.11.4`.
        platform: such as `linux_amd64`, in the words of a provider mirror.
    """

    path: Path
    product: str
    version: str
    platform: str

    @property
    def registry(self) -> str:
        """The host it looks providers up at when a configuration names none."""
        return _REGISTRY[self.product]


def find_binary(home: Path, variables: Mapping[str, str] | None = None) -> Binary:
    """Find terraform ≥ 1.11 or tofu ≥ 1.10.

    `HOLDFAST_TERRAFORM` decides alone; else `home/bin`, where scripts/fetch-terraform puts it, then PATH.

    Args:
        home: Holdfast's folder.
        variables: the environment variables to go by; this process's own by default.

    Raises:
        TerraformNotFound, TerraformTooOld, TerraformNotUsable.
    """
    variables = os.environ if variables is None else variables
    named = variables.get("HOLDFAST_TERRAFORM")
    if named:
        path = shutil.which(named)
        if path is None:
            raise TerraformNotUsable(path=f"HOLDFAST_TERRAFORM={named}", problem="there is no such program")
        return _checked(Path(path))
    problems: list[TerraformTooOld | TerraformNotUsable] = []
    for candidate in _candidates(home, variables.get("PATH", "")):
        try:
            return _checked(candidate)
        except (TerraformTooOld, TerraformNotUsable) as error:
            problems.append(error)
    if problems:
        raise problems[0]
    raise TerraformNotFound(looked=f"{home / 'bin'} and PATH")


def _candidates(home: Path, path: str) -> Iterator[Path]:
    for folder in (str(home / "bin"), path):
        for product in MINIMUM:
            found = shutil.which(product, path=folder)
            if found:
                yield Path(found)


def _checked(path: Path) -> Binary:
    try:
        answer = subprocess.run(
            [path, "version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=_VERSION_SECONDS,
            stdin=subprocess.DEVNULL,
            env={"PATH": os.defpath, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull},
        )
    except OSError as error:
        raise TerraformNotUsable(path=path, problem=error.strerror or error) from error
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise TerraformNotUsable(path=path, problem=f"`version` did not answer: {error}") from error
    said = _SAYS.search(answer.stdout)
    if answer.returncode or said is None:
        raise TerraformNotUsable(path=path, problem="`version` did not print a version")
    product = "terraform" if said["product"] == "Terraform" else "tofu"
    return _new_enough(Binary(path.absolute(), product, said["version"], said["platform"]))


def _new_enough(binary: Binary) -> Binary:
    minimum = MINIMUM[binary.product]
    major, minor = binary.version.split(".")[:2]
    if (int(major), int(minor)) < minimum:
        raise TerraformTooOld(
            path=binary.path,
            product=binary.product,
            version=binary.version,
            minimum=".".join(str(number) for number in minimum),
        )
    return binary
