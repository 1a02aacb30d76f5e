"""Why records that are good by themselves are refused together."""

from __future__ import annotations

from holdfast.evidence.refusals import Refusal


class MixedEnvironments(Refusal):
    """Records of several environments lie in one folder."""

    template = "a record of environment {got!r} among those of {expected!r}"


class DuplicateRecord(Refusal):
    """The same record twice."""

    template = "the same record as {other}"


class RecordIdReused(Refusal):
    """Two different records of what should have happened once."""

    template = "record id {record_id!r} was used before, by {other}"


class ChainStartMissing(Refusal):
    """The first record here names a predecessor that is not here."""

    template = "the chain starts at {sequence}; what came before ({previous}…) is missing"


class ChainGap(Refusal):
    """A record in the middle is missing or was replaced."""

    template = "the record before it, {sequence} ({previous}…), is missing"


class SequenceBroken(Refusal):
    """The numbers do not follow the links."""

    template = "number {got} of key {key}… follows number {after} of key {other}…"


class ChainForked(Refusal):
    """Two records follow the same one, and none after them knows of both."""

    template = "two records follow number {after}: {first}… and {second}…"
    hint = (
        "two machines wrote at once without the locked bucket, or a second history was made; the next record settles it"
    )


class WitnessMissing(Refusal):
    """A record of another branch or key, seen by a later record, is gone."""

    template = "it saw the record {digest}…, which is missing"


class RecordedBeforePrevious(Refusal):
    """Time runs backwards along the chain, by more than clocks differ."""

    template = "recorded at {recorded_at}, before its predecessor at {previous_at}"


class HeadMissing(Refusal):
    """The newest record somebody wrote down elsewhere is not here: the chain was rolled back."""

    template = "the record with digest {digest}… is not among these"
