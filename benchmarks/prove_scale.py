"""How long proofs take: 1 000 datasets with 10 rules each.

    python benchmarks/prove_scale.py [SHAPE…]

Three shapes: all datasets in one tier (schedules shared by all), in 20 tiers (200 schedules), and each in a tier of its
own (10 000 different schedules in six time zones). Each is measured in a process of its own, nothing cached before.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

DATASETS, RULES = 1_000, 10
SHAPES = {"one tier": 1, "20 tiers": 20, "a tier each": DATASETS}
ZONES = ("UTC", "America/New_York", "Europe/Berlin", "Australia/Sydney", "Pacific/Auckland", "Asia/Kolkata")
KINDS = ("rds", "dynamodb", "files", "ebs", "s3")


def expressions(dice):
    """Ten schedules as people mix them: hourly to yearly."""
    minute, hour = (lambda: dice.randrange(60)), (lambda: dice.randrange(24))
    day = dice.randrange(1, 29)
    return [
        f"cron({minute()} * * * ? *)",
        f"cron({minute()} {dice.randrange(6)}/6 * * ? *)",
        f"cron({minute()} {hour()} * * ? *)",
        f"cron({minute()} {hour()},{hour()} * * ? *)",
        f"cron({minute()} {hour()} ? * MON-FRI *)",
        f"cron({minute()} {hour()} ? * {dice.randrange(1, 8)} *)",
        f"cron({minute()} {hour()} {day} * ? *)",
        f"cron({minute()} {hour()} L * ? *)",
        f"cron({minute()} {hour()} ? * {dice.randrange(1, 8)}#{dice.randrange(1, 5)} *)",
        f"cron({minute()} {hour()} {day} {dice.randrange(1, 13)} ? *)",
    ]


def declaration(tiers):
    from holdfast.objectives.declaration import Copy, Dataset, Declaration, Key, Rule, Tier, Vault
    from holdfast.objectives.proof import Assumption, Scenario
    from holdfast.objectives.schedule import parse_schedule

    dice, day, hour = random.Random(7), timedelta(days=1), timedelta(hours=1)  # noqa: S311 - repeatable, not secret
    found = {}
    for number in range(tiers):
        zone = dice.choice(ZONES)
        rules = tuple(
            Rule(
                f"rule-{index}",
                (35 + index) * day,
                parse_schedule(expression, zone),
                completion_window=dice.choice((2, 3, 8)) * hour,
                copy=Copy((35 + index) * day),
            )
            for index, expression in enumerate(expressions(dice))
        )
        limits = dict.fromkeys(Scenario, day)
        found[f"tier-{number}"] = Tier(f"tier-{number}", rules, limits, limits)
    vault, key = Vault(day, 365 * day), Key(30 * day, guarded=True)
    return Declaration(
        now=datetime.now(UTC),
        tiers=found,
        datasets=tuple(
            Dataset(f"dataset-{number}", KINDS[number % len(KINDS)], f"tier-{number % tiers}")
            for number in range(DATASETS)
        ),
        primary_vault=vault,
        recovery_vault=vault,
        primary_key=key,
        recovery_key=key,
        copy_time=Assumption("copy time", hour),
        restore_time=Assumption("restore time", hour),
    )


def measure(name):
    from holdfast.objectives.proving import prove

    declared = declaration(SHAPES[name])
    began, worked = time.perf_counter(), time.process_time()
    report = prove(declared)
    took, busy = time.perf_counter() - began, time.process_time() - worked
    print(
        f"{name:12} {DATASETS} datasets x {RULES} rules, {SHAPES[name] * RULES:>6} schedules: "
        f"{took:5.2f} s ({busy:5.2f} s of CPU), {len(report.proofs)} proofs, {report.verdict}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", help=f"of: {', '.join(SHAPES)}; all of them unless told")
    parser.add_argument("--measure", choices=SHAPES, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if unknown := set(asked.shapes) - SHAPES.keys():
        parser.error(f"no such shape: {', '.join(sorted(unknown))}; it is one of: {', '.join(SHAPES)}")
    if asked.measure:
        measure(asked.measure)
        return
    for shape in asked.shapes or SHAPES:
        subprocess.run([sys.executable, __file__, "--measure", shape], check=True)


if __name__ == "__main__":
    main()
