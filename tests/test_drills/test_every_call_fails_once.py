"""The first call of every operation a drill makes is throttled, cut off and failed before it is answered: it passes.

Which operations a kind calls is not listed here: whatever it calls is hit, a new one as well.
"""

from __future__ import annotations

import os

import pytest
from call_faults import cut_off, failed, meeting, throttled, unanswered
from kill_trials import TRIALS, keep_archive

from holdfast.drills.engine import run
from holdfast.drills.kinds import KINDS
from holdfast.drills.verdict import Verdict

pytestmark = pytest.mark.sandbox
MARKS = {kind: [pytest.mark.postgres] for kind in ("postgres-pitr", "rds")}
ORDERS = {"throttled first": (throttled, cut_off, failed), "no answer first": (unanswered, throttled, failed)}
LEAST = {"access-control": 10}
"""Operations a kind calls; five where nothing is said."""


ALL = os.environ.get("HOLDFAST_FAULTS") == "every"
"""Each kind in both orders; otherwise in one of them."""
TRIED = [
    pytest.param(kind, order, marks=MARKS.get(kind, []))
    for number, kind in enumerate(TRIALS)
    for place, order in enumerate(ORDERS)
    if ALL or place == number % len(ORDERS)
]


@pytest.mark.parametrize(("kind", "order"), TRIED)
def test_a_passing_fault_of_every_operation_does_no_harm(emulator, kind, order, tmp_path, request):
    trial, faults = TRIALS[kind], ORDERS[order]
    if kind == "postgres-pitr":
        keep_archive(request.getfixturevalue("recorded").simple, tmp_path / "recorded")
    ground = trial.prepare(emulator, tmp_path / "ground")

    with meeting(lambda _, number: faults[number] if number < len(faults) else None) as met:
        result = run(trial.spec(ground.environment), ground.surroundings)

    assert (result.verdict, result.issues) == (Verdict.PASSED, ()), result.reasons
    assert len(met.operations) >= LEAST.get(kind, 5)
    assert set(met.operations.values()) == {len(faults)}, met.operations


def test_every_kind_is_tried():
    assert TRIALS.keys() == KINDS.keys(), "a new kind needs an entry in kill_trials.py"
