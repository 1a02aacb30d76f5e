"""SARIF 2.1.0 for code scanning.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import quote

from holdfast.review.finding import Finding, Kind, Severity
from holdfast.review.render.location import file_of
from holdfast.review.review import Review
from holdfast.review.rules import CATALOGUE
from holdfast.review.suppressions import Suppressed
from holdfast.review.words import visible

_LEVELS = {Severity.BLOCK: "error", Severity.HIGH: "error", Severity.WARN: "warning", Severity.INFO: "note"}
_SCORES = {Severity.BLOCK: "9.0", Severity.HIGH: "7.0", Severity.WARN: "4.0", Severity.INFO: "1.0"}


def render(review: Review) -> str:
    """The log file: one run, the rules that fired, a result a finding; suppressed ones carry their justification."""
    used = sorted({f.rule for f in review.findings} | {s.finding.rule for s in review.suppressed})
    results = [_result(finding, review, used) for finding in review.findings]
    results += [_suppressed(entry, review, used) for entry in review.suppressed]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "holdfast review", "rules": [_rule(name) for name in used]}},
                "automationDetails": {"id": "holdfast-review/"},
                "invocations": [_invocation(review)],
                "results": results,
            }
        ],
    }
    return json.dumps(log, indent=2) + "\n"


def _rule(name: str) -> dict[str, Any]:
    rule = CATALOGUE[name]
    return {
        "id": name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.risk},
        "help": {"text": f"{rule.remediation} {rule.source}"},
        "helpUri": rule.source,
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"security-severity": _SCORES[rule.severity], "tags": ["security", rule.kind.value]},
    }


def _result(finding: Finding, review: Review, used: list[str]) -> dict[str, Any]:
    uri = quote(visible(file_of(finding, review)))
    identity = "\0".join((finding.rule, finding.stack, finding.address, finding.path, finding.origin.value))
    return {
        "ruleId": finding.rule,
        "ruleIndex": used.index(finding.rule),
        "level": _LEVELS[finding.severity],
        "kind": "review" if finding.kind is Kind.UNVERIFIED and finding.severity is Severity.INFO else "fail",
        "message": {"text": visible(f"{finding.address} {finding.path}: {finding.message}")},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}},
                "logicalLocations": [{"fullyQualifiedName": visible(finding.address), "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"holdfast/1": hashlib.sha256(identity.encode("utf-8", "backslashreplace")).hexdigest()},
        "properties": {
            "severity": finding.severity.value,
            "before": finding.before,
            "after": finding.after,
            "construct": finding.construct,
            "irreversible": finding.irreversible,
        },
    }


def _suppressed(entry: Suppressed, review: Review, used: list[str]) -> dict[str, Any]:
    suppression = entry.suppression
    why = f"{suppression.reason} (approved by {suppression.approver} until {suppression.expires.isoformat()})"
    accepted = [{"kind": "external", "status": "accepted", "justification": visible(why)}]
    return {**_result(entry.finding, review, used), "suppressions": accepted}


def _invocation(review: Review) -> dict[str, Any]:
    notes = [
        {"level": "error", "message": {"text": visible(f"the review of {stack.name} is partial")}}
        for stack in review.stacks
        if stack.partial
    ]
    return {
        "executionSuccessful": not review.partial,
        "exitCode": review.verdict.exit_code,
        "toolExecutionNotifications": notes,
    }
