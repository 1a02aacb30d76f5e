"""What stands at the beginning of a disk: the file system, partition table or volume group that says how large it is.

Layouts: https://docs.kernel.org/filesystems/ext4/super.html
https://mirrors.edge.kernel.org/pub/linux/utils/fs/xfs/docs/xfs_filesystem_structure.pdf
UEFI specification 2.10, 5.3.2 (GPT header)
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_EXT, _EXT_MAGIC, _SECTOR = 1024, 0xEF53, 512


@dataclass(frozen=True)
class Signature:
    """What was recognized.

    Args:
        name: of the file system or table.
        bytes: how large it says it is; None when it does not say.
        label: the label it has; empty for none.
    """

    name: str
    bytes: int | None = None
    label: str = ""


def recognize(first: bytes) -> Signature | None:
    """What the first block of a disk says it holds; None for what is not known here.

    Args:
        first: at least the first 4096 bytes.
    """
    if struct.unpack_from("<H", first, _EXT + 0x38)[0] == _EXT_MAGIC:
        return _ext(first)
    if first.startswith(b"XFSB"):
        block_size, blocks = struct.unpack_from(">IQ", first, 4)
        return Signature("xfs", block_size * blocks, _text(first[108:120]))
    if first[_SECTOR : _SECTOR + 8] == b"EFI PART":
        (backup,) = struct.unpack_from("<Q", first, _SECTOR + 32)
        return Signature("GPT partition table", (backup + 1) * _SECTOR)
    if first[_SECTOR : _SECTOR + 8] == b"LABELONE":
        return Signature("LVM physical volume")
    if first.startswith(b"LUKS\xba\xbe"):
        return Signature("LUKS")
    return Signature("MBR partition table") if first[510:512] == b"\x55\xaa" else None


def _ext(first: bytes) -> Signature:
    low, log_size = struct.unpack_from("<I", first, _EXT + 4)[0], struct.unpack_from("<I", first, _EXT + 0x18)[0]
    incompatible, (high,) = (
        struct.unpack_from("<I", first, _EXT + 0x60)[0],
        struct.unpack_from("<I", first, _EXT + 0x150),
    )
    wide, extents, journal = incompatible & 0x80, incompatible & 0x40, first[_EXT + 0x5C] & 4
    blocks = low + (high << 32 if wide else 0)
    name = "ext4" if extents else "ext3" if journal else "ext2"
    return Signature(name, blocks * (1024 << min(log_size, 6)), _text(first[_EXT + 0x78 : _EXT + 0x88]))


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("utf-8", errors="replace")
