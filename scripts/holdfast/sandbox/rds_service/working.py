"""Work that goes on after its call was answered: as long as a fault says, and to the state a fault says."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from holdfast.sandbox.rds_service.faults import STATES, Effect
from holdfast.sandbox.rds_service.records import Instance, Snapshot
from holdfast.sandbox.rds_service.world import World
from holdfast.sandbox.service.errors import ServiceAnswer

_FAILED = "failed"


class EndsIn(Exception):
    """The work ends, and what it was on is in this state."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


def work_on(world: World, job: str, record: Instance | Snapshot, work: Callable[[], None]) -> None:
    """Do something to an instance or a snapshot in the background.

    Args:
        world: where it is.
        job: the kind of work, for faults.
        record: what it is done to; `work` leaves it in the state it ends in.
        work: the work; `EndsIn` from it is the state the record ends in.
    """

    def carry_out() -> None:
        try:
            _wait(world, job, record.arn)
            _strike(world, job, record)
            work()
        except EndsIn as end:
            record.status = end.state
        except Exception as error:  # noqa: BLE001  whatever happens, the record says so
            if not isinstance(error, ServiceAnswer):
                traceback.print_exc()
            record.status = _state_of(error)

    world.in_background(carry_out)


def _wait(world: World, job: str, resource: str) -> None:
    delay = world.faults.take(Effect.DELAY, resource, job=job)
    if delay:
        world.clock.sleep(delay.seconds)


def _strike(world: World, job: str, record: Instance | Snapshot) -> None:
    fault = world.faults.take(Effect.FAIL, record.arn, job=job)
    if fault:
        raise EndsIn(fault.how if isinstance(record, Instance) and fault.how in STATES else _FAILED)


def _state_of(error: Exception) -> str:
    """The state something that went wrong by itself leaves an instance in."""
    is_key = isinstance(error, ServiceAnswer) and error.code == "KMSKeyNotAccessibleFault"
    return "inaccessible-encryption-credentials" if is_key else _FAILED
