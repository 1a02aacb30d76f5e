"""The kinds of drill there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast.drills.access_control.kind import AccessControl
from holdfast.drills.aws_backup.kind import AwsBackup
from holdfast.drills.composing import ChoosesDataset, Conducting, MayTakeDataset, NeedsTenant, RestoresWhole, Wrapping
from holdfast.drills.configuration.kind import ConfigurationRestore
from holdfast.drills.dynamodb.kind import DynamodbPitr
from holdfast.drills.ebs.kind import Ebs
from holdfast.drills.game_day.kind import GameDay
from holdfast.drills.immutability import Immutability
from holdfast.drills.interface import Kind
from holdfast.drills.key_loss.kind import KeyLoss
from holdfast.drills.object_recovery import ObjectRecovery
from holdfast.drills.postgres.kind import PostgresPitr
from holdfast.drills.rds.kind import RdsInstance
from holdfast.drills.region_loss.kind import RegionLoss
from holdfast.drills.replication.kind import Replication
from holdfast.drills.tenant.kind import TenantRestore

_ALL: tuple[Kind, ...] = (
    ObjectRecovery(),
    PostgresPitr(),
    AwsBackup(),
    DynamodbPitr(),
    RdsInstance(),
    Ebs(),
    ConfigurationRestore(),
    TenantRestore(),
    KeyLoss(),
    Replication(),
    Immutability(),
    AccessControl(),
    RegionLoss(),
    GameDay(),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
"""By name. A kind that is not in this table does not exist."""


def describe(kind: Kind) -> dict[str, Any]:
    """A kind as one row of `holdfast drill list`."""
    return {
        "kind": kind.name,
        "proves": kind.proves,
        "scenarios": [scenario.value for scenario in kind.scenarios],
        "restores_dataset": kind.restores_dataset,
        "works_on": works_on(kind),
    }


def works_on(kind: Kind) -> str:
    """What a kind is run on, and the option that says which."""
    if isinstance(kind, Conducting):
        return "the steps of a file (--file)"
    if isinstance(kind, Wrapping):
        return "what the kind it wraps works on (--of)"
    if isinstance(kind, NeedsTenant) and kind.needs_tenant:
        return "one tenant of a dataset (--dataset, --tenant)"
    if isinstance(kind, ChoosesDataset):
        return "the dataset of kind configuration"
    if isinstance(kind, RestoresWhole) and "tenant" in kind.not_taken:
        return "one dataset (--dataset)"
    if kind.restores_dataset:
        return "one dataset, or one tenant of it (--dataset, --tenant)"
    if isinstance(kind, MayTakeDataset):
        return "the whole environment, and the locks of one dataset or tenant if one is named"
    return "the whole environment"
