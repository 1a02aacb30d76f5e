"""Terraform state is captured without its secrets, whichever way they stand in it."""

from __future__ import annotations

import json

import pytest

from holdfast.capture.errors import StateUnreadable
from holdfast.capture.redaction import REDACTED
from holdfast.capture.terraform_state import redacted_state

CANARY = "canary-X7q9-do-not-keep"


def state(*resources, **outputs):
    return json.dumps(
        {
            "version": 4,
            "terraform_version": "1.11.4",
            "serial": 7,
            "lineage": "0f3c",
            "outputs": outputs,
            "resources": list(resources),
            "check_results": None,
        }
    ).encode()


def resource(type_, attributes, **instance):
    return {
        "mode": "managed",
        "type": type_,
        "name": "it",
        "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
        "instances": [{"schema_version": 0, "attributes": attributes, **instance}],
    }


def attributes_of(redacted, number=0):
    return redacted["resources"][number]["instances"][0]["attributes"]


SECRETS = {
    "a password by its name": resource("aws_db_instance", {"id": "orders", "password": CANARY}),
    "a generated password": resource("random_password", {"id": "none", "result": CANARY, "length": 24}),
    "a secret's version": resource("aws_secretsmanager_secret_version", {"id": "x", "secret_string": CANARY}),
    "a parameter of any type": resource("aws_ssm_parameter", {"id": "/x", "name": "/x", "value": CANARY}),
    "a private key": resource("tls_private_key", {"id": "x", "private_key_openssh": CANARY}),
    "a nested password": resource("aws_thing", {"id": "x", "login": [{"user": "u", "master_password": CANARY}]}),
    "marked sensitive by Terraform": resource(
        "aws_thing",
        {"id": "x", "plain": CANARY},
        sensitive_attributes=[[{"type": "get_attr", "value": "plain"}]],
    ),
    "marked sensitive inside a list": resource(
        "aws_thing",
        {"id": "x", "plain": [{"inner": CANARY}]},
        sensitive_attributes=[
            [
                {"type": "get_attr", "value": "plain"},
                {"type": "index", "value": {"value": 0, "type": "number"}},
                {"type": "get_attr", "value": "inner"},
            ]
        ],
    ),
    "marked sensitive at a path that is not there": resource(
        "aws_thing",
        {"id": "x", "plain": {"a": CANARY}},
        sensitive_attributes=[[{"type": "get_attr", "value": "plain"}, {"type": "get_attr", "value": "gone"}]],
    ),
    "private data of the provider": resource("aws_thing", {"id": "x"}, private=CANARY),
    "user data": resource("aws_instance", {"id": "i-1", "user_data": f"#!/bin/sh\necho {CANARY}"}),
    "environment of a function": resource(
        "aws_lambda_function", {"id": "f", "environment": [{"variables": {"A": CANARY}}]}
    ),
    "old flat attributes": resource("aws_thing", None, attributes_flat={"id": "x", "any": CANARY}),
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_no_secret_is_left_wherever_it_stood(secret):
    redacted = redacted_state("it", state(secret))
    assert CANARY not in json.dumps(redacted)


def test_a_redacted_value_is_redacted_wherever_else_it_stands():
    password = resource("random_password", {"id": "none", "result": CANARY})
    url = resource("aws_thing", {"id": "x", "endpoint": f"postgres://app:{CANARY}@db/orders", "tags": {"note": CANARY}})
    redacted = redacted_state("it", state(url, password, there={"value": f"say {CANARY}", "type": "string"}))
    assert CANARY not in json.dumps(redacted)
    assert redacted["outputs"]["there"]["value"] == REDACTED


def test_a_sensitive_output_is_redacted_and_a_plain_one_is_kept():
    redacted = redacted_state(
        "it", state(a={"value": CANARY, "type": "string", "sensitive": True}, b={"value": "vault", "type": "string"})
    )
    assert redacted["outputs"]["a"]["value"] == REDACTED
    assert redacted["outputs"]["b"]["value"] == "vault"


def test_short_and_numeric_secrets_at_a_marked_path_are_redacted_too():
    marked = [[{"type": "get_attr", "value": "pin"}], [{"type": "get_attr", "value": "code"}]]
    redacted = redacted_state(
        "it", state(resource("aws_thing", {"id": "x", "pin": 1234, "code": "ab"}, sensitive_attributes=marked))
    )
    assert attributes_of(redacted)["pin"] == REDACTED
    assert attributes_of(redacted)["code"] == REDACTED


def test_what_says_which_resource_it_is_is_kept():
    bucket = resource("aws_s3_bucket", {"id": "acme-vault", "arn": "arn:aws:s3:::acme-vault", "force_destroy": False})
    redacted = redacted_state("it", state(bucket))
    assert attributes_of(redacted) == {"id": "acme-vault", "arn": "arn:aws:s3:::acme-vault", "force_destroy": False}
    assert (redacted["version"], redacted["serial"], redacted["lineage"]) == (4, 7, "0f3c")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[]",
        b'{"version": 3, "modules": []}',
        b'{"version": 4, "resources": "all"}',
        b'{"version": 4, "resources": [{"instances": []}]}',
        b'{"version": 4, "resources": [{"type": "x", "instances": ["odd"]}]}',
        b'{"version": 4, "outputs": ["odd"]}',
        b"[" * 100_000,
    ],
)
def test_a_state_nobody_can_read_is_one_error_and_not_copied(content):
    with pytest.raises(StateUnreadable, match="the Terraform state it cannot be captured") as caught:
        redacted_state("it", content)
    assert caught.value.hint


@pytest.mark.parametrize("depth", [600, 900, 960, 1_200, 9_000, 100_000])
def test_a_state_nested_too_deeply_for_this_python_is_no_other_error(depth):
    nested = "[" * depth + "]" * depth
    try:
        redacted_state("it", f'{{"version": 4, "outputs": {{"odd": {{"value": {nested}}}}}}}'.encode())
    except StateUnreadable:
        return
    assert depth < 1_000
