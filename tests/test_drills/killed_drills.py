"""Kill a drill at every point where it touches a file, then go on. Run as a script: it forks once for every point.

Usage: killed_drills.py FOLDER (resume | sweep | interrupt | terminate) -> one JSON line for every point on stdout
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from directory_drills import Ground

from holdfast.drills.engine import resume, run
from holdfast.drills.register import registered
from holdfast.drills.spec import DrillSpec
from holdfast.drills.sweep import sweep
from holdfast.errors import HoldfastError, Interrupted, Terminated

SPEC = DrillSpec(environment="sandbox", kind="directory", dataset="project")
EVENTS = {"open", "os.mkdir", "os.rmdir", "os.remove", "os.rename", "os.truncate", "shutil.rmtree"}


class Boundaries:
    """Counts file operations and delivers a signal at the n-th: before it acts, or in the middle of a write."""

    armed = True

    def __init__(self, at: int, number: int) -> None:
        self.at, self.number, self.count = at, number, 0
        self.real_write = os.write

    def install(self) -> None:
        os.write, os.fsync = self.write, self.fsync
        sys.addaudithook(self.audit)

    def reached(self) -> bool:
        self.count += self.armed
        return self.armed and self.count == self.at

    def strike(self) -> None:
        os.kill(os.getpid(), self.number)

    def audit(self, event: str, arguments: tuple) -> None:
        if event in EVENTS and (event != "open" or (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR)) and self.reached():
            self.strike()

    def write(self, descriptor: int, data: bytes) -> int:
        if self.reached():
            self.real_write(descriptor, bytes(data)[: len(data) // 2])
            self.strike()
        return self.real_write(descriptor, data)

    def fsync(self, descriptor: int) -> None:
        """A killed process loses nothing it has written, so the disk is not waited for; only the power cut needs it."""
        if self.reached():
            self.strike()


def in_child(act: Callable[[], object]) -> dict:
    """Do something in a process of its own: its JSON answer, or how it died."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 0
        try:
            answer = json.dumps(act()).encode()
        except Terminated as error:
            code, answer = 143, json.dumps(error.message).encode()
        except (Interrupted, KeyboardInterrupt) as error:
            code, answer = 130, json.dumps(str(error)).encode()
        except HoldfastError as error:
            code, answer = 1, json.dumps(f"{error.code()}: {error.message}").encode()
        except BaseException:  # noqa: BLE001  # whatever it is, the parent has to hear of it
            code, answer = 99, json.dumps(traceback.format_exc()).encode()
        Boundaries.armed = False
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(answer)
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {"exit": status, "answer": json.loads(answer) if answer else None}


def struck(ground: Ground, at: int, number: int) -> dict:
    def act() -> str:
        if number == signal.SIGTERM:
            signal.signal(signal.SIGTERM, _terminate)
        Boundaries(at, number).install()
        return run(SPEC, ground.surroundings).verdict.value

    return in_child(act)


def _terminate(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    raise Terminated(during="the command")


def observe(ground: Ground) -> dict:
    there = registered(ground.home, "sandbox", ground.clock)
    return {
        "recorded": ground.recorder.verdicts(),
        "leftovers": ground.leftovers(),
        "drills": [
            {
                "id": each.drill_id,
                "ended": each.state.ended if each.state else None,
                "done": sorted(each.state.outcomes) if each.state else [],
                "resumable": each.resumable,
                "unfinished": each.unfinished,
            }
            for each in there
        ],
    }


def go_on(ground: Ground, how: str) -> list[dict]:
    """Resume what can be resumed, or sweep twice; then a drill that nobody disturbs."""
    steps = []
    if how == "resume":
        for each in registered(ground.home, "sandbox", ground.clock):
            if each.resumable:
                drill_id = each.drill_id
                steps.append(in_child(lambda: resume(drill_id, ground.surroundings).verdict.value))  # noqa: B023
    else:
        steps += [in_child(lambda: sweep(ground.surroundings).document()) for _ in range(2)]
    return steps


def main() -> None:
    folder, how = Path(sys.argv[1]), sys.argv[2]
    os.fsync = lambda _: None
    number = {"interrupt": signal.SIGINT, "terminate": signal.SIGTERM}.get(how, signal.SIGKILL)
    for at in itertools.count(1):
        place = folder / f"{how}-{at}"
        place.mkdir(parents=True)
        ground = Ground(place / "home")
        first = struck(ground, at, number)
        after = observe(ground)
        steps = go_on(ground, "resume" if how == "resume" else "sweep")
        settled = observe(ground)
        again = in_child(lambda: run(SPEC, ground.surroundings).verdict.value)  # noqa: B023
        line = json.dumps(
            {"at": at, "struck": first, "after": after, "steps": steps, "settled": settled, "again": again}
        )
        sys.stdout.write(f"{line}\n")
        if first["exit"] == 0:
            return


if __name__ == "__main__":
    main()
