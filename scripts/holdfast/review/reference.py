"""The rule reference, generated from the catalogue: `python -m holdfast.review.reference > docs/rules.md`."""

from __future__ import annotations

import sys

from holdfast.review.finding import Severity
from holdfast.review.rule import Rule
from holdfast.review.rules import CATALOGUE, TABLES, guarded_types
from holdfast.review.suppressions import NEVER

_INTRODUCTION = """# Rules of `holdfast review`

Generated from the catalogue by `python -m holdfast.review.reference`; do not edit.

{rules} rules look at {types} resource types. A rule compares an attribute before and after the plan, also inside a
replacement, between a deletion and the creation that belongs to it, and in what changed outside Terraform. List items
are matched by their key, policies statement by statement, and units are normalised.

| severity | what it means | rules |
|---|---|---|
{severities}

A guarded attribute that is unknown or sensitive is reported under the id of its rule as *cannot verify*. A finding of a
rule marked **opens deletion** is also counted by `deletion-prepared`. Strengthening an attribute marked **one way** is
reported as irreversible. Attributes marked *provider 6* are not in provider 5.

Exit codes: 0 nothing at or over `--fail-on`; 1 the command could not be carried out; 2 a finding at or over it;
3 the plan is partial, or a guarded value could not be verified.

## Accepting a finding

`--suppressions FILE` reads a YAML file. Every field is required; `address` may hold `*` and `?`; a suppression holds to
the end of its day, then the finding is open again and `suppression-expired` is one more. Protect the file with code
owners: who may change it may accept findings. These cannot be accepted: {never}.

```yaml
suppressions:
  - rule: s3-lifecycle-expiration
    address: aws_s3_bucket_lifecycle_configuration.logs*
    reason: access logs are exported to the archive after 90 days
    approver: jane@example.com
    expires: 2027-03-31
```
"""
_MEANINGS = {
    Severity.BLOCK: "protection is lost, or the next step loses data",
    Severity.HIGH: "protection or detection is weaker",
    Severity.WARN: "recovery is slower, or somebody should look",
    Severity.INFO: "good to know; what becomes irreversible on a first apply",
}


def reference() -> str:
    """The whole page as Markdown."""
    counts = {severity: sum(rule.severity is severity for rule in CATALOGUE.values()) for severity in Severity}
    page = _INTRODUCTION.format(
        rules=len(CATALOGUE),
        types=len(guarded_types()),
        severities="\n".join(f"| {s.value} | {_MEANINGS[s]} | {counts[s]} |" for s in Severity),
        never=", ".join(f"`{name}`" for name in sorted(NEVER)),
    )
    return page + "".join(_chapter(title, rules) for title, rules in TABLES.items())


def _chapter(title: str, rules: tuple[Rule, ...]) -> str:
    return f"\n## {title}\n" + "".join(_rule(rule) for rule in rules)


def _rule(rule: Rule) -> str:
    types = ", ".join(f"`{name}`" for name in rule.types)
    where = " ".join(part for part in (types, f"`{rule.path}`" if rule.path.text else "") if part)
    reading = (
        f", read as {rule.reading.name}" if rule.reading.name not in ("as it stands", "whether it is there") else ""
    )
    marks = [
        mark
        for mark, on in (
            ("**one way**", rule.one_way),
            ("**opens deletion**", rule.opens_deletion),
            ("*provider 6*", rule.provider > 5),
        )
        if on
    ]
    lines = [
        f"\n### {rule.id}\n",
        f"**{rule.severity.value}** · {' · '.join([rule.kind.value, *marks])}  ",
        f"{rule.title}: {where} {rule.direction.words}{reading}.  ".replace(":  ", ": "),
        f"Risk: {rule.risk}  ",
        f"Do: {rule.remediation} [Source]({rule.source})",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(reference())
