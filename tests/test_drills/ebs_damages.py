"""Damage to copies of snapshots and to what was restored of them, each in a drill of its own: rows of the kill rate.

tests/test_drills/ebs_damages.py --write
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ebs_ground import Volumes, ebs_environment
from kill_rows import PAGE, Row, published, row
from kinds_ground import begun

from holdfast.drills.verdict import Verdict, judge
from holdfast.sandbox import lifecycle

HOW = ("bit-flip", "truncate", "missing", "extra", "swap", "older")
WHERE = {"copy": "copy", "volume": "restored volume"}


def of_volumes(emulator, folder: Path) -> Iterator[Row]:
    """Every damage to the copy, then every damage by the restore; without damage it passes."""
    ground = Volumes(ebs_environment(), emulator, folder).apply()
    volume = ground.make_volume()
    snapshot = ground.snapshot(volume)
    ground.baseline()
    try:
        ground.fault()
        ground.copy(snapshot)
        assert judge(checks(ground)).verdict is Verdict.PASSED, "without damage"
        for how in HOW:
            ground.fault({"effect": "damage", "job": "copy", "how": how, "resource": f"*{snapshot}"})
            damaged = ground.copy(snapshot)
            ground.fault()
            yield row("ebs", f"{WHERE['copy']}: {how}", checks(ground, damaged))
        copy = ground.copy(snapshot)
        for how in HOW:
            ground.fault({"effect": "damage", "job": "volume", "how": how, "resource": f"*{copy}"})
            yield row("ebs", f"{WHERE['volume']}: {how}", checks(ground, copy))
    finally:
        ground.fault()


def checks(ground: Volumes, snapshot: str | None = None):
    """What the verifier says of a restore."""
    with begun(ground, ground.spec(set_id=snapshot)) as (kind, drill):
        selection = kind.select(drill)
        restored = kind.restore(drill, selection)
        found = kind.verify(drill, selection, restored).checks
        kind.clean_up(drill)
    return found


def main() -> None:
    from kill_rate import page

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "sandbox")
        home.mkdir()
        try:
            mine = list(of_volumes(lifecycle.start(home), Path(folder)))
        finally:
            lifecycle.stop(home)
    named = [line.split("`")[1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    rows = [each for kind in dict.fromkeys(named) if kind not in ("ebs", "postgres-pitr") for each in published(kind)]
    text = page([*rows, *mine, *published("postgres-pitr")])
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
