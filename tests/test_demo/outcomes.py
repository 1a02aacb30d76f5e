"""Documents of drills, as an outcome keeps them."""

from __future__ import annotations

from typing import Any


def probe(verdict: str = "passed", refused_by: str | None = "lock") -> dict[str, Any]:
    return {
        "call": "s3:DeleteObjectVersion",
        "principal": "arn:aws:iam::000000000000:root",
        "resource": "s3://vault/<canary>",
        "verdict": verdict,
        "refused_by": refused_by,
        "error_code": "AccessDenied",
        "message_class": "object-lock",
        "reason": None,
    }


def drill(kind: str, verdict: str = "PASSED", **more: Any) -> dict[str, Any]:
    figure = {"measured_seconds": 4.0, "target_seconds": 3600.0, "met": True}
    return {
        "drill_id": "drill-1",
        "kind": kind,
        "verdict": verdict,
        "dataset": None,
        "scenario": None,
        "rpo": figure,
        "rto": {**figure, "phases": {"restore": 3.0, "verify": 1.0}},
        "checks": [],
        "probes": [],
        "reasons": [],
        "evidence": {"path": "1.json", "digest": "ab", "location": "s3://evidence/1", "problem": None},
        **more,
    }
