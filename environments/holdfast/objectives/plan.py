"""Which runs the rules of one backup plan make, told by their schedules and start windows alone."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from holdfast.objectives.horizon import Horizon
from holdfast.objectives.occurrences import layers
from holdfast.objectives.schedule import Cron
from holdfast.objectives.thinning import Points, Windows


class Planned(NamedTuple):
    """A rule of a plan.

    Attributes:
        schedule: when it runs.
        start_window: minutes from the scheduled time within which a run begins.
        precedence: retention the rule asks for; of overlapping runs AWS Backup makes the one kept longest.
    """

    schedule: Cron
    start_window: int
    precedence: timedelta


@lru_cache(maxsize=4096)
def runs_made(plan: tuple[Planned, ...], horizon: Horizon, *, dropping: bool) -> tuple[tuple[Points, ...], ...]:
    """The runs each rule makes for sure, in the order of `plan`.

    Args:
        plan: the rules; of two that keep equally long the earlier one goes first.
        horizon: the days looked at.
        dropping: whether overlapping runs are dropped, as AWS Backup does.
    """
    made: dict[int, tuple[Points, ...]] = {}
    ahead = Windows()
    for index in sorted(range(len(plan)), key=lambda index: plan[index].precedence, reverse=True):
        rule = plan[index]
        points = [
            Points(layer.days, layer.minutes, rule.start_window + layer.again, layer.again)
            for layer in layers(rule.schedule, horizon)
        ]
        made[index] = tuple(ahead.leave(points) if dropping else points)
        ahead.add(points)
    return tuple(made[index] for index in range(len(plan)))
