"""The EBS direct APIs: the blocks of snapshots, read and written one by one.

https://docs.aws.amazon.com/ebs/latest/userguide/ebs-accessing-snapshot.html
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

from holdfast.sandbox.ebs_service import keys
from holdfast.sandbox.ebs_service.records import BLOCK, GIB, NO_VOLUME, Image, Making, Snapshot
from holdfast.sandbox.ebs_service.tagging import pairs
from holdfast.sandbox.ebs_service.world import Request, found, new_id
from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.values import Values

_TOKENS_LAST = timedelta(days=7)
_PAGE = 10_000
_LEAST_PAGE = 100


def start_snapshot(request: Request) -> Values:
    """StartSnapshot: an empty one, or one that goes on from a parent; pending until it is completed."""
    given, world = request.given, request.world
    token = given.get("ClientToken")
    again = next((each for each in world.snapshots.values() if token and each.token == token), None)
    if again is not None:
        return _begun(again)
    parent = _named(request, given["ParentSnapshotId"]) if given.get("ParentSnapshotId") else None
    key = parent.key if parent else None
    if given.get("Encrypted") or given.get("KmsKeyArn"):
        try:
            key = keys.resolved(world.emulator("kms", request.place.region), given.get("KmsKeyArn"), request.place)
        except keys.KeyUnusable as error:
            raise ServiceAnswer("ValidationException", str(error)) from None
    snapshot_id = new_id("snap")
    snapshot = Snapshot(
        snapshot_id,
        request.place,
        NO_VOLUME,
        given["VolumeSize"],
        request.now,
        Making(request.now, "completed"),
        dict(parent.image) if parent else {},
        parent.root if parent else snapshot_id,
        key=key,
        description=given.get("Description", ""),
        parent=parent.id if parent else None,
        writable=True,
        token=token,
        tags={each["Key"]: each.get("Value", "") for each in given.get("Tags", [])},
    )
    world.snapshots[snapshot_id] = snapshot
    return _begun(snapshot)


def put_snapshot_block(request: Request) -> Values:
    """PutSnapshotBlock: one block, whole, with its checksum."""
    given, snapshot = request.given, _named(request, request.given["SnapshotId"])
    content: bytes = given["BlockData"]
    if not snapshot.writable:
        raise ServiceAnswer("ConflictException", f"The snapshot {snapshot.id} is not pending", 503)
    if len(content) != BLOCK or given["DataLength"] != BLOCK:
        raise ServiceAnswer("ValidationException", f"A block is {BLOCK} bytes")
    if not 0 <= given["BlockIndex"] < snapshot.size * GIB // BLOCK:
        raise ServiceAnswer("ValidationException", "The block index is outside the volume")
    checksum = base64.b64encode(sha256(content).digest()).decode()
    if given["Checksum"] != checksum:
        raise ServiceAnswer("ValidationException", "The checksum does not match the data")
    image = dict(snapshot.image)
    image[given["BlockIndex"]] = request.world.blobs.put(content)
    snapshot.image = image
    return {"Checksum": checksum, "ChecksumAlgorithm": "SHA256"}


def complete_snapshot(request: Request) -> Values:
    """CompleteSnapshot: nothing is written to it any more."""
    given, snapshot = request.given, _named(request, request.given["SnapshotId"])
    parent = request.world.snapshots.get(snapshot.parent or "")
    written = {index: each for index, each in snapshot.image.items() if not parent or parent.image.get(index) != each}
    if given["ChangedBlocksCount"] != len(written):
        raise ServiceAnswer("ValidationException", f"{len(written)} blocks were written")
    together = sha256(b"".join(bytes.fromhex(written[index]) for index in sorted(written))).digest()
    if given.get("Checksum") not in {None, base64.b64encode(together).decode()}:
        raise ServiceAnswer("ValidationException", "The checksum does not match the blocks")
    snapshot.writable, snapshot.making = False, Making(request.now, "completed")
    return {"Status": "completed"}


def list_snapshot_blocks(request: Request) -> Values:
    """ListSnapshotBlocks: the blocks that were ever written, in order."""
    snapshot = _readable(request, request.given["SnapshotId"])
    return _page(
        request,
        snapshot,
        "Blocks",
        sorted(snapshot.image),
        lambda index: {"BlockIndex": index, "BlockToken": _token(snapshot.id, index, snapshot.image)},
    )


def list_changed_blocks(request: Request) -> Values:
    """ListChangedBlocks: what differs between two snapshots of one lineage."""
    second = _readable(request, request.given["SecondSnapshotId"])
    first_id = request.given.get("FirstSnapshotId")
    first = _readable(request, first_id) if first_id else None
    if first is not None and first.root != second.root:
        raise ServiceAnswer("ValidationException", "The snapshots are not of the same volume lineage")
    before: Image = first.image if first else {}
    changed = sorted(index for index in {*before, *second.image} if before.get(index) != second.image.get(index))

    def row(index: int) -> Values:
        return {
            "BlockIndex": index,
            "FirstBlockToken": _token(first.id, index, before) if first and index in before else None,
            "SecondBlockToken": _token(second.id, index, second.image) if index in second.image else None,
        }

    return _page(request, second, "ChangedBlocks", changed, row)


def get_snapshot_block(request: Request) -> Values:
    """GetSnapshotBlock: one block with its checksum, for the token a list gave."""
    given, snapshot = request.given, _readable(request, request.given["SnapshotId"])
    index = given["BlockIndex"]
    if index not in snapshot.image or given["BlockToken"] != _token(snapshot.id, index, snapshot.image):
        raise ServiceAnswer("ValidationException", "The block token is not valid for this block")
    content = request.world.blobs.get(snapshot.image[index])
    return {
        "BlockData": content,
        "DataLength": len(content),
        "Checksum": base64.b64encode(bytes.fromhex(snapshot.image[index])).decode(),
        "ChecksumAlgorithm": "SHA256",
    }


def _named(request: Request, snapshot_id: str) -> Snapshot:
    try:
        return found(request.world, request.place, snapshot_id)
    except ServiceAnswer as error:
        raise ServiceAnswer("ResourceNotFoundException", error.message, 404) from None


def _readable(request: Request, snapshot_id: str) -> Snapshot:
    """A snapshot whose blocks can be read: complete, and under a key that can be used."""
    snapshot = _named(request, snapshot_id)
    if snapshot.state(request.now) != "completed" or snapshot.tier != "standard":
        raise ServiceAnswer("ValidationException", f"The snapshot {snapshot.id} is not completed")
    if snapshot.key:
        try:
            keys.resolved(request.world.emulator("kms", request.place.region), snapshot.key, request.place)
        except keys.KeyUnusable as error:
            raise ServiceAnswer("AccessDeniedException", str(error), 403) from None
    return snapshot


def _token(snapshot_id: str, index: int, image: Image) -> str:
    return base64.b64encode(sha256(f"{snapshot_id}/{index}/{image[index]}".encode()).digest()).decode()


def _page(request: Request, snapshot: Snapshot, name: str, indexes: list[int], row: Callable[[int], Values]) -> Values:
    given = request.given
    try:
        start = int(base64.b64decode(given.get("NextToken") or "MA==", validate=True))
    except ValueError:
        raise ServiceAnswer("ValidationException", "The page token is not valid") from None
    first = max(start, given.get("StartingBlockIndex") or 0)
    most = max(_LEAST_PAGE, min(given.get("MaxResults") or _PAGE, _PAGE))
    rest = [index for index in indexes if index >= first]
    answer: Values = {
        name: [row(index) for index in rest[:most]],
        "BlockSize": BLOCK,
        "VolumeSize": snapshot.size,
        "ExpiryTime": request.now + _TOKENS_LAST,
    }
    return answer | ({"NextToken": base64.b64encode(str(rest[most]).encode()).decode()} if len(rest) > most else {})


def _begun(snapshot: Snapshot) -> Values:
    return {
        "SnapshotId": snapshot.id,
        "OwnerId": snapshot.place.account,
        "Status": "pending",
        "StartTime": snapshot.started,
        "VolumeSize": snapshot.size,
        "BlockSize": BLOCK,
        "Description": snapshot.description,
        "Tags": pairs(snapshot.tags),
        "ParentSnapshotId": snapshot.parent,
        "KmsKeyArn": snapshot.key,
    }


SERVED = {
    "StartSnapshot": start_snapshot,
    "PutSnapshotBlock": put_snapshot_block,
    "CompleteSnapshot": complete_snapshot,
    "ListSnapshotBlocks": list_snapshot_blocks,
    "ListChangedBlocks": list_changed_blocks,
    "GetSnapshotBlock": get_snapshot_block,
}
"""By operation."""
