"""What Barman finds its credentials by: what this process has, renewed by Barman; in a sandbox a role of it."""

from __future__ import annotations

from pathlib import Path

from holdfast.aws.endpoints import Endpoints
from holdfast.aws.sessions import Sessions
from holdfast.environments.loading import load_environment
from holdfast.postgres.barman import found_by_barman

PROD = load_environment("prod", Path(__file__).parents[2] / "environments").environment


def settings(monkeypatch, **variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    sessions = Sessions(PROD, Endpoints(None, {}, None, None))
    return found_by_barman(sessions, "us-east-1")


def test_a_profile_is_handed_on_and_not_what_it_stood_for_an_hour(monkeypatch):
    found = settings(monkeypatch, AWS_PROFILE="archive", AWS_CONFIG_FILE="/etc/archive", AWS_REGION="eu-west-1")

    assert (found["AWS_PROFILE"], found["AWS_CONFIG_FILE"]) == ("archive", "/etc/archive")
    assert (found["AWS_REGION"], found["AWS_DEFAULT_REGION"]) == ("us-east-1", "us-east-1")
    assert "AWS_SESSION_TOKEN" not in found


def test_nothing_but_settings_of_aws_is_handed_on(monkeypatch):
    found = settings(monkeypatch, PGPASSWORD="secret", HOLDFAST_HOME="/x", AWS_PROFILE="archive")

    assert all(name.startswith("AWS_") for name in found)


def test_in_a_sandbox_it_is_told_the_sandbox_s_address_and_nothing_of_this_machine(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "mine")
    sandbox = load_environment("sandbox", Path(__file__).parents[2] / "environments").environment
    sessions = Sessions(sandbox, Endpoints("https://127.0.0.1:1", {}, "key", "secret"))

    found = found_by_barman(sessions, "us-east-1")

    assert found["AWS_ENDPOINT_URL"] == "https://127.0.0.1:1"
    assert found["AWS_ACCESS_KEY_ID"] == "key"
    assert "AWS_PROFILE" not in found
