"""What a drill refuses before it restores anything."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from holdfast.backupsets.layout import folder_of
from holdfast.drills.composing import (
    ChecksDataset,
    ChoosesDataset,
    Conducting,
    MayTakeDataset,
    NeedsTenant,
    RestoresWhole,
    Wrapping,
    kind_for,
)
from holdfast.drills.errors import (
    BudgetExceeded,
    DatasetNeeded,
    DatasetNotUsed,
    DrillNotConfirmed,
    OptionNotTaken,
    ScenarioNotDrilled,
    ScratchNotUsable,
    TenantNeeded,
)
from holdfast.drills.game_day.errors import GameDayNeeded, GameDayNotUsed
from holdfast.drills.interface import Kind, Selection
from holdfast.drills.spec import DrillSpec
from holdfast.environments.model import Environment

_OPTIONS = {"dataset": "--dataset", "tenant": "--tenant", "set_id": "--set", "sample": "--sample"}
"""What says in a spec which part of an environment is meant, and the option it is given by."""


def admit(spec: DrillSpec, environment: Environment, kinds: Mapping[str, Kind], *, confirm: str | None) -> DrillSpec:
    """Check what can be checked without asking anybody, and fill in the defaults.

    Returns:
        The spec with its scenario and responsible person settled.

    Raises:
        UnknownDrillKind, DrillNotConfirmed, ScenarioNotDrilled, DatasetNeeded, DatasetNotUsed, OptionNotTaken,
        UnknownDataset, NoTenants, BadTenant: one for each thing that can be wrong with a spec.
        InputError: what a kind says of a dataset it cannot restore.
    """
    kind = kind_for(spec, kinds)
    if confirm != environment.environment and (confirm is not None or not environment.sandbox):
        raise DrillNotConfirmed(environment=environment.environment, confirm=confirm or "")
    by_default = kind.scenarios if kind.restores_dataset or isinstance(kinds[spec.kind], Wrapping) else ()
    scenario = spec.scenario or next(iter(by_default), None)
    if scenario is not None and scenario not in kind.scenarios:
        allowed = ", ".join(kind.scenarios) or "none, leave --scenario out"
        raise ScenarioNotDrilled(kind=kind.name, scenario=str(scenario), allowed=allowed)
    if kind.restores_dataset and spec.dataset is None and isinstance(kind, ChoosesDataset):
        spec = spec.model_copy(update={"dataset": kind.dataset_of(environment)})
    if (spec.game_day is None) == isinstance(kind, Conducting):
        raise GameDayNeeded(kind=spec.kind) if spec.game_day is None else GameDayNotUsed(kind=spec.kind)
    _check_scope(spec, kind, environment)
    responsible = spec.responsible or environment.evidence.responsible
    return spec.model_copy(update={"scenario": scenario, "responsible": responsible})


def check_budget(selection: Selection, spec: DrillSpec, target: Path) -> None:
    """Refuse a restore that is larger than allowed, or than the disk.

    Raises:
        BudgetExceeded: naming the limit.
        ScratchNotUsable: when nobody can say how much is free.
    """
    needed = selection.restore_bytes
    if spec.max_bytes is not None and needed > spec.max_bytes:
        raise BudgetExceeded(needed=needed, what="budget (--max-bytes)", limit=spec.max_bytes)
    try:
        free = shutil.disk_usage(target).free
    except OSError as error:
        raise ScratchNotUsable(path=target, problem=error.strerror) from error
    if needed > free:
        raise BudgetExceeded(needed=needed, what="free disk space", limit=free)


def _check_scope(spec: DrillSpec, kind: Kind, environment: Environment) -> None:
    is_optional = isinstance(kind, MayTakeDataset) and kind.may_take_dataset
    if not kind.restores_dataset and (not is_optional or spec.dataset is None):
        _refuse_scope(spec)
    elif spec.dataset is None:
        raise DatasetNeeded(kind=spec.kind, allowed=", ".join(each.name for each in environment.datasets))
    else:
        _refuse_parts(spec, kind)
        folder_of(environment, spec.dataset, spec.tenant)
        if isinstance(kind, ChecksDataset):
            kind.require_dataset(environment, spec.dataset)
        if spec.tenant is None and isinstance(kind, NeedsTenant) and kind.needs_tenant:
            raise TenantNeeded(kind=spec.kind)


def _refuse_parts(spec: DrillSpec, kind: Kind) -> None:
    if isinstance(kind, RestoresWhole):
        for field in kind.not_taken:
            if getattr(spec, field) is not None:
                raise OptionNotTaken(kind=spec.kind, whole=kind.whole, option=_OPTIONS[field])


def _refuse_scope(spec: DrillSpec) -> None:
    for field, option in _OPTIONS.items():
        if getattr(spec, field) is not None:
            raise DatasetNotUsed(kind=spec.kind, option=option)
