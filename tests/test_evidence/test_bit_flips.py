"""Every bit of a record's file counts: flip any one, and the record is refused."""

from __future__ import annotations

import random

import pytest

from holdfast.evidence.refusals import Refusal
from holdfast.evidence.signed_record import open_record


def test_no_flipped_bit_of_a_record_is_accepted(either_ground) -> None:
    """Every single bit, not a sample: some 24 000 cases for each kind of key."""
    data = either_ground.write().path.read_bytes()
    assert len(data) <= 4096
    assert open_record(data, either_ground.trusted)

    accepted = []
    for position in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[position // 8] ^= 1 << position % 8
        try:
            open_record(bytes(flipped), either_ground.trusted)
        except Refusal:
            continue
        accepted.append(position)

    assert accepted == []


def test_no_truncation_of_a_record_is_accepted(either_ground) -> None:
    data = either_ground.write().path.read_bytes()

    for length in range(len(data)):
        with pytest.raises(Refusal):
            open_record(data[:length], either_ground.trusted)


def test_no_byte_more_less_or_exchanged_is_accepted(ground) -> None:
    data = ground.write().path.read_bytes()
    chosen = random.Random(7)  # noqa: S311

    for _ in range(500):
        place, other = chosen.randrange(len(data)), chosen.randrange(len(data))
        swapped = bytearray(data)
        swapped[place], swapped[other] = swapped[other], swapped[place]
        for changed in (
            data[:place] + data[place + 1 :],
            data[:place] + bytes([chosen.randrange(256)]) + data[place:],
            bytes(swapped),
        ):
            if changed != data:
                with pytest.raises(Refusal):
                    open_record(changed, ground.trusted)
