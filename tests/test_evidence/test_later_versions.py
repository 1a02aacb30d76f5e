"""What this version once wrote, every later version reads: to the bit, and to the same verdict."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from evidence_ground import START, payload_of

from holdfast.clock import ManualClock
from holdfast.evidence.record import Entry, read_statement, written
from holdfast.evidence.strict_json import canonical
from holdfast.evidence.verification import verify

GOLDEN = sorted((Path(__file__).parent / "golden").iterdir())
PATHS = sorted(Path(__file__).parent.glob("golden/*/*/*.json"))


@pytest.mark.parametrize("folder", GOLDEN, ids=lambda folder: folder.name)
def test_records_of_every_version_of_the_format_verify(folder: Path) -> None:
    result = verify(folder, clock=ManualClock(START + timedelta(days=1)))

    assert result.findings == ()
    assert len(result.records) == 3
    assert {record.signer.key.algorithm for _, record in result.records} == {"Ed25519", "ECDSA P-256"}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_they_are_written_back_as_they_were(path: Path) -> None:
    payload = canonical(payload_of(path.read_bytes()))

    assert written(read_statement(payload)) == payload


def test_the_golden_records_fill_every_section_there_is() -> None:
    filled = [set(payload_of(path.read_bytes())["predicate"]) for path in PATHS]

    assert set(Entry.model_fields) in filled
