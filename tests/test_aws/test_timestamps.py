"""Timestamps of replies: the same instants botocore reads, however they are written."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from botocore.utils import parse_timestamp
from hypothesis import given
from hypothesis import strategies as st

from holdfast.aws.timestamps import parsed_timestamp

WRITTEN = (
    "2026-11-22T08:09:10.000Z",
    "2026-11-22T08:09:10Z",
    "2026-11-22T08:09:10+02:00",
    "2026-11-22T08:09:10.123456Z",
    "2026-11-22T08:09:10",
    "20261122T080910Z",
    "Sun, 22 Nov 2026 08:09:10 GMT",
    "1795334950",
    1795334950,
    1795334950.25,
)


@pytest.mark.parametrize("written", WRITTEN, ids=str)
def test_every_form_is_read_as_botocore_reads_it(written):
    found, expected = parsed_timestamp(written), parse_timestamp(written)

    assert found == expected
    assert found.utcoffset() == expected.utcoffset()


@given(st.datetimes(), st.none() | st.integers(-14 * 60, 14 * 60))
def test_every_instant_is_read_as_botocore_reads_it(instant, offset):
    zone = None if offset is None else timezone(timedelta(minutes=offset))
    written = instant.replace(tzinfo=zone).isoformat()

    assert parsed_timestamp(written) == parse_timestamp(written)


@pytest.mark.parametrize("written", ["", "soon", "2026-13-45T99:00:00Z", "2026-11-22T08:09:10 o'clock"])
def test_what_is_no_timestamp_is_refused_as_botocore_refuses_it(written):
    with pytest.raises(ValueError):  # noqa: PT011  # botocore's own words
        parse_timestamp(written)
    with pytest.raises(ValueError):  # noqa: PT011  # botocore's own words
        parsed_timestamp(written)
