"""The most that can be lost, found by going through two years: the other half of the calendar that knows nothing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from every_minute import AROUND, DAYS, runs_of

END = DAYS * 1440
BEFORE = (AROUND + 1) * 1440


@dataclass(frozen=True)
class Rule:
    """A rule as people write it; windows in minutes, `keep` decides which of two overlapping runs is made."""

    expression: str
    timezone: str = "UTC"
    start: int = 60
    complete: int = 120
    keep: int = 90
    counts: bool = True

    @property
    def usable(self):
        return self.start + self.complete


def made(rules, *, one_plan=True):
    """Runs of the rules that count: pairs of rule and run. Of two rules that keep as long, the first is made."""
    ranked = sorted(rules, key=lambda rule: -rule.keep)
    taken = bytearray(END + 2 * BEFORE)
    found = []
    for rule in ranked:
        runs = runs_of(rule.expression, rule.timezone)
        spans = [(first + BEFORE, max(last + rule.start, first + 1) + BEFORE) for first, last in runs]
        if rule.counts:
            found += [
                (rule, run)
                for run, (begin, end) in zip(runs, spans, strict=True)
                if not one_plan or taken.find(1, begin, end) < 0
            ]
        for begin, end in spans:
            taken[begin:end] = b"\1" * (end - begin)
    return found


def worst(pairs):
    """The most that can be lost within the two years, in minutes, or nothing when there is never a backup.

    Time goes by from one moment at which a backup becomes usable to the next; just before each, as much is lost as the
    newest backup usable by then is old. Every run is as unlucky as it may be: begun at the first pass of its time,
    usable as late as its windows allow after the last.
    """
    useful = []
    for usable, negative in sorted((last + rule.usable, -first) for rule, (first, last) in pairs):
        if not useful or -negative > useful[-1][0]:
            useful.append((-negative, usable))
    inside = [each for each in useful if 0 <= each[0] < END]
    if not inside:
        return None
    links = [later[1] - earlier[0] for earlier, later in pairwise(inside)]
    return max([*links, inside[0][1], END - inside[-1][0]])
