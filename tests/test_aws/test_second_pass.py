"""Many calls: none is lost in silence, a refusal is never repeated, memory does not grow with the work."""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from holdfast.aws.errors import AccessRefused, BucketMissing, KeyUnusable
from holdfast.aws.second_pass import BREAKER, Patience, StillMissing, patiently, run_all
from holdfast.clock import ManualClock
from holdfast.errors import InputError

START = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def patience():
    return Patience(ManualClock(START), random.Random(7))  # noqa: S311  # seeded on purpose


def refusal(code, status=400):
    return ClientError(
        {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "PutObject"
    )


SLOW_DOWN = refusal("SlowDown", 503)
NO_ANSWER = EndpointConnectionError(endpoint_url="https://s3.us-east-1.amazonaws.com/b")


def run(jobs, call, patience, **options):
    return run_all(jobs, call, doing="test", name=str, patience=patience, **options)


class Flaky:
    """Fails the first `times` calls of each job."""

    def __init__(self, times, error=SLOW_DOWN):
        self.times, self.error, self.calls, self.lock = times, error, {}, threading.Lock()

    def __call__(self, job):
        with self.lock:
            self.calls[job] = self.calls.get(job, 0) + 1
            if self.calls[job] <= self.times:
                raise self.error


@pytest.mark.parametrize("error", [SLOW_DOWN, NO_ANSWER, refusal("InternalError", 500), refusal("", 502)])
def test_what_failed_for_load_or_network_is_done_in_a_later_pass(patience, error):
    flaky = Flaky(2, error)

    assert run(range(40), flaky, patience) == 40
    assert set(flaky.calls.values()) == {3}


def test_what_never_succeeds_is_named_in_full(patience):
    def call(job):
        if job % 10 == 3:
            raise SLOW_DOWN

    with pytest.raises(StillMissing) as caught:
        run(range(100), call, patience)

    assert caught.value.values["missing"] == tuple(sorted(str(job) for job in range(3, 100, 10)))
    assert caught.value.document()["missing"] == list(caught.value.values["missing"])
    assert "10 of 100 not done" in caught.value.message
    assert "SlowDown" in caught.value.message
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("AccessDenied", 403, AccessRefused),
        ("NoSuchBucket", 404, BucketMissing),
        ("KMS.DisabledException", 400, KeyUnusable),
        ("KMS.KMSInvalidStateException", 400, KeyUnusable),
        ("KMS.NotFoundException", 400, KeyUnusable),
    ],
)
def test_a_refusal_is_one_attempt_and_one_error(patience, code, status, kind):
    calls = []

    def call(job):
        calls.append(job)
        raise refusal(code, status)

    with pytest.raises(kind):
        run([1], call, patience)

    assert calls == [1]


def test_nothing_is_started_after_a_refusal(patience):
    calls = []

    def call(job):
        calls.append(job)
        raise refusal("AccessDenied", 403)

    with pytest.raises(AccessRefused):
        run(range(10_000), call, patience, workers=4)

    assert len(calls) <= 4


def test_an_error_of_ours_passes_unchanged(patience):
    class Ours(InputError):
        template = "ours"

    with pytest.raises(Ours):
        run([1], lambda _: (_ for _ in ()).throw(Ours()), patience)


def test_an_error_of_the_producer_stops_the_workers(patience):
    done = []

    def jobs():
        yield from range(5)
        raise InputError(message="the source ended badly")

    with pytest.raises(InputError, match="ended badly"):
        run(jobs(), done.append, patience)

    assert set(done) <= set(range(5))


def test_a_service_that_is_down_ends_the_first_pass_early(patience):
    taken = []

    def jobs():
        for job in range(100_000):
            taken.append(job)
            yield job

    with pytest.raises(StillMissing, match="the rest was not tried") as caught:
        run(jobs(), Flaky(10**9, NO_ANSWER), patience)

    assert len(taken) < 3 * BREAKER
    assert caught.value.values["untried"] is True


def test_jobs_are_taken_only_as_workers_are_free(patience):
    gate, both, taken = threading.Event(), threading.Semaphore(0), []

    def jobs():
        for job in range(1000):
            taken.append(job)
            yield job

    def call(_):
        both.release()
        gate.wait(60)

    producer = threading.Thread(target=lambda: run(jobs(), call, patience, workers=2), daemon=True)
    producer.start()
    assert all(both.acquire(timeout=60) for _ in range(2)), "both workers are busy"
    time.sleep(0.05)  # in which more could be taken

    assert len(taken) <= 6
    gate.set()
    producer.join(60)
    assert len(taken) == 1000


@pytest.mark.parametrize(("workers", "ahead"), [(1, None), (3, None), (3, 1), (2, 64), (16, 200)])
def test_every_job_is_done_once_however_far_ahead_they_are_taken(patience, workers, ahead):
    done = []

    assert run(range(2_000), done.append, patience, workers=workers, ahead=ahead) == 2_000
    assert sorted(done) == list(range(2_000))


def test_jobs_may_be_taken_ahead_of_the_workers_up_to_a_bound(patience):
    gate, taken = threading.Event(), []

    def jobs():
        for job in range(200):
            taken.append(job)
            yield job

    def call(_):
        gate.wait(60)

    producer = threading.Thread(target=lambda: run(jobs(), call, patience, workers=2, ahead=50), daemon=True)
    producer.start()
    deadline = time.monotonic() + 60
    while len(taken) < 50 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.05)  # in which more could be taken

    assert 50 <= len(taken) <= 53
    gate.set()
    producer.join(60)
    assert len(taken) == 200


def test_no_more_threads_are_started_than_there_are_jobs(patience):
    threads = set()
    run([1, 2], lambda _: threads.add(threading.get_ident()), patience, workers=32)

    assert 1 <= len(threads) <= 2


def test_a_failed_job_is_kept_without_its_weight(patience):
    seen = []

    def call(job):
        seen.append(job)
        if job.startswith("heavy"):
            raise SLOW_DOWN

    run(["heavy 1", "heavy 2"], call, patience, lighten=lambda job: job.replace("heavy", "light"))

    assert sorted(seen) == ["heavy 1", "heavy 2", "light 1", "light 2"]


def test_nothing_to_do_is_done(patience):
    assert run([], Flaky(1), patience) == 0


def test_waits_grow_and_stay_bounded():
    clock = ManualClock(START)
    patience = Patience(clock, random.Random(1))  # noqa: S311  # seeded on purpose
    waits = []
    for attempt in range(1, 30):
        before = clock.monotonic()
        patience.wait(attempt)
        waits.append(clock.monotonic() - before)

    assert max(waits) <= 8
    assert max(waits[:2]) <= 0.8 < max(waits[5:])


def test_a_throttled_call_is_repeated_until_it_succeeds(patience):
    flaky = Flaky(5)

    patiently(lambda: flaky("call"), patience)

    assert flaky.calls["call"] == 6


def test_a_throttled_call_is_not_repeated_for_ever(patience):
    flaky = Flaky(10**9)

    with pytest.raises(ClientError):
        patiently(lambda: flaky("call"), patience)

    assert flaky.calls["call"] == 6


@pytest.mark.parametrize("error", [refusal("AccessDenied", 403), NO_ANSWER])
def test_a_refusal_or_no_answer_is_left_to_the_caller(patience, error):
    flaky = Flaky(10**9, error)

    with pytest.raises(type(error)):
        patiently(lambda: flaky("call"), patience)

    assert flaky.calls["call"] == 1
