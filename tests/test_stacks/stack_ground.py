"""The shipped environments, and what they synthesize to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from holdfast.environments.loading import load_environment
from holdfast.environments.model import Environment
from holdfast.environments.names import Names

if TYPE_CHECKING:
    from holdfast.stacks.app import SynthesizedStack

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "environments"
GOLDEN = Path(__file__).parent / "golden"
ENVIRONMENTS = ("dev", "staging", "prod", "sandbox")
PARTS = ("recovery", "primary", "access", "drill")
"""What every environment has a stack for; the two that watch are there where somebody is named to be told."""
WATCHES = ("recovery-watch", "watch")
WATCHED = ("dev", "staging", "prod")


def load(name: str) -> Environment:
    return load_environment(name, FOLDER).environment


@dataclass(frozen=True)
class Synthesized:
    """One environment and its stacks."""

    environment: Environment
    folder: Path
    stacks: tuple[SynthesizedStack, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts it has a stack for."""
        return Names(self.environment).parts

    def path(self, part: str) -> Path:
        return self.folder / "stacks" / f"{self.environment.environment}-{part}" / "cdk.tf.json"

    def document(self, part: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.path(part).read_text())
        return document

    def resources(self, *parts: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Type, construct path and arguments of every resource."""
        for part in parts or self.parts:
            for kind, named in self.document(part)["resource"].items():
                for arguments in named.values():
                    yield kind, arguments["//"]["metadata"]["path"], arguments

    def at(self, path: str) -> dict[str, Any]:
        """The arguments of the resource declared at a construct path, such as `recovery/Replica/Lock`."""
        part = path.partition("/")[0]
        wanted = f"{self.environment.environment}-{path}"
        (found,) = (arguments for _, where, arguments in self.resources(part) if where == wanted)
        return found

    def policy(self, path: str) -> dict[str, dict[str, Any]]:
        """The statements of a policy, by Sid."""
        return {each["Sid"]: each for each in json.loads(self.at(path)["policy"])["Statement"]}
