"""Kill a drill of one kind at its points, and go on. Run as a script: it forks twice for every point.

Usage: killed_everywhere.py FOLDER KIND HOW (POINTS | every) [SEED]
       -> one JSON line for every point tried, with what is wrong there, and one that counts, on stdout

FOLDER holds the endpoints of a running sandbox. HOW is one or several of `resume`, `sweep`, `interrupt` and
`terminate`, with commas. With `every`, each of them is tried at every point. POINTS is how many of all points are tried
otherwise, one way each: they lie equally far from each other, and SEED says where the first one lies, so that other
runs try others.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import secrets
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from applied_ground import Applied
from kill_judging import wrong
from kill_points import SIGNALS, Points, read_models_once
from kill_trials import TRIALS, Trial, endpoints_in
from killed_drills import in_child

from holdfast.clock import SystemClock
from holdfast.drills.engine import resume, run
from holdfast.drills.register import Registered, registered
from holdfast.drills.sweep import sweep
from holdfast.environments.model import Environment
from holdfast.evidence.verification import verify

SERVICES = ("s3", "kms", "sts", "iam", "ec2", "dynamodb", "backup", "secretsmanager", "tagging")


class Place:
    """One ground and one home on it, rebuilt in whatever process needs it."""

    def __init__(self, trial: Trial, ground: Path, name: str) -> None:
        self.trial, self.ground, self.folder = trial, ground, ground / name

    def applied(self) -> Applied:
        """With connections of this process's own."""
        environment = Environment.model_validate_json((self.ground / "environment.json").read_text())
        self.folder.mkdir(exist_ok=True, parents=True)
        return self.trial.at(environment, endpoints_in(self.ground.parent), self.folder)

    def with_evidence(self) -> Place:
        """Begin with what was recorded on this ground before, as a machine would that has done it all."""
        kept = self.ground / "evidence"
        if kept.exists():
            shutil.copytree(kept, self.folder / "home" / "evidence")
        return self

    def keep_evidence(self) -> None:
        """Let the next place begin with what lies here now."""
        here, kept = self.folder / "home" / "evidence", self.ground / "evidence"
        shutil.rmtree(kept, ignore_errors=True)
        if here.exists():
            shutil.copytree(here, kept)


def prepare(trial: Trial, folder: Path) -> Path:
    """A ground, made in a process of its own: this one keeps no connection and no thread."""

    def act() -> str:
        ground.mkdir()
        applied = trial.prepare(endpoints_in(folder), ground)
        (ground / "environment.json").write_text(json.dumps(applied.environment.document()))
        return "made"

    ground = folder / f"ground-{secrets.token_hex(4)}"
    made = in_child(act)
    assert made == {"exit": 0, "answer": "made"}, made
    return ground


def struck(place: Place, at: int, number: int) -> dict[str, Any]:
    """The drill, killed at a point: its exit code, and how many points it passed when it was not."""

    def act() -> dict[str, Any]:
        applied = place.applied()
        points = Points(at, number)
        points.install()
        verdict = run(place.trial.spec(applied.environment), applied.surroundings).verdict.value
        return {"verdict": verdict, "points": points.count}

    return in_child(act)


def aftermath(place: Place, how: str) -> dict[str, Any]:
    """What is there after the kill, what going on comes to, and what is there then."""

    def act() -> dict[str, Any]:
        applied = place.applied()
        after = observe(place.trial, applied)
        steps = go_on(place.trial, applied, how)
        settled = observe(place.trial, applied) | unchanged(place.trial, applied)
        return {"after": after, "steps": steps, "settled": settled}

    done = in_child(act)
    return done["answer"] if done["exit"] == 0 else {"steps": [], "broke": done["answer"]}


def go_on(trial: Trial, applied: Applied, how: str) -> list[Any]:
    """Resume what was killed, or sweep twice; an interrupted drill has to have cleaned up by itself."""
    if how == "sweep":
        return [sweep(applied.surroundings).document() for _ in range(2)]
    if how != "resume":
        return []
    dead = [each for each in drills(applied) if each.resumable and each.state.spec.kind == trial.kind]
    return [resume(each.drill_id, applied.surroundings).verdict.value for each in dead]


def observe(trial: Trial, applied: Applied) -> dict[str, Any]:
    """Drills, records and what is left, as this machine and AWS tell."""
    there = drills(applied)
    scratch = applied.home / "scratch"
    return {
        "records": records(applied, {each.drill_id for each in there}),
        "scratch": sorted(each.name for each in scratch.iterdir()) if scratch.is_dir() else [],
        "left": trial.left(applied),
        "drills": [
            {
                "id": each.drill_id,
                "kind": each.state.spec.kind if each.state else None,
                "ended": each.state.ended if each.state else None,
                "done": sorted(each.state.outcomes) if each.state else [],
                "unfinished": each.unfinished,
                "nothing_begun": each.problem.endswith("it holds no complete entry"),
            }
            for each in there
        ],
    }


def unchanged(trial: Trial, applied: Applied) -> dict[str, Any]:
    """What nobody may have changed, and how often was done what is done once."""
    counts = [count for each in drills(applied) for count in trial.once(applied, each.drill_id)]
    return {"untouched": trial.untouched(applied), "once": counts}


def drills(applied: Applied) -> list[Registered]:
    """The drills of this home."""
    return registered(applied.home, applied.environment.environment, SystemClock())


def records(applied: Applied, ids: set[str]) -> list[dict[str, Any]]:
    """What the records of these drills say, once all records here have been verified; without ids and times."""
    folder = applied.home / "evidence" / applied.environment.environment
    if not list(folder.glob("*/0*.json")):
        return []
    found = verify(folder, clock=SystemClock())
    assert found.findings == (), found.findings
    mine = [each for _, each in found.records if each.entry.identity.record_id in ids]
    return [{"drill": each.entry.identity.record_id, "said": _said(each)} for each in mine]


def _said(signed: Any) -> dict[str, Any]:
    entry = signed.entry
    told = {
        "kind": entry.identity.name,
        "verdict": entry.result.verdict.value,
        "checks": sorted(f"{each.id}: {each.outcome.value}" for each in entry.checks),
        "probes": sorted(f"{each.id}: {each.outcome.value}" for each in entry.probes),
        "subjects": sorted([each.name, each.digest.sha256] for each in signed.statement.subject),
        "recovery_point": entry.source.recovery_point.partition("@")[0] if entry.source else None,
    }
    return json.loads(json.dumps(told).replace(entry.identity.record_id, "DRILL"))


def chosen(count: int, ways: list[str], wanted: str, seed: str) -> Iterator[tuple[int, str]]:
    """The points to try, of 1 to `count`, and what to do at each."""
    if wanted == "every":
        yield from itertools.product(range(1, count + 1), ways)
        return
    stride = max(1, count // int(wanted))
    rng = random.Random(seed)  # noqa: S311  repeatable on purpose
    first, turn = rng.randrange(stride) + 1, rng.randrange(len(ways))
    for number, at in enumerate(range(first, count + 1, stride)):
        yield at, ways[(number + turn) % len(ways)]


def main() -> None:
    folder, kind, how, wanted, *more = sys.argv[1:]
    seed = more[0] if more else "0"
    trial = TRIALS[kind]
    sys.dont_write_bytecode = True
    os.fsync = lambda _: None
    read_models_once(*SERVICES)
    ground, reference, count = begin(trial, Path(folder))
    tried = good = 0
    for at, way in chosen(count, how.split(","), wanted, seed):
        if tried and tried % trial.points == 0:
            shutil.rmtree(ground)
            ground, reference, _ = begin(trial, Path(folder))
        place = Place(trial, ground, f"{way}-{at}")
        if (tried + tried // 4) % 2 == 0:  # the others are on new machines, which fetch first what was recorded
            place.with_evidence()
        line = {"at": at, "struck": struck(place, at, SIGNALS[way]), **aftermath(place, way)}
        problems = wrong(line, reference, kind, way)
        tried, good = tried + 1, good + (not problems)
        tell({"at": at, "how": way, "exit": line["struck"]["exit"], "steps": line["steps"], "wrong": problems})
        place.keep_evidence()
        shutil.rmtree(place.folder)
    tell({"kind": kind, "how": how, "seed": seed, "points": count, "tried": tried, "good": good})


def begin(trial: Trial, folder: Path) -> tuple[Path, dict[str, Any], int]:
    """A new ground, what a drill nobody disturbs comes to there, and how many points it passes."""
    ground = prepare(trial, folder)
    place = Place(trial, ground, "undisturbed")
    clean = struck(place, 0, signal.SIGKILL)
    assert clean["exit"] == 0, clean["answer"]
    assert clean["answer"]["verdict"] == "PASSED", clean
    place.keep_evidence()
    return ground, aftermath(place, "nothing"), clean["answer"]["points"]


def tell(line: dict[str, Any]) -> None:
    sys.stdout.write(f"{json.dumps(line)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
