"""The sorts of damage every verifier is tried with: which damages of a kind are of which, and why some have none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from kill_rows import Row

NAMED = (
    "bit flip",
    "missing object",
    "extra object",
    "truncation",
    "swapped objects",
    "older version",
    "missing table",
    "lost rows",
    "stale point",
    "wrong key",
    "wrong tenant",
)

_NO_TABLES = "files are restored, and they have no tables; a file missing is found"
_NO_ROWS = "files are restored, and they have no rows; a file cut short is found"
_FILES = {
    "bit flip": ("bit flip*",),
    "missing object": ("*file* missing",),
    "extra object": ("*file extra",),
    "truncation": ("truncated*",),
    "swapped objects": ("two files swapped",),
    "older version": ("older version",),
    "stale point": ("stale*",),
    "wrong key": ("wrong key*",),
    "wrong tenant": ("*of another tenant*",),
}
_TABLE = {
    "bit flip": ("table: *changed",),
    "missing object": ("table: *item missing",),
    "extra object": ("table: item extra",),
    "truncation": ("table: attribute missing", "table: item emptied*", "table: member of a set missing"),
    "swapped objects": ("table: *swapped",),
    "older version": ("table: older version",),
    "missing table": ("table: gone",),
    "lost rows": ("table: all items missing",),
    "stale point": ("stale point*",),
    "wrong tenant": ("table: items of another tenant",),
}
_SORTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "object-recovery": _FILES,
    "tenant": _FILES | {"wrong tenant": ("wrong tenant*", "file of another tenant*")},
    "configuration": _FILES | {"stale point": ("stale*",), "wrong tenant": ("*of another*",)},
    "key-loss": _FILES | {"wrong key": ("the * copy lies under*", "a set committed under the lost key only")},
    "replication": {
        "bit flip": ("bit flip",),
        "missing object": ("missing*",),
        "truncation": ("truncated",),
        "swapped objects": ("two canaries swapped",),
        "older version": ("older version",),
        "stale point": ("later than the limit",),
        "wrong key": ("wrong key", "no key"),
    },
    "dynamodb": _TABLE,
    "aws-backup": {
        **_TABLE,
        "bit flip": ("table: *changed", "bucket: bit flip*"),
        "missing object": ("table: *item missing", "bucket: *object* missing"),
        "extra object": ("table: item extra", "bucket: *object extra"),
        "truncation": (*_TABLE["truncation"], "bucket: truncated*"),
        "swapped objects": ("*swapped",),
        "older version": ("*: older version",),
        "missing table": ("table: gone", "bucket: gone"),
        "wrong key": ("wrong key*",),
        "wrong tenant": ("*of another tenant*",),
    },
    "ebs": {
        "bit flip": ("*: bit-flip",),
        "missing object": ("*: missing", "restored volume: gone"),
        "extra object": ("*: extra",),
        "truncation": ("*: truncate",),
        "swapped objects": ("*: swap",),
        "older version": ("*: older",),
        "stale point": ("stale point*",),
        "wrong key": ("copy: under*", "copy: not encrypted"),
        "wrong tenant": ("copy: shared*",),
    },
    "rds": {
        "bit flip": ("*: bit flip in a page",),
        "missing object": ("*: heartbeat gone",),
        "extra object": ("*: a row from after the moment",),
        "truncation": ("*: table cut off*",),
        "swapped objects": ("*: two pages swapped",),
        "older version": ("*: older state",),
        "missing table": ("*: table missing",),
        "lost rows": ("*: half of the rows lost", "*: all tables empty"),
        "stale point": ("*: stale point*",),
        "wrong key": ("copy: under*",),
        "wrong tenant": ("*: rows of another tenant", "copy: shared*"),
    },
    "postgres-pitr": {
        "bit flip": ("a bit of*",),
        "missing object": ("a segment * missing", "a segment is missing", "the history*"),
        "extra object": ("a segment too many", "the log goes on beside*"),
        "truncation": ("* cut short",),
        "swapped objects": ("two segments are swapped",),
        "older version": ("an older segment*",),
        "missing table": ("a table *",),
        "lost rows": ("rows *",),
        "stale point": ("the log ends too early", "the newest data is of an hour ago"),
        "wrong key": ("* under a key of another account",),
        "wrong tenant": ("a segment of another cluster", "the rows are another tenant's"),
    },
}

_OF_FILES = {"missing table": _NO_TABLES, "lost rows": _NO_ROWS}
_MORE_ROWS = "tables and rows more than were counted are right: the source went on after it was counted"
WHY_NOT: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(("object-recovery", "tenant", "configuration", "key-loss"), _OF_FILES),
    "replication": {
        "extra object": "the drill looks for the canaries it wrote; an object more beside them is nobody's canary",
        "missing table": "canaries are objects",
        "lost rows": "canaries are objects",
        "wrong tenant": "canaries are the drill's own and no tenant's; another object's bytes are found as content",
    },
    "dynamodb": {
        "wrong key": "a table restored to a moment takes over the encryption of the table it is of; there is no copy",
    },
    "ebs": {
        "missing table": "a volume is compared block by block, whatever lies on it",
        "lost rows": "a volume is compared block by block, whatever lies on it",
    },
}
"""By kind and sort. What is here has no damage, and what has none is here: the tests see to it."""


def named_rows(kind: str, sort: str, rows: Iterable[Row]) -> list[Row]:
    """The damages of a kind that are of a sort."""
    patterns = _SORTS[kind].get(sort, ())
    return [each for each in rows if each.kind == kind and any(fnmatchcase(each.damage, one) for one in patterns)]
