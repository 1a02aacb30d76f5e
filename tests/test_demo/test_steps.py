"""The steps of a demo, as they are timed and told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from holdfast.clock import ManualClock
from holdfast.demo.steps import Step, Steps


class Listener:
    def __init__(self) -> None:
        self.heard: list[str] = []

    def started(self, title: str) -> None:
        self.heard.append(f"started {title}")

    def progressed(self, text: str) -> None:
        self.heard.append(text)

    def finished(self, step: Step) -> None:
        self.heard.append(f"finished {step.title}")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 22, tzinfo=UTC))


def test_a_step_is_timed_by_the_monotonic_clock(clock: ManualClock) -> None:
    steps = Steps(Listener(), clock)

    with steps.step("Apply") as step:
        clock.advance(timedelta(seconds=7))
        clock.jump(timedelta(hours=-1))
        step.done("52 resources")

    assert steps.finished == [Step("Apply", 7.0, "52 resources", good=True)]


def test_a_step_that_raises_is_recorded_as_not_good(clock: ManualClock) -> None:
    steps = Steps(Listener(), clock)

    with pytest.raises(KeyboardInterrupt), steps.step("Apply"):
        raise KeyboardInterrupt

    assert steps.finished == [Step("Apply", 0.0, "stopped: KeyboardInterrupt", good=False)]


def test_the_view_hears_of_everything_in_order(clock: ManualClock) -> None:
    listener = Listener()

    with Steps(listener, clock).step("Push") as step:
        step.progress("3 files")

    assert listener.heard == ["started Push", "3 files", "finished Push"]
