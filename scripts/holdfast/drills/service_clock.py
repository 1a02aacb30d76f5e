"""How far the clock of an AWS service is ahead of this host's, by the `Date` of one of its answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from holdfast.clock import Clock


def skew_of(ask: Callable[[], Mapping[str, Any]], clock: Clock) -> float:
    """Seconds the service is ahead; below nought when it is behind.

    Args:
        ask: makes one quick call and returns boto3's answer. The service is taken to have answered halfway through it.
        clock: this host's.
    """
    before = clock.now()
    told = ask()
    middle = before + (clock.now() - before) / 2
    return (parsedate_to_datetime(told["ResponseMetadata"]["HTTPHeaders"]["date"]) - middle).total_seconds()
