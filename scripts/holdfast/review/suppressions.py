"""Accepted findings: a file with rule, address glob, reason, approver and expiry; counted, and open when expired.

What makes a plan partial cannot be suppressed, nor can an expired suppression.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import translate
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from holdfast.errors import Source
from holdfast.review.errors import SuppressionInvalid
from holdfast.review.finding import Finding, Kind, Origin
from holdfast.review.rules import CATALOGUE
from holdfast.review.words import quoted

NEVER = frozenset({"plan-errored", "plan-incomplete", "plan-deferred", "plan-unknown-action", "suppression-expired"})
"""Rules no suppression can silence."""

_FIELDS = ("rule", "address", "reason", "approver", "expires")
_FIRST, _LAST = date(2000, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True)
class Suppression:
    """One accepted finding. `expires` is the last day it holds."""

    rule: str
    address: str
    reason: str
    approver: str
    expires: date
    source: Source
    _pattern: re.Pattern[str] = field(repr=False, compare=False)

    def matches(self, finding: Finding) -> bool:
        """Whether it is about this finding; `*` and `?` in the address match, brackets stand for themselves."""
        return finding.rule == self.rule and self._pattern.fullmatch(finding.address) is not None


@dataclass(frozen=True)
class Suppressed:
    """A finding and the suppression that accepts it."""

    finding: Finding
    suppression: Suppression


def load_suppressions(path: Path) -> tuple[Suppression, ...]:
    """Read a suppressions file (YAML: a list under `suppressions`).

    Raises:
        SuppressionInvalid: it cannot be read, or an entry says something that is not allowed; file and line are named.
    """
    try:
        document = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _invalid("file", "it cannot be read", str(error.strerror), "a YAML file", Source(path)) from None
    except UnicodeDecodeError as error:
        raise _invalid("file", "it is not UTF-8", f"byte {error.start}", "a YAML file", Source(path)) from None
    except (YAMLError, RecursionError, ValueError) as error:
        problem = str(error).splitlines()[0] if str(error) else "malformed"
        raise _invalid("file", "it is not YAML", problem, "a YAML file", Source(path)) from None
    entries = document.get("suppressions") if isinstance(document, Mapping) else None
    if not isinstance(entries, list):
        got = "nothing" if entries is None else "another value"
        raise _invalid("suppressions", "it is missing or no list", got, "a list", Source(path))
    return tuple(_entry(entry, index, entries, path) for index, entry in enumerate(entries))


def apply(
    findings: Sequence[Finding], suppressions: Sequence[Suppression], today: date
) -> tuple[list[Finding], list[Suppressed]]:
    """Split findings into open and accepted ones; expired suppressions accept nothing and are findings themselves."""
    live = [suppression for suppression in suppressions if suppression.expires >= today]
    still_open: list[Finding] = []
    accepted: list[Suppressed] = []
    for finding in findings:
        by = next((s for s in live if finding.rule not in NEVER and s.matches(finding)), None)
        if by is None:
            still_open.append(finding)
        else:
            accepted.append(Suppressed(finding, by))
    still_open.extend(_expired(s) for s in suppressions if s.expires < today)
    return still_open, accepted


def _expired(suppression: Suppression) -> Finding:
    rule = CATALOGUE["suppression-expired"]
    what = f"{suppression.rule} at {quoted(suppression.address)}, approved by {quoted(suppression.approver, 60)}"
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        kind=Kind.PROCESS,
        stack="(suppressions)",
        address=f"{suppression.source.path.name}:{suppression.source.line}",
        path=suppression.rule,
        before=suppression.expires.isoformat(),
        message=f"{rule.title}: {what}, until {suppression.expires.isoformat()}. {rule.risk}",
        origin=Origin.SUPPRESSIONS,
    )


def _entry(entry: Any, index: int, entries: Any, path: Path) -> Suppression:
    line = entries.lc.item(index)[0] + 1 if hasattr(entries, "lc") else None
    source = Source(path, line)
    name = f"suppressions[{index}]"
    if not isinstance(entry, Mapping):
        raise _invalid(name, "it is no mapping", entry, ", ".join(_FIELDS), source)
    unknown = sorted(str(key) for key in entry if key not in _FIELDS)
    missing = [key for key in _FIELDS if not str(entry.get(key) or "").strip()]
    if unknown or missing:
        problem = f"unknown: {unknown}" if unknown else f"missing: {missing}"
        raise _invalid(name, problem, sorted(map(str, entry)), ", ".join(_FIELDS), source)
    rule, address = str(entry["rule"]), str(entry["address"])
    if rule not in CATALOGUE or rule in NEVER:
        near = difflib.get_close_matches(rule, CATALOGUE, n=3) or ["a rule of docs/rules.md"]
        raise _invalid(f"{name}.rule", "no such rule, or it cannot be suppressed", rule, ", ".join(near), source)
    if not address.strip("*?"):
        raise _invalid(f"{name}.address", "it would accept the rule everywhere", address, "a narrower glob", source)
    return Suppression(
        rule=rule,
        address=address,
        reason=str(entry["reason"]),
        approver=str(entry["approver"]),
        expires=_date(entry["expires"], f"{name}.expires", source),
        source=source,
        _pattern=re.compile(translate(address.replace("[", "[[]"))),
    )


def _date(value: Any, name: str, source: Source) -> date:
    if not isinstance(value, date):
        try:
            value = date.fromisoformat(str(value))
        except ValueError:
            raise _invalid(name, "it is no date", value, "YYYY-MM-DD", source) from None
    day = date(value.year, value.month, value.day)
    if not _FIRST <= day <= _LAST:
        raise _invalid(name, "it is out of range", value, f"{_FIRST} to {_LAST}", source)
    return day


def _invalid(name: str, problem: str, value: Any, allowed: str, source: Source) -> SuppressionInvalid:
    return SuppressionInvalid(field=name, problem=problem, value=value, allowed=allowed, source=source)
