"""A game day from its file. Every mistake is one error that names file, line, the value and what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from graphlib import CycleError
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from holdfast.drills.composing import Conducting
from holdfast.drills.game_day.errors import GameDayFileError
from holdfast.drills.game_day.plan import GameDay, Part
from holdfast.drills.interface import Kind
from holdfast.drills.preflight import admit
from holdfast.drills.spec import DrillSpec
from holdfast.environments.model import Environment
from holdfast.environments.reading import read_file
from holdfast.environments.written import Written
from holdfast.errors import InputError, Source


def load_game_day(path: Path, environment: Environment, kinds: Mapping[str, Kind]) -> GameDay:
    """Read and check a game day.

    Args:
        path: the YAML file.
        environment: whose datasets and tenants its steps name.
        kinds: the kinds there are.

    Raises:
        UnreadableEnvironmentFile: it cannot be read, or is not YAML.
        GameDayFileError: it says something that is not allowed, or a step would be refused as a drill.
    """
    root = read_file(path)
    try:
        game_day = GameDay.model_validate(root.plain())
    except ValidationError as error:
        raise _from_validation(error, root) from None
    steps = root.mapping["steps"].items
    names = [part.name for part in game_day.steps]
    for part, written in zip(game_day.steps, steps, strict=True):
        if names.count(part.name) > 1:
            raise _wrong(_at(written, "name"), "name", "two steps have this name", part.name, "a name of its own")
        for other in part.after:
            if other not in names or other == part.name:
                allowed = ", ".join(name for name in names if name != part.name) or "nothing, it is the only step"
                raise _wrong(_at(written, "after"), "after", "there is no such other step", other, allowed)
    try:
        game_day.in_order()
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        where = next(each for part, each in zip(game_day.steps, steps, strict=True) if part.name in error.args[1])
        raise _wrong(_at(where, "after"), "after", "the steps depend on each other", circle, "no circle") from None
    for part, written in zip(game_day.steps, steps, strict=True):
        _check_drill(part, written, environment, kinds)
    return game_day


def spec_of(part: Part, environment: str, *, part_of: str | None = None, seed: int = 0, **more: Any) -> DrillSpec:
    """A part as the drill it is."""
    return DrillSpec(
        environment=environment,
        kind=part.kind,
        dataset=part.dataset,
        tenant=part.tenant,
        scenario=part.scenario,
        around=part.of,
        sample=part.sample,
        seed=seed,
        part_of=part_of,
        **more,
    )


def _check_drill(part: Part, written: Written, environment: Environment, kinds: Mapping[str, Kind]) -> None:
    """Whether the part would be admitted as a drill of its own."""
    composed = sorted(name for name, kind in kinds.items() if not isinstance(kind, Conducting))
    if part.kind not in composed:
        near = difflib.get_close_matches(part.kind, composed, n=1)
        allowed = ", ".join(composed) + (f"; did you mean {near[0]}?" if near else "")
        raise _wrong(_at(written, "kind"), "kind", "no such kind can be a step", part.kind, allowed)
    try:
        admit(spec_of(part, environment.environment), environment, kinds, confirm=environment.environment)
    except InputError as error:
        field = _FIELD_OF.get(type(error).__name__, "kind")
        value = getattr(part, field) or ""
        hint = error.hint or "see holdfast drill list"
        raise _wrong(_at(written, field), field, error.message, value, "what that kind of drill takes", hint) from None


_FIELD_OF = {
    "UnknownDataset": "dataset",
    "DatasetNeeded": "dataset",
    "DatasetNotUsed": "dataset",
    "NoTenants": "tenant",
    "BadTenant": "tenant",
    "TenantNeeded": "tenant",
    "ScenarioNotDrilled": "scenario",
    "NotWrapped": "of",
}


def _from_validation(error: ValidationError, root: Written) -> GameDayFileError:
    """The first thing that is wrong, with the line of the value, or of the closest thing around it."""
    first = error.errors()[0]
    where, path = root, []
    for step in first["loc"]:
        path.append(str(step))
        below: Written | None = None
        if isinstance(step, int) and step < len(where.items):
            below = where.items[step]
        elif isinstance(step, str):
            below = where.mapping.get(step)
        if below is None:
            break
        where = below
    value = first.get("input")
    return _wrong(where.source, ".".join(path), first["msg"].lower(), _short(value), "see docs/drills.md, Game day")


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _at(step: Written, field: str) -> Source:
    """The line of a field, or of the step that lacks it."""
    found = step.mapping.get(field)
    return found.source if found else step.source


def _wrong(
    source: Source, field: str, problem: str, value: object, allowed: str, hint: str | None = None
) -> GameDayFileError:
    return GameDayFileError(source=source, field=field, problem=problem, value=value, allowed=allowed, hint=hint)
