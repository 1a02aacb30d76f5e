"""IAM in the sandbox is asked about the table a request names, in whatever field it does."""

from __future__ import annotations

import json

import pytest

from holdfast.sandbox.tables_asked import ask_for_the_table, named_in

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/orders"


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        ({"SourceTableName": "orders", "TargetTableName": "copy"}, [ARN]),
        ({"SourceTableArn": ARN, "TargetTableName": "copy"}, [ARN]),
        ({"ResourceArn": ARN}, [ARN]),
        ({"Limit": 1}, []),
        ({"ResourceArn": 7}, []),
        ([], []),
    ],
)
def test_the_table_is_found_where_it_is_named(request_, found):
    assert named_in(json.dumps(request_).encode(), "us-east-1", "000000000000") == found


@pytest.mark.parametrize("body", [b"", b"{", b"\xff"])
def test_what_is_no_request_names_none(body):
    assert named_in(body, "us-east-1", "000000000000") == []


def test_what_the_emulator_reads_itself_goes_before():
    class Module:
        dynamodb_resource_arns = staticmethod(lambda *_: ["its own"])

    ask_for_the_table(Module)
    assert Module.dynamodb_resource_arns(b'{"ResourceArn": "other"}', "us-east-1", "0") == ["its own"]


def test_the_emulator_still_has_the_function_that_is_wrapped():
    from ministack.core import iam_actions

    assert callable(iam_actions.dynamodb_resource_arns)
