"""JUnit XML: one suite a stack, one failed case a finding, so that CI systems without annotations show them."""

from __future__ import annotations

from xml.etree import ElementTree  # written, never parsed

from holdfast.review.finding import Finding, Severity
from holdfast.review.render.escape import xml_text
from holdfast.review.review import Review
from holdfast.review.rules import CATALOGUE


def render(review: Review) -> str:
    """The document. Findings under the threshold are passed cases with output; a partial plan is an error."""
    root = ElementTree.Element("testsuites", name="holdfast review")
    stacks = dict.fromkeys([*(s.name for s in review.stacks), *(f.stack for f in review.findings)])
    partial = {stack.name for stack in review.stacks if stack.partial}
    for name in stacks:
        own = [finding for finding in review.findings if finding.stack == name]
        _suite(root, name, own, review, partial=name in partial)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _suite(root: ElementTree.Element, name: str, own: list[Finding], review: Review, *, partial: bool) -> None:
    failed = [finding for finding in own if finding.severity.at_least(review.threshold) and finding.verified]
    erred = [finding for finding in own if finding.severity.at_least(review.threshold) and not finding.verified]
    accepted = [entry for entry in review.suppressed if entry.finding.stack == name]
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        name=xml_text(name),
        tests=str(1 + len(own) + len(accepted)),
        failures=str(len(failed)),
        errors=str(len(erred) + partial),
        skipped=str(len(accepted)),
    )
    whole = ElementTree.SubElement(suite, "testcase", classname=xml_text(name), name="the plan is whole")
    if partial:
        ElementTree.SubElement(whole, "error", message="the review is partial", type="partial")
    for finding in own:
        _case(suite, finding, review.threshold)
    for entry in accepted:
        case = _named(suite, entry.finding)
        ElementTree.SubElement(case, "skipped", message=xml_text(f"suppressed: {entry.suppression.reason}"))


def _named(suite: ElementTree.Element, finding: Finding) -> ElementTree.Element:
    name = xml_text(f"{finding.rule}: {finding.address} {finding.path}".strip())
    return ElementTree.SubElement(suite, "testcase", classname=xml_text(finding.stack), name=name)


def _case(suite: ElementTree.Element, finding: Finding, threshold: Severity) -> None:
    case = _named(suite, finding)
    rule = CATALOGUE.get(finding.rule)
    advice = f"\n{rule.remediation}\n{rule.source}" if rule else ""
    text = xml_text(finding.message) + advice
    if finding.severity.at_least(threshold):
        kind = "failure" if finding.verified else "error"
        message = xml_text(finding.message)
        ElementTree.SubElement(case, kind, message=message, type=finding.severity.value).text = text
    else:
        ElementTree.SubElement(case, "system-out").text = text
