"""Damage done to a restored table or bucket on purpose, between restore and verification, and taken back again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

ITEMS = [
    {"id": {"S": str(number)}, "total": {"N": str(number * 10)}, "tags": {"SS": [f"t{number}", "shared"]}}
    for number in range(1, 6)
]
OBJECTS = {f"n/{number}": bytes([number]) * 2000 for number in range(1, 6)}
Items = list[dict[str, Any]]
Objects = dict[str, bytes]


def changed(number: int, **attributes: Any) -> Items:
    """The items with one of them as it should not be; an attribute that is None is gone."""
    items = [dict(each) for each in ITEMS]
    items[number] = {key: value for key, value in (items[number] | attributes).items() if value is not None}
    return items


ITEM_DAMAGES: dict[str, Items] = {
    "value of an attribute changed": changed(0, total={"N": "11"}),
    "last item changed": changed(-1, total={"N": "-50"}),
    "number stored as text": changed(1, total={"S": "20"}),
    "attribute missing": changed(2, total=None),
    "attribute extra": changed(2, note={"S": "new"}),
    "member of a set missing": changed(3, tags={"SS": ["shared"]}),
    "item emptied but for its key": changed(3, total=None, tags=None),
    "item missing": ITEMS[1:],
    "last item missing": ITEMS[:-1],
    "all items missing": [],
    "item extra": [*ITEMS, {"id": {"S": "6"}, "total": {"N": "60"}}],
    "item under another key": changed(4, id={"S": "five"}),
    "contents of two items swapped": [
        {**ITEMS[1], "id": ITEMS[0]["id"]},
        {**ITEMS[0], "id": ITEMS[1]["id"]},
        *ITEMS[2:],
    ],
    "older version": changed(0, total={"N": "9"}),
    "items of another tenant": [{**each, "tags": {"SS": ["umbra"]}} for each in ITEMS],
}
OBJECT_DAMAGES: dict[str, Objects] = {
    "bit flip, first byte": {**OBJECTS, "n/1": b"\0" + OBJECTS["n/1"][1:]},
    "bit flip, middle byte": {**OBJECTS, "n/3": OBJECTS["n/3"][:1000] + b"\2" + OBJECTS["n/3"][1001:]},
    "bit flip, last byte": {**OBJECTS, "n/5": OBJECTS["n/5"][:-1] + b"\4"},
    "object missing": {key: body for key, body in OBJECTS.items() if key != "n/1"},
    "all objects missing": {},
    "object extra": {**OBJECTS, "n/6": b"extra"},
    "empty object extra": {**OBJECTS, "n/6": b""},
    "truncated by one byte": {**OBJECTS, "n/2": OBJECTS["n/2"][:-1]},
    "truncated to nothing": {**OBJECTS, "n/2": b""},
    "one byte longer": {**OBJECTS, "n/2": OBJECTS["n/2"] + b"\2"},
    "zeros of the same length": {**OBJECTS, "n/4": bytes(2000)},
    "two objects swapped": {**OBJECTS, "n/1": OBJECTS["n/2"], "n/2": OBJECTS["n/1"]},
    "older version": {**OBJECTS, "n/5": OBJECTS["n/5"][:-1] + b"\0"},
    "under another key": {("m/1" if key == "n/1" else key): body for key, body in OBJECTS.items()},
    "object of another tenant in place": {**OBJECTS, "n/1": b"umbra,1" * 20},
}


def in_table(dynamodb: Any, table: str) -> Iterator[tuple[str, Callable[[], None]]]:
    """Each damage by name, with what does it; calling it also takes the one before back."""
    for name, items in ITEM_DAMAGES.items():
        yield name, lambda items=items: fill_table(dynamodb, table, items)


def in_bucket(s3: Any, bucket: str) -> Iterator[tuple[str, Callable[[], None]]]:
    """As `in_table`, for objects."""
    for name, objects in OBJECT_DAMAGES.items():
        yield name, lambda objects=objects: fill_bucket(s3, bucket, objects)


def fill_table(dynamodb: Any, table: str, items: Items) -> None:
    """Have a table hold these items and no others."""
    for each in dynamodb.scan(TableName=table)["Items"]:
        dynamodb.delete_item(TableName=table, Key={"id": each["id"]})
    for each in items:
        dynamodb.put_item(TableName=table, Item=each)


def fill_bucket(s3: Any, bucket: str, objects: Objects) -> None:
    """Have a bucket hold these objects and no others."""
    for each in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        s3.delete_object(Bucket=bucket, Key=each["Key"])
    for key, body in objects.items():
        s3.put_object(Bucket=bucket, Key=key, Body=body)
