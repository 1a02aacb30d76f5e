"""Reading what a resource holds, for a baseline and for what was restored: both by the same digests.

Memory grows with the number of members (name and digest), not with their content.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from holdfast.drills.aws_backup.baseline import Member, State
from holdfast.signals import signals_held

READABLE = ("S3", "DynamoDB")
"""The resource types whose content a drill can read by itself."""
_WORKERS = 16
_PIECE = 1024 * 1024
_TICK = timedelta(seconds=1)
"""S3 dates versions to the second."""


def objects_now(s3: Any, bucket: str) -> tuple[Member, ...]:
    """Every current object of a bucket."""
    keys: list[str] = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        keys += [each["Key"] for each in page.get("Contents", [])]
    with ThreadPoolExecutor(_WORKERS) as pool:
        with signals_held():
            reading = pool.map(lambda key: _read(s3, bucket, key, None), keys)
        states = list(reading)
    return tuple(Member(name=key, states=(state,)) for key, state in sorted(zip(keys, states, strict=True)))


def objects_between(s3: Any, bucket: str, since: datetime, until: datetime) -> tuple[Member, ...]:
    """What a bucket with versions held while a backup was made of it, from its beginning to its end.

    An object that was written in that time may be in the backup as it was before or after: both are states.
    """
    wanted = [
        (key, [each for each in versions if "ETag" in each], any(_absent(each) for each in versions) or not before)
        for key, versions, before in _versions(s3, bucket, since, until)
    ]
    with ThreadPoolExecutor(_WORKERS) as pool:
        with signals_held():
            members = pool.map(lambda each: _member(s3, bucket, *each), (each for each in wanted if each[1]))
        return tuple(sorted(members, key=lambda member: member.name))


def items_now(dynamodb: Any, table: str) -> tuple[Member, ...]:
    """Every item of a table."""
    keys = [each["AttributeName"] for each in dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]]
    found: list[Member] = []
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        found += [member_of(item, keys) for item in page["Items"]]
    return tuple(sorted(found, key=lambda member: member.name))


def member_of(item: dict[str, Any], keys: list[str]) -> Member:
    """An item by its key and digest; `keys` are the attributes of the key."""
    body = _json(item)
    state = State(sha256=hashlib.sha256(body).hexdigest(), size=len(body))
    return Member(name=_json({key: item[key] for key in keys}).decode(), states=(state,))


def reader_of(kind: str) -> Callable[[Any, str], tuple[Member, ...]]:
    """What reads a resource of a type."""
    return objects_now if kind == "S3" else items_now


def service_of(kind: str) -> str:
    """boto3's name of the service that has it."""
    return "s3" if kind == "S3" else "dynamodb"


def _versions(
    s3: Any, bucket: str, since: datetime, until: datetime
) -> Iterator[tuple[str, list[dict[str, Any]], bool]]:
    """By key: the versions that were current at some moment between, and whether one was from before."""
    by_key: dict[str, list[dict[str, Any]]] = {}
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for each in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
            by_key.setdefault(each["Key"], []).append(each)
    for key, versions in by_key.items():
        newest_first = sorted(versions, key=lambda each: (each["LastModified"], bool(each["IsLatest"])), reverse=True)
        within = [
            each for each in newest_first if since < each["LastModified"] + _TICK and each["LastModified"] <= until
        ]
        before = [each for each in newest_first if each["LastModified"] + _TICK <= since]
        if within or before:
            yield key, [*within, *before[:1]], bool(before)


def _absent(version: dict[str, Any]) -> bool:
    return "ETag" not in version


def _member(s3: Any, bucket: str, key: str, versions: list[dict[str, Any]], may_be_absent: bool) -> Member:
    states = []
    for version in versions:
        state = _read(s3, bucket, key, version["VersionId"])
        states.append(state.model_copy(update={"committed_at": version["LastModified"]}))
    return Member(name=key, states=tuple(states), may_be_absent=may_be_absent)


def _read(s3: Any, bucket: str, key: str, version: str | None) -> State:
    which = {"VersionId": version} if version else {}
    body = s3.get_object(Bucket=bucket, Key=key, **which)["Body"]
    digest, size = hashlib.sha256(), 0
    for piece in body.iter_chunks(_PIECE):
        digest.update(piece)
        size += len(piece)
    return State(sha256=digest.hexdigest(), size=size)


def _json(item: dict[str, Any]) -> bytes:
    """An item in DynamoDB's own JSON, in one spelling: members of sets have no order."""
    return json.dumps(_ordered(item), sort_keys=True, separators=(",", ":")).encode()


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: sorted(map(_plain, each)) if key in {"SS", "NS", "BS"} and isinstance(each, list) else _ordered(each)
            for key, each in value.items()
        }
    return [_ordered(each) for each in value] if isinstance(value, list) else _plain(value)


def _plain(value: Any) -> Any:
    return base64.b64encode(bytes(value)).decode() if isinstance(value, bytes | bytearray) else value
