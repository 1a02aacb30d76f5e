from __future__ import annotations

import pytest

from holdfast.backupsets.errors import BadTenant, NoTenants, UnknownDataset
from holdfast.drills.engine import run
from holdfast.drills.errors import (
    DatasetNeeded,
    DatasetNotUsed,
    DrillNotConfirmed,
    ScenarioNotDrilled,
    UnknownDrillKind,
)
from holdfast.drills.preflight import admit
from holdfast.drills.spec import DrillSpec
from holdfast.environments.model import Scenario

SPEC = DrillSpec(environment="sandbox", kind="directory", dataset="project")


def check(ground, confirm=None, **changes):
    return admit(SPEC.model_copy(update=changes), ground.environment, {"directory": ground.kind}, confirm=confirm)


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"kind": "magic"}, UnknownDrillKind, "no drill kind 'magic'; allowed: directory"),
        ({"dataset": None}, DatasetNeeded, "name it with --dataset (allowed: project, configuration, "),
        ({"dataset": "no-such-dataset"}, UnknownDataset, "project"),
        ({"tenant": "acme"}, NoTenants, "does not tell tenants apart"),
        ({"dataset": "exports", "tenant": "../other"}, BadTenant, "'../other'"),
        ({"dataset": "exports", "tenant": "_"}, BadTenant, "'_'"),
        ({"scenario": Scenario.KEY_LOSS}, ScenarioNotDrilled, "allowed: corruption, region_loss"),
    ],
)
def test_what_can_be_wrong_is_one_error_that_says_what_is_allowed(ground, changes, error, said):
    with pytest.raises(error) as caught:
        check(ground, **changes)
    assert said in caught.value.message


def test_a_refused_drill_writes_nothing_at_all(ground):
    with pytest.raises(UnknownDataset):
        run(SPEC.model_copy(update={"dataset": "no-such-dataset"}), ground.surroundings)
    assert not ground.home.exists()


@pytest.mark.parametrize("confirm", [None, "", "PROD", "production", "prod "])
def test_an_environment_that_is_no_sandbox_must_be_confirmed_by_its_very_name(ground, confirm):
    ground.environment = ground.environment.model_copy(update={"sandbox": False, "environment": "prod"})
    with pytest.raises(DrillNotConfirmed, match="--confirm prod"):
        check(ground, confirm=confirm)
    assert check(ground, confirm="prod").kind == "directory"


def test_the_scenario_and_the_responsible_person_are_settled(ground):
    admitted = check(ground)
    assert admitted.scenario is Scenario.CORRUPTION
    assert admitted.responsible == "platform-recovery"
    assert check(ground, responsible="Ada").responsible == "Ada"


@pytest.mark.parametrize("changes", [{}, {"dataset": None, "tenant": "acme"}, {"dataset": None, "sample": 3}])
def test_a_kind_of_the_whole_environment_takes_no_dataset(ground, changes):
    ground.kind.restores_dataset = False
    with pytest.raises(DatasetNotUsed, match="takes no --"):
        check(ground, **changes)


def test_a_kind_without_scenarios_takes_none(ground):
    ground.kind.scenarios = ()
    assert check(ground).scenario is None
    with pytest.raises(ScenarioNotDrilled, match="allowed: none"):
        check(ground, scenario=Scenario.CORRUPTION)
