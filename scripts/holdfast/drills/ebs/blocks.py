"""The blocks of a snapshot, through the EBS direct APIs: listed, read, digested. Memory grows with their number only.

https://docs.aws.amazon.com/ebs/latest/userguide/ebsapi-elements.html
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from holdfast.drills.ebs.errors import BlockNotAsSent

BLOCK = 512 * 1024
"""Bytes of a block."""
ZEROS = sha256(bytes(BLOCK)).hexdigest()
"""SHA-256 of a block that holds nothing: the same as one that was never written."""
_WORKERS = 16


@dataclass(frozen=True)
class Listed:
    """The blocks of a snapshot: the token each is read with, by index. A block that was never written is not there."""

    snapshot: str
    tokens: Mapping[int, str]


def list_blocks(ebs: Any, snapshot: str) -> Listed:
    """List every block of a snapshot."""
    tokens: dict[int, str] = {}
    page: dict[str, str] = {}
    while True:
        told = ebs.list_snapshot_blocks(SnapshotId=snapshot, **page)
        tokens |= {each["BlockIndex"]: each["BlockToken"] for each in told.get("Blocks", [])}
        if not told.get("NextToken"):
            return Listed(snapshot, tokens)
        page = {"NextToken": told["NextToken"]}


def read_block(ebs: Any, listed: Listed, index: int) -> bytes:
    """One block, checked against the checksum EBS sends with it.

    Raises:
        BlockNotAsSent: it does not have it.
    """
    told = ebs.get_snapshot_block(SnapshotId=listed.snapshot, BlockIndex=index, BlockToken=listed.tokens[index])
    content: bytes = told["BlockData"].read()
    if len(content) != BLOCK:
        raise BlockNotAsSent(index=index, snapshot=listed.snapshot, problem=f"{len(content)} bytes of {BLOCK}")
    if told["ChecksumAlgorithm"] != "SHA256" or base64.b64decode(told["Checksum"]) != sha256(content).digest():
        raise BlockNotAsSent(index=index, snapshot=listed.snapshot, problem="its checksum differs")
    return content


def digests(ebs: Any, listed: Listed, indexes: Iterable[int]) -> dict[int, str]:
    """SHA-256 of some blocks, by index; one that is not listed is all zeros. Several are read at a time.

    Raises:
        BlockNotAsSent: one does not have the checksum EBS sent with it.
    """
    wanted = sorted(indexes)

    def digest(index: int) -> str:
        return sha256(read_block(ebs, listed, index)).hexdigest() if index in listed.tokens else ZEROS

    with ThreadPoolExecutor(_WORKERS) as pool:
        return dict(zip(wanted, pool.map(digest, wanted), strict=True))
