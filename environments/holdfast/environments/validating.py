"""Everything that can be said about an environment file today: its errors, and what deserves a second thought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from holdfast.environments.errors import InvalidEnvironment, Problem
from holdfast.environments.faults import Fault
from holdfast.environments.layers import Layers, environment_names, misnamed_files, read_layers
from holdfast.environments.loading import build, in_order, misnamed
from holdfast.environments.model import Environment, LockMode
from holdfast.environments.problems import from_validation
from holdfast.errors import EnvironmentFileError

LONGEST_EXCLUSION = timedelta(days=2 * 365 + 1)
_SOON = timedelta(days=30)


@dataclass(frozen=True)
class Validation:
    """The outcome for one file."""

    name: str
    abstract: bool
    error: EnvironmentFileError | None = None
    warnings: tuple[Problem, ...] = ()

    @property
    def valid(self) -> bool:
        """Nothing is wrong; warnings do not count."""
        return self.error is None

    def document(self) -> dict[str, Any]:
        """The outcome as plain JSON values."""
        return {
            "name": self.name,
            "valid": self.valid,
            "abstract": self.abstract,
            "error": self.error.document() if self.error else None,
            "warnings": [each.document() for each in self.warnings],
        }


def validate_folder(folder: Path, today: date) -> list[Validation]:
    """Validate every file of the folder as of `today`, those that are never read included.

    Raises:
        NoEnvironments: the folder is missing or holds none.
    """
    found = [validate_environment(name, folder, today) for name in environment_names(folder)]
    return found + [Validation(error.values["value"], abstract=False, error=error) for error in misnamed_files(folder)]


def validate_environment(name: str, folder: Path, today: date) -> Validation:
    """Validate one file as of `today`.

    Raises:
        BadEnvironmentName, UnknownEnvironment, NoEnvironments: there is no such file.
    """
    abstract = False
    try:
        layers = read_layers(name, folder)
        abstract = layers.abstract
        warnings = _validate_part(layers) if abstract else _validate_whole(layers, today)
    except EnvironmentFileError as error:
        return Validation(name, abstract, error)
    return Validation(name, abstract, warnings=warnings)


def _validate_part(layers: Layers) -> tuple[Problem, ...]:
    """A file that is only extended may lack anything, but what it says has to be right."""
    problems = misnamed(layers)
    try:
        Environment.model_validate(layers.merged.plain())
    except ValidationError as error:
        problems += from_validation(error, layers.merged, missing=False)
    if problems:
        raise InvalidEnvironment(in_order(problems, layers.files))
    return ()


def _validate_whole(layers: Layers, today: date) -> tuple[Problem, ...]:
    loaded = build(layers)
    expired = [loaded.problem(each) for each in _dates(loaded.environment, today)]
    if expired:
        raise InvalidEnvironment(in_order(expired, layers.files))
    return tuple(loaded.problem(each) for each in _second_thoughts(loaded.environment, today))


def _dates(environment: Environment, today: date) -> Iterator[Fault]:
    for each in environment.exclusions:
        path = f"exclusions.{each.dataset}.until"
        latest = today + LONGEST_EXCLUSION
        if each.until < today:
            hint = "decide again: protect it, or write a new date"
            yield Fault(path, "the exclusion has run out", str(each.until), f"{today} to {latest}", hint)
        elif each.until > latest:
            hint = "an exclusion is looked at again at least every two years"
            yield Fault(path, "is too far away", str(each.until), f"{today} to {latest}", hint)
    assumed = environment.assumptions
    for name in ("copy_time", "rds_replication_lag", "restore_time"):
        each_assumed = getattr(assumed, name)
        if each_assumed.on is not None and each_assumed.on > today:
            path = f"assumptions.{name}.on"
            yield Fault(
                path, "is in the future", str(each_assumed.on), f"a day up to {today}", "write the day it was found"
            )


def unapproved(environment: Environment) -> Iterator[Fault]:
    """That nobody may approve a restore, so that none is made: what no template can know, and no proof can make up."""
    if not environment.sandbox and not environment.restore.approvers:
        hint = (
            "write restore.approvers: [{principal: ARN, key: …}] with the key `holdfast restore key` prints for each "
            "second person, before the day it is needed"
        )
        yield Fault("restore.approvers", "nobody may approve, so every restore is refused", "nobody", "a person", hint)


def _second_thoughts(environment: Environment, today: date) -> Iterator[Fault]:
    for each in environment.exclusions:
        if each.until <= today + _SOON:
            hint = "decide before then: protect it, or write a new date"
            yield Fault(f"exclusions.{each.dataset}.until", "runs out soon", str(each.until), "a later day", hint)
    if environment.sandbox:
        return
    yield from unapproved(environment)
    if environment.accounts.workload == environment.accounts.backup:
        hint = "whoever takes over the workload's account reaches the copies as well"
        yield Fault(
            "accounts.backup", "is the workload's account", environment.accounts.backup, "an account of its own", hint
        )
    if environment.state is None:
        hint = "a local state file is lost with the machine it lies on"
        yield Fault("state", "there is no state bucket", "nothing", "an S3 bucket outside the primary Region", hint)
    if environment.lock.mode is LockMode.GOVERNANCE:
        hint = "whoever has s3:BypassGovernanceRetention can delete history early"
        yield Fault("lock.mode", "does not bind everybody", environment.lock.mode, "COMPLIANCE", hint)
    if environment.keys.rotation > timedelta(days=90):
        got = f"{environment.keys.rotation.days}d"
        yield Fault("keys.rotation", "is longer than the house asks for", got, "90d", "rotate at least every 90 days")
