"""Bytes shared by threads: never more than there are, and nobody waits for ever."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from holdfast.aws.room import Room


def most_held(room: Room, sizes: list[int], threads: int = 8) -> int:
    """The most bytes that were held at a time."""
    lock = threading.Lock()
    held = most = 0

    def hold(size: int) -> None:
        nonlocal held, most
        with room.holding(size):
            with lock:
                held += size
                most = max(most, held)
            time.sleep(0.002)
            with lock:
                held -= size

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(hold, sizes, timeout=30))
    return most


def test_small_things_are_held_side_by_side():
    assert most_held(Room(100), [1] * 80) > 1


def test_large_things_wait_for_each_other():
    assert most_held(Room(100), [40] * 30) <= 100


def test_what_is_larger_than_all_the_room_is_held_alone():
    assert most_held(Room(100), [250] * 5) == 250


def test_what_fails_gives_its_room_back():
    room = Room(10)
    for _ in range(3):
        with pytest.raises(LookupError), room.holding(10):
            raise LookupError

    assert most_held(room, [10]) == 10


def test_there_is_always_room_for_nothing():
    room = Room(10)
    with room.holding(10), room.holding(0):
        pass

    assert most_held(room, [0, 10, 0]) == 10
