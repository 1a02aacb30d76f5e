"""What AWS Backup refuses in a backup plan, found before it does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from holdfast.objectives.declaration import Declaration, Rule
from holdfast.objectives.horizon import DAY, Horizon
from holdfast.objectives.occurrences import local_dates
from holdfast.objectives.proof import Proof, Verdict, spell
from holdfast.objectives.schedule import Cron
from holdfast.objectives.services import Mechanism

MINIMUM = timedelta(minutes=60)
"""Shortest start window ("it must be at least 60 minutes to avoid errors": API_BackupRule.html), shortest time from its
end to the end of the completion window, and shortest interval between runs ("The interval between backup jobs shouldn't
be less than 60 minutes", as the service answers: repost.aws/questions/QUwYlivOoWTHi1nSuSGjTVFg)."""


def prove_plan_limits(declaration: Declaration, horizon: Horizon) -> Iterator[Proof]:
    """Every scheduled rule that AWS Backup runs for some dataset."""
    used = {each.tier for each in declaration.datasets if each.service.mechanism is Mechanism.AWS_BACKUP}
    for tier in declaration.tiers.values():
        for rule in tier.rules if tier.name in used else ():
            if not rule.continuous:
                yield _prove(f"plan.{tier.name}.{rule.name}", f"{tier.name}/{rule.name}", rule, horizon)


def _prove(name: str, subject: str, rule: Rule, horizon: Horizon) -> Proof:
    if not isinstance(rule.schedule, Cron):
        because = "AWS Backup takes cron expressions only (github.com/hashicorp/terraform-provider-aws/issues/8269)"
        return Proof(name, subject, Verdict.REFUTED, because)
    figures = {
        "start window": rule.start_window,
        "completion window beyond the start window": rule.completion_window - rule.start_window,
        "shortest interval between runs": shortest_interval(rule.schedule, horizon),
    }
    what, least = min(figures.items(), key=lambda figure: figure[1])
    verdict = Verdict.PROVED if least >= MINIMUM else Verdict.REFUTED
    because = f"AWS Backup asks for 60 min or more; {what}: {spell(least)}"
    return Proof(name, subject, verdict, because, None, least, MINIMUM)


def shortest_interval(schedule: Cron, horizon: Horizon) -> timedelta:
    """The shortest interval between two runs on the clock of the schedule's own time zone, clock changes left out."""
    minutes = schedule.minutes
    gaps = [later - earlier for earlier, later in pairwise(minutes)]
    days = local_dates(schedule.dates, horizon)
    overnight = minutes[0] + DAY - minutes[-1]
    return timedelta(minutes=min([*gaps, overnight if days & days >> 1 else DAY], default=DAY))
