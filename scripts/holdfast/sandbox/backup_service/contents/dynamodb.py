"""A table's items, captured and restored into a new table.

AWS Backup restores a table under a name of its own, with its keys and indexes and without its tags, alarms and streams.
https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-dynamodb.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from holdfast.sandbox.backup_service.arns import resource_name
from holdfast.sandbox.backup_service.contents.content import Content, Part
from holdfast.sandbox.backup_service.contents.errors import JobFailure
from holdfast.sandbox.service.blobs import Blobs

_INDEX = ("IndexName", "KeySchema", "Projection")
_BATCH = 25
_BYTES = "__bytes__"


def capture(dynamodb: Any, blobs: Blobs, arn: str) -> Content:
    """Read every item of a table.

    Raises:
        JobFailure: no such table, or it cannot be read.
    """
    name = resource_name(arn)
    table = _call(dynamodb.describe_table, TableName=name)["Table"]
    keys = [each["AttributeName"] for each in table["KeySchema"]]
    setting: dict[str, Any] = {
        "table": name,
        "TableName": name,
        "KeySchema": table["KeySchema"],
        "AttributeDefinitions": table["AttributeDefinitions"],
        "BillingMode": "PAY_PER_REQUEST",
    }
    for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        if table.get(kind):
            setting[kind] = [{field: each[field] for field in _INDEX} for each in table[kind]]
    return Content("DynamoDB", tuple(_parts(dynamodb, blobs, name, keys)), setting)


def restore(dynamodb: Any, blobs: Blobs, content: Content, metadata: dict[str, str], home: str) -> str:
    """Make the table `targetTableName` and write the items into it; returns its ARN.

    Args:
        home: `region:account` of the new table.

    Raises:
        JobFailure: no target is named, there is a table of that name, or it cannot be written.
    """
    target = metadata.get("targetTableName", "")
    if not target:
        raise JobFailure("targetTableName is required to restore DynamoDB")
    setting = {name: value for name, value in content.setting.items() if name != "table"}
    _call(dynamodb.create_table, **setting | {"TableName": target})
    dynamodb.get_waiter("table_exists").wait(TableName=target, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    for start in range(0, len(content.parts), _BATCH):
        batch = [
            {"PutRequest": {"Item": unpacked(blobs.get(part.digest))}} for part in content.parts[start : start + _BATCH]
        ]
        left = {target: batch}
        while left:
            left = _call(dynamodb.batch_write_item, RequestItems=left).get("UnprocessedItems", {})
    return f"arn:aws:dynamodb:{home}:table/{target}"


def metadata_of(content: Content) -> dict[str, str]:
    """What a restore of it may be asked with."""
    return {"originalTableName": content.setting["table"], "encryptionType": "Default"}


def packed(item: dict[str, Any]) -> bytes:
    """An item as bytes: DynamoDB's own JSON, keys in order."""
    return json.dumps(item, sort_keys=True, default=_binary).encode()


def unpacked(content: bytes) -> dict[str, Any]:
    """The item of some bytes."""
    item: dict[str, Any] = json.loads(content, object_hook=_of_binary)
    return item


def _parts(dynamodb: Any, blobs: Blobs, name: str, keys: list[str]) -> Iterator[Part]:
    start: dict[str, Any] = {}
    while True:
        page = _call(dynamodb.scan, TableName=name, ConsistentRead=True, **start)
        for item in page["Items"]:
            body = packed(item)
            yield Part(packed({key: item[key] for key in keys}).decode(), blobs.put(body), len(body))
        if not page.get("LastEvaluatedKey"):
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def _of_binary(value: dict[str, Any]) -> Any:
    return base64.b64decode(value[_BYTES]) if set(value) == {_BYTES} else value


def _binary(value: Any) -> dict[str, str]:
    return {_BYTES: base64.b64encode(bytes(value)).decode()}


def _call(method: Any, **given: Any) -> Any:
    try:
        return method(**given)
    except ClientError as error:
        answer = error.response.get("Error", {})
        raise JobFailure(f"{error.operation_name}: {answer.get('Code')}: {answer.get('Message')}") from error
