"""Every error is told once, in one tree, with a code scripts can rely on."""

from __future__ import annotations

import importlib
import pkgutil
import string
from pathlib import Path

import pytest

import holdfast
from holdfast.errors import EnvironmentFileError, HoldfastError, Source


def every_error() -> list[type[HoldfastError]]:
    for module in pkgutil.walk_packages(holdfast.__path__, "holdfast."):
        if "__main__" not in module.name:
            importlib.import_module(module.name)
    found: list[type[HoldfastError]] = []
    queue = [HoldfastError]
    while queue:
        each = queue.pop()
        found.append(each)
        queue.extend(each.__subclasses__())
    return list(dict.fromkeys(found))


def test_codes_are_unique() -> None:
    codes = [each.code() for each in every_error()]

    assert sorted(codes) == sorted(set(codes))


def test_each_concrete_error_says_what_went_wrong() -> None:
    families = {each for each in every_error() if each.__subclasses__() or each.__module__ == "holdfast.errors"}
    for each in every_error():
        if each not in families:
            assert each.template != HoldfastError.template, f"{each.__name__} has no template of its own"


def test_exit_codes_are_the_documented_ones() -> None:
    assert {each.exit_code for each in every_error()} <= {1, 2, 3, 130, 143}


def test_templates_and_hints_name_only_plain_values() -> None:
    for each in every_error():
        for text in (each.template, each.hint):
            for _, field, _, _ in string.Formatter().parse(text):
                assert field is None or field.isidentifier(), f"{each.__name__}: {{{field}}}"


def test_an_error_names_file_line_value_and_what_is_allowed() -> None:
    error = EnvironmentFileError(
        source=Source(Path("prod.yaml"), 7),
        field="lock.mode",
        problem="not a lock mode",
        value="OFF",
        allowed="COMPLIANCE",
    )

    assert str(error) == "prod.yaml:7: lock.mode: not a lock mode (got 'OFF'; allowed: COMPLIANCE)"
    assert error.document()["line"] == 7


def test_a_template_without_its_values_is_a_defect_found_at_once() -> None:
    with pytest.raises(KeyError):
        EnvironmentFileError(field="lock.mode")
