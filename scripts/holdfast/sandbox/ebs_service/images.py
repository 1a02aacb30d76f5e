"""Images damaged on purpose: what a verifier has to find."""

from __future__ import annotations

from holdfast.sandbox.ebs_service.records import BLOCK, Image
from holdfast.sandbox.service.blobs import Blobs
from holdfast.sandbox.service.damage import Damage


def damaged(image: Image, how: Damage, older: Image, blobs: Blobs) -> Image:
    """An image as something that went wrong would leave it.

    Args:
        image: as it was.
        how: the damage; one that cannot be done to this image (a swap of one block) is the loss of its last block.
        older: an earlier image of the same disk.
        blobs: where blocks are.
    """
    indexes = sorted(image)
    if how is Damage.OLDER:
        return older
    if how is Damage.EXTRA:
        return {**image, max(indexes, default=-1) + 1: blobs.put(b"\x01" * BLOCK)}
    if how is Damage.TRUNCATE:
        return {index: image[index] for index in indexes[: len(indexes) // 2]}
    if how is Damage.BIT_FLIP and indexes:
        last = bytearray(blobs.get(image[indexes[-1]]))
        last[BLOCK // 2] ^= 1
        return {**image, indexes[-1]: blobs.put(bytes(last))}
    if how is Damage.SWAP:
        different = next((each for each in indexes[1:] if image[each] != image[indexes[0]]), None)
        if different is not None:
            return {**image, indexes[0]: image[different], different: image[indexes[0]]}
    return {index: image[index] for index in indexes[:-1]}
