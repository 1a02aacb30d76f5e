"""What must hold at every point a drill was killed at: a list of what does not, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

ALL_BUT_RECORD = {"declare", "preflight", "select", "restore", "verify", "probe", "measure", "clean_up"}
CODES = {"resume": -9, "sweep": -9, "interrupt": 130, "terminate": 143}
CLEAN_UP = "clean_up"


def wrong(line: dict[str, Any], reference: dict[str, Any], kind: str, how: str) -> list[str]:
    """Everything that does not hold at one point.

    Args:
        line: what was seen there.
        reference: what was seen of a drill nobody disturbed on the same ground.
        kind: of the drill that was killed.
        how: `resume`, `sweep`, `interrupt` or `terminate`.
    """
    if "broke" in line:
        return [f"going on broke: {line['broke']}"]
    found = [*_claims(line, how), *_tagged(line), *_settled(line, reference)]
    go_on = {"resume": _resumed, "sweep": _swept}.get(how, _ended_by_itself)
    return [*found, *go_on(line, reference, kind)] if _was_struck(line, how, found) else found


def _was_struck(line: dict[str, Any], how: str, found: list[str]) -> bool:
    """A run may pass a point or two less than the one they were counted in: threads share out the work anew."""
    struck = line["struck"]
    if struck["exit"] == 0 and struck["answer"]["verdict"] == "PASSED":
        return False
    if struck["exit"] != CODES[how]:
        found.append(f"it ended with {struck}")
    return True


def _claims(line: dict[str, Any], how: str) -> Iterator[str]:
    """Nothing is recorded that did not happen."""
    drills = {each["id"]: each for each in line["after"]["drills"]}
    for record in line["after"]["records"]:
        whole = set(drills[record["drill"]]["done"]) >= ALL_BUT_RECORD
        honest = record["said"]["verdict"] == "INCONCLUSIVE" and how in ("interrupt", "terminate")
        if not whole and not honest:
            yield f"{record['said']['verdict']} is recorded of {record['said']['kind']}, which was not finished"


def _tagged(line: dict[str, Any]) -> Iterator[str]:
    """What a killed drill leaves says whose it is."""
    ids = [each["id"].lower() for each in line["after"]["drills"]]
    for name in (*line["after"]["scratch"], *line["after"]["left"]):
        if not any(each in name.lower() for each in ids):
            yield f"{name} does not say which drill made it"


def _settled(line: dict[str, Any], reference: dict[str, Any]) -> Iterator[str]:
    """Whatever was done afterwards: nothing is left, nothing lost, nothing done twice."""
    settled = line["settled"]
    for name in (*settled["scratch"], *settled["left"]):
        yield f"{name} is left"
    if settled["untouched"] != reference["settled"]["untouched"]:
        yield f"changed: {settled['untouched']}"
    if any(count > 1 for count in settled["once"]):
        yield f"done twice: {settled['once']}"


def _resumed(line: dict[str, Any], reference: dict[str, Any], kind: str) -> Iterator[str]:
    if any(verdict != "PASSED" for verdict in line["steps"]):
        yield f"resumed, it came to {line['steps']}"
    mine = [each for each in line["settled"]["drills"] if each["kind"] == kind]
    if any(each["unfinished"] for each in mine):
        yield "it is still unfinished"
    expected = _said(reference["settled"]) if mine else []
    if _said(line["settled"]) != expected:
        yield f"recorded: {_said(line['settled'])} instead of {expected}"


def _swept(line: dict[str, Any], reference: dict[str, Any], kind: str) -> Iterator[str]:
    first, second = line["steps"]
    if first["orphaned"] or second["orphaned"]:
        yield f"orphaned: {first['orphaned']} {second['orphaned']}"
    if second["ended"] or second["removed"]:
        yield f"a second sweep found {second}"
    if any(each["unfinished"] for each in line["settled"]["drills"]):
        yield "it is still unfinished"
    if _said(line["settled"]) != _said(line["after"]):
        yield "the sweep recorded something"


def _ended_by_itself(line: dict[str, Any], reference: dict[str, Any], kind: str) -> Iterator[str]:
    for each in line["settled"]["drills"]:
        if each["kind"] is None and not each["nothing_begun"]:
            yield f"the journal of {each['id']} cannot be read"


def _said(seen: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted((each["said"] for each in seen["records"]), key=lambda said: str(said["kind"]))
