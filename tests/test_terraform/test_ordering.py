"""Jobs side by side and in order; and how patience runs out."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from holdfast.clock import ManualClock, SystemClock
from holdfast.errors import Interrupted, Terminated, ToolError
from holdfast.terraform.errors import TerraformInterrupted, TerraformTerminated
from holdfast.terraform.ordering import Job, run_in_order
from holdfast.terraform.stopping import Level, StopSwitch


class Broken(ToolError):
    template = "{name} is broken"


def switch() -> StopSwitch:
    return StopSwitch(SystemClock())


def test_results_come_in_the_order_given_whoever_ends_first() -> None:
    first_may_end = threading.Event()
    jobs = [
        Job("slow", (), lambda: first_may_end.wait(240) and "slow"),
        Job("quick", (), lambda: first_may_end.set() or "quick"),
    ]

    assert list(run_in_order(jobs, switch()).items()) == [("slow", "slow"), ("quick", "quick")]


def test_each_waits_for_what_it_depends_on_however_they_are_given() -> None:
    done: list[str] = []
    after = {"d": ("b", "c"), "c": ("a",), "b": ("a",), "a": ("not a job of this run",)}

    run_in_order([Job(name, deps, lambda name=name: done.append(name)) for name, deps in after.items()], switch())

    assert done[0] == "a"
    assert done[-1] == "d"
    assert set(done) == set(after)


def test_nothing_to_do_is_nothing() -> None:
    assert run_in_order([], switch()) == {}


def test_after_a_failure_what_runs_is_waited_for_and_what_depends_is_not_started() -> None:
    done: list[str] = []
    failed = threading.Event()

    def fail() -> None:
        failed.set()
        raise Broken(name="a")

    jobs = [
        Job("a", (), fail),
        Job("b", (), lambda: failed.wait(240) and done.append("b")),
        Job("c", ("a",), lambda: done.append("c")),
        Job("d", ("b",), lambda: done.append("d")),
    ]
    with pytest.raises(Broken, match="a is broken"):
        run_in_order(jobs, switch())

    assert "b" in done
    assert "c" not in done


def test_of_several_failures_the_first_in_order_is_raised_and_an_interruption_last() -> None:
    both = threading.Barrier(3, timeout=240)

    def fail(error: Exception) -> None:
        both.wait()
        raise error

    jobs = [
        Job("a", (), lambda: fail(Interrupted(during="a"))),
        Job("b", (), lambda: fail(Broken(name="b"))),
        Job("c", (), lambda: fail(Broken(name="c"))),
    ]
    with pytest.raises(Broken, match="b is broken"):
        run_in_order(jobs, switch())


@pytest.mark.parametrize(
    ("cause", "kind"), [(KeyboardInterrupt(), TerraformInterrupted), (Terminated(during="x"), TerraformTerminated)]
)
def test_a_stop_says_what_was_left_undone(cause, kind) -> None:
    stop = switch()
    jobs = [
        Job("a", (), lambda: stop.escalate(cause=cause)),
        Job("b", ("a",), lambda: pytest.fail("started after the stop")),
    ]

    with pytest.raises(kind, match="the work on b;") as error:
        run_in_order(jobs, stop)
    assert error.value.exit_code in (130, 143)


def manual() -> tuple[ManualClock, StopSwitch]:
    clock = ManualClock(datetime(2026, 11, 22, tzinfo=UTC))
    return clock, StopSwitch(clock, grace=120, pressed=10)


def test_patience_runs_out_in_steps() -> None:
    clock, stop = manual()
    assert stop.level() is Level.RUN

    stop.escalate()
    levels = []
    for seconds in (119, 2, 9, 2, 1000):
        clock.advance(timedelta(seconds=seconds))
        levels.append(stop.level())

    assert levels == [Level.ASK, Level.PRESS, Level.PRESS, Level.KILL, Level.KILL]


def test_without_being_asked_it_never_stops() -> None:
    clock, stop = manual()
    clock.advance(timedelta(days=30))

    assert stop.level() is Level.RUN
    assert not stop.asked


def test_a_level_never_falls_and_the_first_cause_is_kept() -> None:
    _, stop = manual()
    first = KeyboardInterrupt()
    stop.escalate(Level.KILL, cause=first)
    stop.escalate(Level.ASK, cause=Terminated(during="later"))

    assert stop.level() is Level.KILL
    assert stop.cause is first
