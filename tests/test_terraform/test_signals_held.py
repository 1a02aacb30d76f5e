"""A signal in the very instant a thread starts: held back until it runs, so that nothing is lost and nobody dies."""

from __future__ import annotations

import signal
import threading

import pytest

from holdfast.clock import SystemClock
from holdfast.errors import Terminated
from holdfast.signals import signals_held
from holdfast.terraform.errors import TerraformInterrupted, TerraformTerminated
from holdfast.terraform.ordering import Job, run_in_order
from holdfast.terraform.stopping import StopSwitch


@pytest.fixture(autouse=True)
def as_the_program():
    """SIGTERM and Ctrl-C raise, as they do in `holdfast`."""

    def terminate(*_):
        raise Terminated(during="the command")

    before = [
        (number, signal.signal(number, handler))
        for number, handler in ((signal.SIGTERM, terminate), (signal.SIGINT, signal.default_int_handler))
    ]
    yield
    for number, handler in before:
        signal.signal(number, handler)


@pytest.fixture
def in_the_instant(monkeypatch):
    """Have a signal come right after the next thread was started, before `Thread.start` has returned.

    Which of the two is first is the machine's choice, unless the thread is told to come to life only once
    `thread_after` is set, or the signal only once `signal_after` is.
    """
    name = "_start_joinable_thread" if hasattr(threading, "_start_joinable_thread") else "_start_new_thread"
    real = getattr(threading, name)

    def starting(number, *, thread_after=None, signal_after=None):
        def start(bootstrap, *arguments, **options):
            def come_to_life(*given):
                if thread_after is not None:
                    thread_after.wait(60)
                bootstrap(*given)

            monkeypatch.setattr(threading, name, real)
            identity = real(come_to_life, *arguments, **options)
            if signal_after is not None:
                assert signal_after.wait(60)
            signal.raise_signal(number)
            return identity

        monkeypatch.setattr(threading, name, start)

    return starting


@pytest.fixture
def unraisable(monkeypatch):
    """What Python could only print, such as a thread that died while it was born."""
    met = []
    monkeypatch.setattr("sys.unraisablehook", met.append)
    return met


@pytest.mark.parametrize(
    ("number", "error"), [(signal.SIGTERM, TerraformTerminated), (signal.SIGINT, TerraformInterrupted)]
)
def test_a_job_whose_thread_was_just_starting_is_waited_for(in_the_instant, unraisable, number, error):
    done, switch = [], StopSwitch(SystemClock())
    in_the_instant(number)

    with pytest.raises(error):
        run_in_order([Job("slow", (), lambda: threading.Event().wait(0.3) or done.append("slow"))], switch)

    assert done == ["slow"], "it ran, and nobody went on before it had ended"
    assert switch.asked
    assert unraisable == []


def test_without_holding_it_back_a_signal_before_the_thread_has_it_die_at_birth(in_the_instant, unraisable):
    """Why all this: `Thread.start` takes the error for its own, and forgets the thread that is coming to life."""
    raised, ran = threading.Event(), threading.Event()
    in_the_instant(signal.SIGTERM, thread_after=raised)

    with pytest.raises(Terminated):
        threading.Thread(target=ran.set, name="unlucky").start()
    raised.set()

    for _ in range(1200):
        if unraisable:
            break
        threading.Event().wait(0.05)
    assert [each.exc_type for each in unraisable] == [KeyError]
    assert not ran.is_set()


def test_without_holding_it_back_a_signal_after_the_thread_is_lost_in_an_error_of_python(in_the_instant, unraisable):
    ran = threading.Event()
    in_the_instant(signal.SIGTERM, signal_after=ran)

    with pytest.raises(KeyError) as met:
        threading.Thread(target=ran.set, name="lucky").start()

    assert isinstance(met.value.__context__, Terminated)
    assert unraisable == []


def test_what_came_is_delivered_at_the_end_and_the_handlers_are_back():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    reached = []

    def hold():
        with signals_held():
            signal.raise_signal(signal.SIGINT)
            reached.append("the end of the block")

    with pytest.raises(KeyboardInterrupt):
        hold()

    assert reached
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_an_error_in_the_block_goes_on_up_and_the_handlers_are_back():
    before = signal.getsignal(signal.SIGTERM)

    with pytest.raises(ZeroDivisionError), signals_held():
        raise ZeroDivisionError

    assert signal.getsignal(signal.SIGTERM) is before


def test_a_program_started_meanwhile_does_not_inherit_it():
    with signals_held():
        assert signal.SIGTERM not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_in_another_thread_there_is_nothing_to_hold():
    ran = []

    def hold():
        with signals_held():
            ran.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=hold)
    thread.start()
    thread.join()
    assert ran == [signal.getsignal(signal.SIGTERM)]
