"""docs/kill-rate.md: every damage and what found it; which damages a kind cannot be done, and why."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from kill_named import NAMED, WHY_NOT, named_rows
from kill_rows import PAGE, Row, published

from holdfast.drills.kinds import KINDS
from holdfast.sandbox import lifecycle

_HEAD = """# Kill rate

<!-- Written by tests/test_drills/kill_rate.py --write, and compared with a run by the tests. -->

A drill is worth what its verifier finds. So each verifier is run against restores that were damaged on purpose, after
the same restore undamaged has passed; a damage after which the checks do not come to FAILED has got through. A
verifier that lets one through is a defect, and the tests fail.

**{killed} of {total} damages found ({rate}).**

| kind | damages | found | kill rate |
| --- | --- | --- | --- |
{summary}

How many of each kind's damages are of each sort that every restore is to be tried with:

| kind | {sorts} |
| --- | {rules} |
{matrix}

Restores are real, from a sandbox that enforces IAM, and damaged between restore and verification: on disk, in the
restored table or bucket, by SQL on the restored server. Wrong keys, wrong tenants and damaged archives of PostgreSQL
are really written into the vault. Replicas are judged as S3's, which an emulator's are not, from their bytes and
headers; the wrong key of `aws-backup` in a description of the recovery point, whose vault has a key of its own here.

A sort of damage that a kind cannot be done (–), and why:

| kind | damage | why there is none |
| --- | --- | --- |
{why_not}

`region-loss` and `game-day` verify with the kinds they run. `immutability` and `access-control` restore nothing: what
they try is refused or not, and each test of theirs lets one attempt pass.

## Every damage

| kind | damage | found by |
| --- | --- | --- |
{rows}
"""


def in_order(rows: Iterable[Row]) -> list[Row]:
    """By kind, as the kinds are listed; each kind's as they were run."""
    order = list(KINDS)
    return sorted(rows, key=lambda each: order.index(each.kind))


def page(rows: Iterable[Row]) -> str:
    """The page of these damages."""
    rows = in_order(rows)
    kinds = list(dict.fromkeys(each.kind for each in rows))
    summary = []
    for kind in kinds:
        mine = [each for each in rows if each.kind == kind]
        killed = sum(each.killed for each in mine)
        summary.append(f"| `{kind}` | {len(mine)} | {killed} | {killed / len(mine):.0%} |")
    killed = sum(each.killed for each in rows)
    lines = [f"| `{each.kind}` | {each.damage} | {', '.join(each.found_by) or '**nothing**'} |" for each in rows]
    return _HEAD.format(
        sorts=" | ".join(NAMED),
        rules=" | ".join("---" for _ in NAMED),
        matrix="\n".join(_counts(kind, rows) for kind in kinds),
        why_not="\n".join(
            f"| `{kind}` | {sort} | {why} |" for kind in kinds for sort, why in WHY_NOT.get(kind, {}).items()
        ),
        killed=killed,
        total=len(rows),
        rate=f"{killed / len(rows):.0%}",
        summary="\n".join(summary),
        rows="\n".join(lines),
    )


def _counts(kind: str, rows: list[Row]) -> str:
    cells = (len(named_rows(kind, sort, rows)) or "–" for sort in NAMED)
    return f"| `{kind}` | {' | '.join(str(each) for each in cells)} |"


def rewrite(runs: Mapping[str, Callable[..., Iterable[Row]]], *, write: bool) -> None:
    """Run some kinds against a sandbox of their own, and put what they came to beside what the page says of the rest.

    Args:
        runs: what yields the rows, by kind, or by kinds with a space between them.
        write: the page is written, and not only shown.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "sandbox")
        home.mkdir()
        rows: list[Row] = []
        try:
            emulator = lifecycle.start(home)
            for names, run in runs.items():
                place = Path(folder, names.replace(" ", "-"))
                place.mkdir()
                rows += run(emulator, place)
        finally:
            lifecycle.stop(home)
    fresh = {kind for names in runs for kind in names.split()}
    assert {each.kind for each in rows} == fresh
    text = page([*rows, *(each for kind in KINDS if kind not in fresh for each in published(kind))])
    if write:
        PAGE.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
