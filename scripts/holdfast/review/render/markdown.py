"""One Markdown comment over all stacks: the table first, findings open, details folded, never over the limit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from holdfast.review.errors import ReviewTooLarge
from holdfast.review.finding import Finding, Kind, Severity
from holdfast.review.plan import Against
from holdfast.review.render.escape import cell, code, prose
from holdfast.review.review import Review, Verdict
from holdfast.review.rules import CATALOGUE

MARKER = "<!-- holdfast-review{} -->"
"""The first line, by which a later run finds the comment of the same title and replaces it."""

_MARKS = {Severity.BLOCK: "🛑", Severity.HIGH: "🔶", Severity.WARN: "⚠️", Severity.INFO: "ℹ️"}
_VERDICTS = {
    Verdict.CLEAN: "nothing at or over the threshold",
    Verdict.FINDINGS: "this weakens protection",
    Verdict.PARTIAL: "**review is partial**: not everything could be verified",
}
_VERBS = ("create", "update", "replace", "delete", "forget")


def render(review: Review, max_bytes: int = 60_000) -> str:
    """The comment, as detailed as fits: details, then one line a finding, then only the grave ones, then the table.

    Raises:
        ReviewTooLarge: not even the table fits.
    """
    text = ""
    for build in _GRADES:
        text = build(review)
        if len(text.encode()) <= max_bytes:
            return text
    raise ReviewTooLarge(needed=len(text.encode()), allowed=max_bytes)


def _head(review: Review) -> list[str]:
    title = re.sub(r"[^a-z0-9-]", "-", review.title.lower())
    marker = MARKER.format(f": {title}" if title else "")
    of = f" of {code(review.title)}" if title else ""
    lines = [marker, f"## Holdfast review{of}: {_VERDICTS[review.verdict]}", ""]
    if review.partial:
        names = ", ".join(code(stack.name) for stack in review.stacks if stack.partial)
        lines += [f"> **Review is partial**: {names}. What the plan does not show was not reviewed.", ""]
    declared = [stack for stack in review.stacks if stack.against is Against.BASE]
    if declared:
        which = "Every stack" if len(declared) == len(review.stacks) else ", ".join(code(s.name) for s in declared)
        lines += [f"> {which}: held against base. No plan says what is there in AWS.", ""]
    return lines


def _table(review: Review) -> list[str]:
    severities = list(Severity)
    lines = [
        "| stack | " + " | ".join((*_VERBS, *(s.value for s in severities))) + " |",
        "|---" * (1 + len(_VERBS) + len(severities)) + "|",
    ]
    for stack in review.stacks:
        own = [finding for finding in review.findings if finding.stack == stack.name]
        numbers = [stack.verbs.get(verb, 0) for verb in _VERBS]
        numbers += [sum(f.severity is severity for f in own) for severity in severities]
        lines.append(f"| {code(stack.name, 80)} | " + " | ".join(str(n) if n else "·" for n in numbers) + " |")
    names = {stack.name for stack in review.stacks}
    others = sum(finding.stack not in names for finding in review.findings)
    if others:
        lines += ["", f"{others} findings come from proofs, stacks or suppressions, not from a plan."]
    return [*lines, ""]


def _line(finding: Finding) -> str:
    where = code(finding.construct or finding.address)
    if finding.construct:
        where += f" ({code(finding.address)})"
    path = f" {code(finding.path)}" if finding.path else ""
    mark = " *cannot verify*" if finding.kind is Kind.UNVERIFIED else ""
    return f"- {_MARKS[finding.severity]} **{finding.severity.value}**{mark} {where}{path}: {prose(finding.message)}"


def _detail(finding: Finding) -> str:
    rule = CATALOGUE.get(finding.rule)
    rows = [("before", finding.before), ("after", finding.after), ("stack", finding.stack)]
    shown = [f"{name} {code(value, 1200)}" for name, value in rows if value is not None]
    advice = f"  \n  {prose(rule.remediation)} [{finding.rule}]({rule.source})" if rule else ""
    place = cell(finding.construct or finding.address)
    return (
        f"<details><summary>{finding.severity.value}: {finding.rule} {place}</summary>\n\n"
        f"  {' · '.join(shown)}{advice}\n\n</details>"
    )


def _section(title: str, lines: Iterable[str]) -> list[str]:
    lines = list(lines)
    return [f"### {title}", "", *lines, ""] if lines else []


def _folded(title: str, lines: Iterable[str]) -> list[str]:
    lines = list(lines)
    return ["<details><summary>" + title + "</summary>", "", *lines, "", "</details>", ""] if lines else []


def _accepted(review: Review) -> list[str]:
    lines = (
        f"- {code(s.finding.address)} {s.finding.rule}: {code(s.suppression.reason)}, approved by "
        f"{code(s.suppression.approver)} until {s.suppression.expires.isoformat()}"
        for s in review.suppressed
    )
    return _folded(f"{len(review.suppressed)} suppressed", lines)


def _graves(review: Review) -> list[Finding]:
    return [finding for finding in review.findings if finding.severity is not Severity.INFO]


def _infos(review: Review) -> list[Finding]:
    return [finding for finding in review.findings if finding.severity is Severity.INFO]


def _full(review: Review) -> str:
    details = "\n".join(_detail(finding) for finding in review.findings)
    return _join(
        _head(review),
        _table(review),
        _section("Findings", map(_line, _graves(review))),
        _folded(f"{len(_infos(review))} for information", map(_line, _infos(review))),
        _accepted(review),
        _folded("Details", [details] if details else []),
    )


def _without_details(review: Review) -> str:
    return _join(
        _head(review),
        _table(review),
        _section("Findings", map(_line, _graves(review))),
        _folded(f"{len(_infos(review))} for information", map(_line, _infos(review))),
        _omitted(details=len(review.findings), suppressed=len(review.suppressed)),
    )


def _brief(limit: int, severities: tuple[Severity, ...]) -> Callable[[Review], str]:
    def build(review: Review) -> str:
        chosen = [finding for finding in review.findings if finding.severity in severities][:limit]
        lines = (
            f"- {_MARKS[f.severity]} **{f.severity.value}** {f.rule} {code(f.address, 120)}"
            + (f" {code(f.path, 80)}" if f.path else "")
            for f in chosen
        )
        return _join(
            _head(review),
            _table(review),
            _section("Findings", lines),
            _omitted(findings=len(review.findings) - len(chosen), details=len(review.findings)),
        )

    return build


def _summary(review: Review) -> str:
    counts = ", ".join(f"{number} {severity}" for severity, number in review.counts.items())
    omitted = _omitted(findings=len(review.findings), stacks=len(review.stacks))
    return _join(_head(review), [f"{len(review.stacks)} stacks: {counts}.", ""], omitted)


def _omitted(**numbers: int) -> list[str]:
    parts = [f"{number} {what}" for what, number in numbers.items() if number]
    return (
        [f"_Omitted for length: {', '.join(parts)}. The JSON and HTML formats hold everything._", ""] if parts else []
    )


def _join(*sections: list[str]) -> str:
    return "\n".join(line for section in sections for line in section).rstrip() + "\n"


_GRAVE = (Severity.BLOCK, Severity.HIGH)
_GRADES: tuple[Callable[[Review], str], ...] = (
    _full,
    _without_details,
    _brief(10_000, tuple(Severity)),
    _brief(10_000, _GRAVE),
    _brief(150, _GRAVE),
    _brief(25, _GRAVE),
    _brief(0, ()),
    _summary,
)
