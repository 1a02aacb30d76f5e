"""Whatever a file says, what comes out is an environment or one `HoldfastError`; nothing else, ever."""

from __future__ import annotations

import contextlib
import string
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.environments.loading import load_environment
from holdfast.environments.validating import validate_environment
from holdfast.errors import HoldfastError

WHOLE = (Path(__file__).parent / "conftest.py").read_text(encoding="utf-8").split('"""\\\n')[1].split('"""')[0]
KEYS = sorted(set(WHOLE.replace("{", " ").replace(",", " ").replace("\n", " ").split()))
VALUES = [
    "null",
    "true",
    "7",
    "-1",
    "1e999",
    "''",
    "[]",
    "{}",
    "[7]",
    "{a: b}",
    "7d",
    "2027-03-31",
    "~",
    "0x10",
    "!!str 7",
    "&a b",
    "*a",
    "🔑",
]

words = st.one_of(st.sampled_from(KEYS), st.sampled_from(VALUES), st.text(string.printable, max_size=8))
yamlish = st.lists(
    st.one_of(words, st.sampled_from(["\n", "\n  ", "\n- ", ": ", " ", "{", "}", "[", "]", ",", "|\n ", "---\n", "#"]))
).map("".join)


def outcome(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "whole.yaml").write_text(WHOLE, encoding="utf-8")
        (folder / "prod.yaml").write_bytes(data)
        with contextlib.suppress(HoldfastError):
            load_environment("prod", folder)
        validate_environment("prod", folder, date(2026, 11, 22))


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(yamlish)
def test_text_that_looks_like_yaml_never_leaks_another_error(text):
    outcome(text.encode("utf-8", "surrogatepass"))


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=200))
def test_bytes_never_leak_another_error(data):
    outcome(data)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(WHOLE.splitlines()) - 1), words, st.sampled_from(["value", "line", "after"]))
def test_a_damaged_environment_never_leaks_another_error(number, word, where):
    lines = WHOLE.replace("environment: whole", "environment: prod").splitlines()
    line = lines[number]
    lines[number] = {"value": f"{line.partition(':')[0]}: {word}", "line": word, "after": f"{line} {word}"}[where]

    outcome("\n".join(lines).encode("utf-8", "surrogatepass"))


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(words, words)
def test_a_deviation_never_leaks_another_error(key, value):
    outcome(f"extends: whole\nenvironment: prod\n{key}: {value}\n".encode("utf-8", "surrogatepass"))


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=60))
def test_a_name_never_leaks_another_error(name):
    with tempfile.TemporaryDirectory() as made:
        (Path(made) / "whole.yaml").write_text(WHOLE, encoding="utf-8")
        with pytest.raises(HoldfastError):
            load_environment(f"{name}/", Path(made))
