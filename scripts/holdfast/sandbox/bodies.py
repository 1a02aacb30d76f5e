"""What is large lies on the disk: bodies of objects in files without a name, mapped into the emulator's memory.

ministack keeps every byte of every object in memory, so a base backup of a few gigabytes would end a small machine. A
mapped file costs memory only while it is read, and the kernel takes that back when others want it. Its space is free
again when the last version that has it goes, or the process, however that ends.
"""

from __future__ import annotations

import contextlib
import mmap
import resource
import tempfile
from collections.abc import Iterator
from typing import Any

from holdfast.sandbox.replaying import Application, Message

LARGE = 4 * 1024 * 1024
"""From this many bytes on a body lies on the disk."""
_SENT_AT_ONCE = 1024 * 1024


class Body(mmap.mmap):
    """The bytes of an object or a part, as far as ministack tells `bytes` from what is like them.

    It copies records deeply (nobody changes a body), computes some checksums number by number, and takes what is not
    `bytes` for text to be encoded.
    """

    def __deepcopy__(self, _known: object) -> Body:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(memoryview(self))

    def encode(self, _encoding: str = "") -> Body:
        """Itself."""
        return self

    def pieces(self) -> Iterator[bytes]:
        """All of it, a piece at a time."""
        return (self[start : start + _SENT_AT_ONCE] for start in range(0, len(self), _SENT_AT_ONCE))


def on_disk(content: Any) -> Any:
    """The same content in a file below the temporary folder, when it is large and there is room for it."""
    if not isinstance(content, bytes) or len(content) < LARGE:
        return content
    try:
        with tempfile.TemporaryFile() as file:
            file.write(content)
            file.flush()
            return Body(file.fileno(), len(content), access=mmap.ACCESS_READ)
    except OSError:
        return content


def keep_on_disk(s3: Any) -> None:
    """Have ministack's S3 keep large bodies on the disk.

    Args:
        s3: its module; three of its functions are wrapped, each where a body is about to be kept.
    """
    upload_part, replicate, record = s3._upload_part, s3._maybe_replicate, s3._record_object_version

    def part_kept(bucket: str, key: str, body: bytes, query: Any, headers: Any) -> Any:
        answer = upload_part(bucket, key, body, query, headers)
        upload = s3._multipart_uploads.get(s3._qp(query, "uploadId"))
        part = upload["parts"].get(int(s3._qp(query, "partNumber"))) if upload and answer[0] == 200 else None
        if part:
            part["body"] = on_disk(part["body"])
        return answer

    def replicated(bucket: str, key: str, kept: Any, data: Any, *more: Any) -> Any:
        return replicate(bucket, key, kept, _kept(kept, data), *more)

    def recorded(bucket: str, key: str, before: Any, kept: Any, data: Any) -> Any:
        return record(bucket, key, before, kept, _kept(kept, data))

    s3._upload_part, s3._maybe_replicate, s3._record_object_version = part_kept, replicated, recorded
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # each body is an open file


def sending(application: Application) -> Application:
    """The ASGI application, made to send a body from the disk a piece at a time."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        async def send_pieces(message: Message) -> None:
            body = message.get("body")
            if not isinstance(body, Body):
                await send(message)
                return
            for piece in body.pieces():
                await send({**message, "body": piece, "more_body": True})
            await send({**message, "body": b""})

        await application(scope, receive, send_pieces)

    return answer


def _kept(record: dict[str, Any], data: Any) -> Any:
    """What a record keeps for its body from now on; `data` is what the version beside it is about to keep."""
    if data is not None and record.get("body") is data:
        record["body"] = on_disk(data)
    return record["body"] if isinstance(record.get("body"), Body) else data
