"""Read back the two lists of a set: its entries and its objects."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from holdfast.backupsets.entries import Entry, Kind, parse_entry
from holdfast.backupsets.errors import InvalidSetDocument
from holdfast.backupsets.inventory import RECORD_BYTES
from holdfast.backupsets.layout import Folder
from holdfast.backupsets.manifest import Manifest, StoredList
from holdfast.backupsets.reading import Reader


def read_entries(reader: Reader, folder: Folder, manifest: Manifest) -> Iterator[Entry]:
    """Every entry, in order, a chunk of the list in memory at a time.

    Raises:
        InvalidSetDocument: the list is not the one the manifest describes, names something twice or out of order,
            or does not add up.
        UnsafePath: an entry would leave the root.
        ObjectLost, ObjectDamaged: a part of the list cannot be read.
    """
    last: list[bytes] = []
    count = files = size = 0
    for line in _lines(_data(reader, folder, manifest.entries, "the list of entries")):
        entry = parse_entry(line)
        parts = entry.path.split(b"/")
        if parts <= last:
            raise InvalidSetDocument(what="the list of entries", problem=f"{entry.name!r} is out of order")
        last, count = parts, count + 1
        files, size = files + (entry.kind is Kind.FILE), size + entry.size
        yield entry
    found, said = (count, files, size), (manifest.entries.count, manifest.totals.files, manifest.totals.bytes)
    if found != said:
        problem = f"entries, files and bytes are {found} where the manifest says {said}"
        raise InvalidSetDocument(what="the list of entries", problem=problem)


def read_objects(reader: Reader, folder: Folder, manifest: Manifest) -> Iterator[bytes]:
    """Every record of the list of objects, the objects that hold the list itself included.

    Raises:
        InvalidSetDocument: the list is not the one the manifest describes.
        ObjectLost, ObjectDamaged: a part of the list cannot be read.
    """
    rest, count = b"", 0
    for data in _data(reader, folder, manifest.objects, "the list of objects"):
        data = rest + data
        whole = len(data) - len(data) % RECORD_BYTES
        for start in range(0, whole, RECORD_BYTES):
            count += 1
            yield data[start : start + RECORD_BYTES]
        rest = data[whole:]
    if rest or count != manifest.objects.count:
        problem = f"{count} records where the manifest says {manifest.objects.count}"
        raise InvalidSetDocument(what="the list of objects", problem=problem)
    for chunk in manifest.objects.pieces():
        yield bytes.fromhex(chunk.digest) + chunk.size.to_bytes(4, "big")


def _data(reader: Reader, folder: Folder, listed: StoredList, what: str) -> Iterator[bytes]:
    whole = hashlib.sha256()
    for chunk in listed.pieces():
        data = bytes(reader.verified(folder.object_key(chunk.digest), chunk.digest).data)
        whole.update(data)
        yield data
    if whole.hexdigest() != listed.sha256:
        raise InvalidSetDocument(what=what, problem="its parts are not in the order the manifest says")


def _lines(parts: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for part in parts:
        *lines, rest = (rest + part).split(b"\n")
        yield from lines
    if rest:
        yield rest
