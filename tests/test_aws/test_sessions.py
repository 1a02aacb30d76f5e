"""Clients: where they go, as whom, and with what patience."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from local_aws import ACCOUNT, PRIMARY, RECOVERY, make_environment

from holdfast.aws.endpoints import AWS, Endpoints
from holdfast.aws.errors import CredentialsMissing, RoleNotAssumed, SandboxUnreachable, ServiceUnreachable
from holdfast.aws.sessions import EndpointMissing, Sessions
from holdfast.aws.translate import translated
from holdfast.clock import ManualClock

pytestmark = pytest.mark.sandbox


@pytest.fixture
def role(sessions):
    """The backup writer's role, which anybody may take on."""
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
    name = sessions.names.role("backup-writer")
    iam = sessions.client("iam", PRIMARY)
    if name not in [each["RoleName"] for each in iam.list_roles()["Roles"]]:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(policy))
    return "backup-writer"


def count_calls(client, operation):
    calls = []
    client.meta.events.register(f"before-call.*.{operation}", lambda **event: calls.append(event["model"].name))
    return calls


def test_a_client_is_made_once_for_service_region_and_role(sessions):
    assert sessions.client("s3", PRIMARY) is sessions.client("s3", PRIMARY)
    assert sessions.client("s3", PRIMARY) is not sessions.client("s3", RECOVERY)
    assert sessions.client("s3", PRIMARY) is not sessions.client("s3", PRIMARY, role="backup-writer")


def test_the_caller_is_who_the_endpoints_say(sessions):
    assert ACCOUNT in sessions.caller_arn()


def test_a_role_is_taken_on_by_its_purpose(sessions, role):
    assert f"assumed-role/{sessions.names.role(role)}/" in sessions.caller_arn(role)


def test_a_role_is_taken_on_once_for_many_clients_and_calls(sessions, role):
    asked = count_calls(sessions.client("sts", PRIMARY), "AssumeRole")

    for _ in range(3):
        sessions.caller_arn(role)
    sessions.client("s3", PRIMARY, role=role).list_buckets()

    assert len(asked) == 1


def test_credentials_are_renewed_before_they_expire(local_aws, sessions, role):
    clock = ManualClock(datetime.now(UTC))
    fresh = Sessions(sessions.environment, local_aws.endpoints, clock=clock)
    asked = count_calls(fresh.client("sts", PRIMARY), "AssumeRole")
    fresh.caller_arn(role)
    clock.advance(timedelta(minutes=30))
    fresh.caller_arn(role)
    assert len(asked) == 1

    clock.advance(timedelta(minutes=29))
    fresh.caller_arn(role)

    assert len(asked) == 2


def test_each_region_gives_out_its_own_credentials(sessions, role):
    primary = count_calls(sessions.client("sts", PRIMARY), "AssumeRole")
    recovery = count_calls(sessions.client("sts", RECOVERY), "AssumeRole")

    sessions.client("s3", RECOVERY, role=role).list_buckets()

    assert (len(primary), len(recovery)) == (0, 1)


def test_many_threads_share_one_client(sessions):
    made = []
    threads = [threading.Thread(target=lambda: made.append(sessions.client("kms", PRIMARY))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({id(client) for client in made}) == 1


def test_the_clock_of_the_server_is_read_and_compared(sessions):
    assert abs(sessions.skew(PRIMARY)) < timedelta(seconds=5)
    assert sessions.server_time(RECOVERY).tzinfo is UTC


def test_a_host_whose_clock_is_wrong_shows_as_skew(local_aws, environment):
    clock = ManualClock(datetime.now(UTC) - timedelta(hours=2))
    behind = Sessions(environment, local_aws.endpoints, clock=clock)

    assert timedelta(minutes=119) < behind.skew(PRIMARY) < timedelta(minutes=121)


@pytest.mark.parametrize("slow", [1, 2])
def test_of_slow_readings_of_a_clock_the_quickest_counts(local_aws, environment, slow):
    """The answer comes at once and is read late: half of that is how far off such a reading is."""
    clock = ManualClock(datetime.now(UTC))
    sessions, delays = Sessions(environment, local_aws.endpoints, clock=clock), iter([timedelta(seconds=20)] * slow)
    calls = count_calls(sessions.client("s3", PRIMARY), "HeadBucket")
    late = sessions.client("s3", PRIMARY).meta.events
    late.register("after-call.s3.HeadBucket", lambda **_: clock.advance(next(delays, timedelta())))

    assert abs(sessions.skew(PRIMARY) + slow * timedelta(seconds=20)) < timedelta(seconds=5)
    assert len(calls) == slow + 1


def test_a_clock_that_is_always_read_slowly_is_read_three_times(local_aws, environment):
    clock = ManualClock(datetime.now(UTC))
    sessions, delays = Sessions(environment, local_aws.endpoints, clock=clock), iter([200, 20, 80])
    calls = count_calls(sessions.client("s3", PRIMARY), "HeadBucket")
    late = sessions.client("s3", PRIMARY).meta.events
    late.register("after-call.s3.HeadBucket", lambda **_: clock.advance(timedelta(seconds=next(delays))))

    assert timedelta(seconds=-240) < sessions.skew(PRIMARY) < timedelta(seconds=-180), "that of the second"
    assert len(calls) == 3


def test_the_time_is_told_by_a_refusal_too(local_aws):
    without_buckets = local_aws.sessions(make_environment())

    assert abs(without_buckets.skew(PRIMARY)) < timedelta(seconds=5)


def test_a_role_that_does_not_exist_is_one_clear_error(sessions, monkeypatch):
    def refuse(**_):
        return {
            "Error": {"Code": "AccessDenied", "Message": "User: arn:aws:iam::000000000000:root is not authorized"},
            "ResponseMetadata": {"HTTPStatusCode": 403},
        }

    sts = sessions.client("sts", PRIMARY)
    sts.meta.events.register("before-call.sts.AssumeRole", lambda **_: (_Response(403), refuse()))

    with pytest.raises(RoleNotAssumed, match="cannot be assumed"):
        sessions.caller_arn("auditor")


class _Response:
    def __init__(self, status_code):
        self.status_code = status_code


def test_a_sandbox_that_is_not_running_is_named_as_such(environment):
    gone = Sessions(environment, Endpoints("http://127.0.0.1:1", access_key=ACCOUNT, secret_key="x"))

    with pytest.raises(SandboxUnreachable, match="not running") as caught:
        gone.server_time(PRIMARY)

    assert "holdfast sandbox start" in caught.value.hint


def test_a_name_that_does_not_resolve_is_not_taken_for_the_sandbox():
    real = Sessions(make_environment(sandbox=False), Endpoints("http://does-not-exist.invalid:1", {}, "x", "x"))

    with pytest.raises(ServiceUnreachable) as caught:
        real.server_time(PRIMARY)

    assert not isinstance(caught.value, SandboxUnreachable)


def test_a_sandbox_environment_never_falls_through_to_aws(environment):
    with pytest.raises(EndpointMissing, match="s3"):
        Sessions(environment, AWS).client("s3", PRIMARY)


def test_a_sandbox_session_reads_no_profile(sessions, local_aws, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "a-profile-that-does-not-exist")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")

    assert local_aws.sessions(sessions.environment).client("s3", PRIMARY).list_buckets()["Buckets"] is not None


def test_the_sandbox_is_not_asked_for_through_a_proxy(sessions, local_aws, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    assert local_aws.sessions(sessions.environment).caller_arn()


def test_without_credentials_the_way_to_get_some_is_named(monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    with (
        pytest.raises(CredentialsMissing, match="list buckets: no AWS credentials") as caught,
        translated("list buckets"),
    ):
        Sessions(make_environment(sandbox=False), AWS).client("s3", PRIMARY).list_buckets()

    assert "AWS_PROFILE" in caught.value.hint


def test_a_secret_is_in_no_representation(sessions):
    assert "test" not in repr(sessions.endpoints)
