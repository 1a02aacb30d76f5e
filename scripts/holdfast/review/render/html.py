"""One HTML file that needs nothing else: no script, no font, no image, and a policy that forbids them."""

from __future__ import annotations

import html
import json

from holdfast.review.finding import Finding, Json, Severity
from holdfast.review.render.escape import cell, marked
from holdfast.review.review import Review
from holdfast.review.rules import CATALOGUE

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1b1f24;background:#fff}
table{border-collapse:collapse;margin:1rem 0;width:100%}th,td{border:1px solid #d0d7de;padding:.35rem .6rem;
text-align:left;vertical-align:top}th{background:#f6f8fa}code{font:13px ui-monospace,monospace;background:#f6f8fa;
padding:.1rem .25rem;overflow-wrap:anywhere}.block{border-left:6px solid #b3261e}.high{border-left:6px solid #d9730d}
.warn{border-left:6px solid #b8930f}.info{border-left:6px solid #57799f}article{padding:.5rem 1rem;margin:.75rem 0;
background:#fcfcfd;border-radius:3px}h3{margin:.2rem 0;font-size:1rem}p{margin:.3rem 0}.partial{background:#fff1d6;
padding:.6rem 1rem}
@media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}th,code,article{background:#161b22}
th,td{border-color:#30363d}.partial{background:#3a2d0c}}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def render(review: Review) -> str:
    """The page: verdict, table of stacks, every finding with both values, suppressions."""
    body = [
        f"<h1>Holdfast review: {html.escape(review.verdict.value)}</h1>",
        _partial(review),
        _table(review),
        *(_finding(finding) for finding in review.findings),
        _accepted(review),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(_POLICY)}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>Holdfast review</title><style>{_STYLE}</style></head><body>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def _partial(review: Review) -> str:
    names = ", ".join(cell(stack.name) for stack in review.stacks if stack.partial)
    return f'<p class="partial"><strong>The review is partial:</strong> {names}</p>' if names else ""


def _table(review: Review) -> str:
    rows = []
    for stack in review.stacks:
        own = [finding for finding in review.findings if finding.stack == stack.name]
        verbs = ", ".join(f"{number} {html.escape(verb)}" for verb, number in stack.verbs.items()) or "no change"
        counts = "".join(f"<td>{sum(f.severity is s for f in own) or ''}</td>" for s in Severity)
        rows.append(f"<tr><td>{cell(stack.name)}</td><td>{verbs}</td>{counts}</tr>")
    heads = "".join(f"<th>{severity.value}</th>" for severity in Severity)
    return f"<table><tr><th>stack</th><th>changes</th>{heads}</tr>{''.join(rows)}</table>"


def _finding(finding: Finding) -> str:
    rule = CATALOGUE.get(finding.rule)
    advice = ""
    if rule is not None:
        link = f'<a href="{html.escape(rule.source, quote=True)}" rel="noreferrer">source</a>'
        advice = f"<p>{marked(rule.remediation)} {link}</p>"
    place = f"{cell(finding.construct)} " if finding.construct else ""
    values = f"<p>before {_value(finding.before)} · after {_value(finding.after)}</p>"
    return (
        f'<article class="{finding.severity.value}"><h3>{finding.severity.value}: {html.escape(finding.rule)}</h3>'
        f"<p>{place}{cell(finding.address)} {cell(finding.path) if finding.path else ''} in {cell(finding.stack)}</p>"
        f"<p>{marked(finding.message)}</p>{values}{advice}</article>"
    )


def _value(value: Json) -> str:
    return "nothing" if value is None else cell(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str))


def _accepted(review: Review) -> str:
    rows = "".join(
        f"<tr><td>{cell(s.finding.address)}</td><td>{html.escape(s.finding.rule)}</td><td>{cell(s.suppression.reason)}"
        f"</td><td>{cell(s.suppression.approver)}</td><td>{s.suppression.expires.isoformat()}</td></tr>"
        for s in review.suppressed
    )
    heads = "<tr><th>address</th><th>rule</th><th>reason</th><th>approver</th><th>until</th></tr>"
    return f"<h2>{len(review.suppressed)} suppressed</h2><table>{heads}{rows}</table>" if rows else ""
