"""Policy variables in the emulator's decisions: `${aws:PrincipalTag/tenant}` in a resource or a condition.

A variable without a value never matches, unless the policy gives a default (`${aws:username, 'nobody'}`). A value with
a wildcard in it is not taken for a pattern: AWS allows none in tags and user names, and one from elsewhere allows
nothing here and denies as much as it can.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

_VARIABLE = re.compile(r"\$\{(?:(?P<literal>[*?$])|(?P<key>[^},]+?)\s*(?:,\s*'(?P<default>[^']*)')?)\}")
_WILD = re.compile(r"[*?]")


class NoValue(LookupError):
    """A variable stands for nothing in this request."""


@dataclass(frozen=True)
class Variables:
    """Fills in policy variables before the emulator compares.

    Args:
        value_of: the emulator's own way to find the value of a condition key.
    """

    value_of: Callable[[str, Any], Any]

    def in_statements(self, first: Callable[..., Any]) -> Callable[[Any, list[Any], str], Any]:
        """`_first_match`: resources are filled in; a statement whose resources cannot be says nothing."""

        def answer(context: Any, statements: list[Any], effect: str) -> Any:
            return first(context, [self._filled(each, context) for each in statements], effect)

        return answer

    def in_conditions(self, met: Callable[[Mapping[str, Any], Any], bool]) -> Callable[[Mapping[str, Any], Any], bool]:
        """`_conditions_met`: a condition that compares with nothing is not met."""

        def answer(conditions: Mapping[str, Any], context: Any) -> bool:
            try:
                filled = {
                    operator: {key: self._values(value, context) for key, value in keys.items()}
                    for operator, keys in conditions.items()
                    if isinstance(keys, Mapping)
                }
            except NoValue:
                return False
            return met(filled, context)

        return answer

    def _filled(self, statement: Any, context: Any) -> Any:
        if not any("${" in each for each in (*statement.resources, *statement.not_resources)):
            return statement
        is_deny = statement.effect == "Deny"
        resources = self._each(statement.resources, context, wild=is_deny)
        excepted = self._each(statement.not_resources, context, wild=not is_deny)
        # An exception that stands for nothing is none: a denial then covers all, and an allowance must not.
        allows_all = not is_deny and len(excepted) != len(statement.not_resources)
        if allows_all or (statement.resources and not resources):
            return replace(statement, resources=[""], not_resources=[])
        return replace(statement, resources=resources, not_resources=excepted)

    def _each(self, patterns: Sequence[str], context: Any, *, wild: bool) -> list[str]:
        found = []
        for pattern in patterns:
            try:
                found.append(self._text(pattern, context, wild=wild))
            except NoValue:
                continue
        return found

    def _values(self, value: Any, context: Any) -> Any:
        if not isinstance(value, list):
            return self._text(value, context, wild=False) if isinstance(value, str) else value
        found = self._each([str(each) for each in value], context, wild=False)
        if value and not found:
            raise NoValue(value)
        return found

    def _text(self, pattern: str, context: Any, *, wild: bool) -> str:
        def value(found: re.Match[str]) -> str:
            if found["literal"]:
                return found["literal"]
            known = self.value_of(found["key"].strip(), context)
            text = found["default"] if known is None else known
            if not isinstance(text, str) or (not wild and _WILD.search(text)):
                raise NoValue(found["key"])
            return text

        return _VARIABLE.sub(value, pattern) if "${" in pattern else pattern
