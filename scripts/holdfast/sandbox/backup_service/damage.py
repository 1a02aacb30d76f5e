"""Content damaged on purpose: what a verifier has to find."""

from __future__ import annotations

import json
from dataclasses import replace

from holdfast.sandbox.backup_service.contents.content import Content, Part
from holdfast.sandbox.service.blobs import Blobs
from holdfast.sandbox.service.damage import Damage


def damaged(content: Content, blobs: Blobs, how: Damage, before: Content | None) -> Content:
    """The content as a bad restore would bring it back.

    Args:
        content: as it was captured.
        blobs: where changed bytes are kept.
        how: the damage; one that cannot be done to this content (a swap of one part) is the loss of its first part.
        before: an earlier content of the same resource, for `older`.
    """
    parts = list(content.parts)
    if how is Damage.OLDER:
        return before or content.with_parts(())
    if how is Damage.EXTRA:
        return content.with_parts((*parts, _extra(content, blobs)))
    if how is Damage.SWAP and len(parts) > 1:
        first, second = parts[0], parts[1]
        if content.type == "S3":
            parts[0], parts[1] = replace(second, name=first.name), replace(first, name=second.name)
            return content.with_parts(tuple(parts))
    if how in {Damage.BIT_FLIP, Damage.TRUNCATE} and parts and content.type in {"S3", "DynamoDB"}:
        parts[0] = _changed(content, parts[0], blobs, how)
        return content.with_parts(tuple(parts))
    return content.with_parts(tuple(parts[1:]))


def _changed(content: Content, part: Part, blobs: Blobs, how: Damage) -> Part:
    body = blobs.get(part.digest)
    if content.type == "DynamoDB":
        item = json.loads(body)
        kept = set(json.loads(part.name))
        for name in [name for name in item if name not in kept]:
            if how is Damage.TRUNCATE:
                del item[name]
            else:
                item[name] = {"S": "damaged"}
        if set(item) == kept:
            item["damaged"] = {"BOOL": True}
        body = json.dumps(item, sort_keys=True).encode()
    elif how is Damage.TRUNCATE:
        body = body[: len(body) // 2]
    else:
        body = bytes([body[0] ^ 1]) + body[1:] if body else b"\x01"
    return replace(part, digest=blobs.put(body), size=len(body))


def _extra(content: Content, blobs: Blobs) -> Part:
    if content.type != "DynamoDB" or not content.parts:
        return Part("was-never-there", blobs.put(b"was never there"), 15)
    item = json.loads(blobs.get(content.parts[0].digest))
    for name, value in json.loads(content.parts[0].name).items():
        ((kind, _),) = value.items()
        item[name] = {kind: "9999999999" if kind == "N" else "was-never-there"}
    body = json.dumps(item, sort_keys=True).encode()
    return Part("was-never-there", blobs.put(body), len(body))
