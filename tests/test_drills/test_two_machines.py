"""Two machines drill the same target at the same moment: no lock is shared, and none is needed.

Each restores into a place of its own with its drill's name: both pass, one chain has the records of both, nothing is
left.
"""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from kill_trials import TRIALS

from holdfast.clock import SystemClock
from holdfast.drills.engine import run
from holdfast.drills.verdict import Verdict
from holdfast.evidence.verification import verify

pytestmark = pytest.mark.sandbox
TIMES = 3


@pytest.mark.parametrize("kind", ["object-recovery", "dynamodb", "ebs"])
def test_both_pass_with_a_record_each_and_nothing_left(emulator, tmp_path, kind):
    trial = TRIALS[kind]
    ground = trial.prepare(emulator, tmp_path / "ground")
    machines = [trial.at(ground.environment, ground.endpoints, tmp_path / name) for name in ("one", "other")]
    before, told, meet = trial.untouched(ground), [], Barrier(len(machines))

    def drill(machine):
        for _ in range(TIMES):
            meet.wait(timeout=300)
            result = run(trial.spec(machine.environment), machine.surroundings)
            told.append((result.verdict, result.evidence.problem))

    threads = [Thread(target=drill, args=(machine,)) for machine in machines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)

    assert told == [(Verdict.PASSED, None)] * TIMES * len(machines)
    assert (trial.left(ground), trial.untouched(ground)) == ([], before)
    chains = []
    for machine in machines:
        assert list((machine.home / "scratch").iterdir()) == []
        found = verify(machine.home / "evidence" / machine.environment.environment, clock=SystemClock())
        assert found.findings == ()
        chains.append([record.entry.identity.record_id for _, record in found.records])
    longest = max(chains, key=len)
    assert len(set(longest)) == len(longest) == TIMES * len(machines), "one chain, and whoever wrote last has all of it"
