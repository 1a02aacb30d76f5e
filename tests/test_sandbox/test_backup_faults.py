"""Faults: each is read strictly, strikes where it says and as often as it says."""

from __future__ import annotations

import json

import pytest
from service_bench import Bench

from holdfast.sandbox.backup_service.faults import MEANING, VOCABULARY, Effect
from holdfast.sandbox.service.faults import BadFault, Faults

BUCKET, TABLE = "arn:aws:s3:::b", "arn:aws:dynamodb:us-east-1:000000000000:table/t"


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "fail",
        {},
        {"effect": "explode"},
        {"effect": ["fail"]},
        {"effect": "fail", "when": "now"},
        {"effect": "damage", "how": "gently"},
        {"effect": "delay", "seconds": "long"},
        {"effect": "delay", "seconds": -1},
        {"effect": "delay", "seconds": 1e9},
        {"effect": "fail", "times": -1},
        {"effect": "fail", "job": "export"},
    ],
)
def test_what_is_no_fault_is_refused_with_what_is_allowed(document):
    with pytest.raises(BadFault) as refused:
        VOCABULARY.read(document)

    assert "allowed" in str(refused.value) or "are 0" in str(refused.value)


def test_a_fault_strikes_its_job_and_resource_only():
    faults = Faults(VOCABULARY)
    faults.switch_on([VOCABULARY.read({"effect": "fail", "job": "restore", "resource": "arn:aws:s3:::*"})])

    assert faults.take(Effect.FAIL, TABLE, job="restore") is None
    assert faults.take(Effect.FAIL, BUCKET, job="backup") is None
    assert faults.take(Effect.ABORT, BUCKET, job="restore") is None
    assert faults.take(Effect.FAIL, BUCKET, job="restore") is not None


@pytest.mark.parametrize(("times", "strikes"), [(1, 1), (3, 3), (0, 10)])
def test_a_fault_strikes_as_often_as_it_says(times, strikes):
    faults = Faults(VOCABULARY)
    faults.switch_on([VOCABULARY.read({"effect": "delay", "seconds": 1, "times": times})])

    assert sum(faults.take(Effect.DELAY, BUCKET, job="copy") is not None for _ in range(10)) == strikes


def test_every_effect_is_explained():
    assert set(MEANING) == set(Effect)


def test_an_error_that_is_switched_on_is_answered_once_and_then_no_more(tmp_path):
    bench = Bench(tmp_path)
    fault = {"effect": "error", "operation": "ListBackupVaults", "code": "ThrottlingException", "times": 1}
    body = json.dumps({"faults": [fault]}).encode()
    switched = bench.service.answer("PUT", "/_holdfast/faults", [("authorization", "Bearer secret")], body)

    assert json.loads(switched.body)["faults"][0]["code"] == "ThrottlingException"
    with pytest.raises(Exception, match="ThrottlingException"):
        bench.ask("ListBackupVaults")
    assert bench.ask("ListBackupVaults")["BackupVaultList"] == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"faults": 1}', b'{"faults": [{}]}'])
def test_a_request_the_door_does_not_understand_changes_nothing(tmp_path, body):
    bench = Bench(tmp_path)
    bench.world.faults.switch_on([VOCABULARY.read({"effect": "fail"})])

    answer = bench.service.answer("PUT", "/_holdfast/faults", [("authorization", "Bearer secret")], body)

    assert answer.status == 400
    assert len(bench.world.faults.document()) == 1
