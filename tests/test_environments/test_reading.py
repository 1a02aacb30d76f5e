"""Files that are no YAML, or YAML that wants more than an environment needs: one clear error with the line."""

from __future__ import annotations

import pytest

from holdfast.environments.errors import UnreadableEnvironmentFile
from holdfast.environments.reading import MAX_BYTES, MAX_VALUES, read_file
from holdfast.errors import EnvironmentFileError


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "the file is empty"),
        ("# only a comment\n", 1, "the file is empty"),
        ("- environment: prod\n", 1, "the file is not a mapping"),
        ("\n\nprod\n", 3, "the file is not a mapping"),
        ("environment: prod\nlock: {}\nlock: {}\n", 3, "the key 'lock' is written twice"),
        (
            "environment: prod\nlock:\n  minimum: 1d\n  mode: COMPLIANCE\n  minimum: 2d\n",
            5,
            "the key 'minimum' is written twice",
        ),
        ("environment: prod\nlock:\n\tminimum: 1d\n", 3, "indent with spaces"),
        ("environment: prod\nlock: [1, 2\n", 3, "this is not YAML"),
        ("environment: prod\nlock: *nowhere\n", 2, "undefined alias"),
        ("environment: prod\n---\nenvironment: dev\n", 2, "this is not YAML"),
        ("environment: prod\nlock: \x07\n", 2, "U+0007"),
        ("environment: prod\n? [a, b]\n: c\n", 2, "a key is not a word"),
        ("environment: prod\nlock: !!python/object/apply:os.system [true]\n", 2, "tags are not used"),
        ("environment: prod\ntags: {a: !secret b}\n", 2, "tags are not used"),
        ("environment: prod\nlock: &me {minimum: *me}\n", 2, "nested too deeply"),
        ("environment: prod\nlock: " + "[" * 60 + "]" * 60, 2, "nested too deeply"),
        ("%YAML 7.0\n---\nenvironment: prod\n", 1, "this is not YAML"),
    ],
)
def test_a_file_that_cannot_be_read_names_its_line_and_what_to_do(folder, text, line, says):
    error = folder.unreadable(text)

    assert isinstance(error, UnreadableEnvironmentFile)
    assert error.source.path.name == "prod.yaml"
    assert error.source.line == line
    assert says in f"{error.message} {error.hint}"
    assert error.hint
    assert "allowed: " in error.message


def test_reading_a_tag_runs_nothing(folder, tmp_path):
    target = tmp_path / "made"

    folder.unreadable(f"environment: !!python/object/apply:os.mkdir ['{target}']\n")

    assert not target.exists()


def test_aliases_are_expanded_only_so_far(folder):
    lines = ["tags: &a0 {x: y}"]
    lines += [f"k{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]

    error = folder.unreadable("\n".join(lines))

    assert f"more than {MAX_VALUES}" in error.message


def test_an_alias_may_be_used_within_reason(folder):
    loaded = folder.load_with("tags: &tags {a: b}\ndatasets: [{name: exports, select: {tags: *tags}}]\n")

    assert loaded.environment.dataset("exports").select.tags == {"a": "b"}


def test_a_file_that_is_not_utf8_names_the_line_of_the_byte(folder):
    (folder.path / "prod.yaml").write_bytes(b"environment: prod\ndescription: caf\xe9\n")

    with pytest.raises(UnreadableEnvironmentFile, match=r"prod\.yaml:2: the file is not UTF-8 \(got byte 0xe9"):
        folder.load("prod")


def test_a_file_that_is_too_large_is_not_parsed(folder):
    error = folder.unreadable("# " + "x" * MAX_BYTES)

    assert f"at most {MAX_BYTES} bytes" in error.message


def test_a_byte_order_mark_and_windows_line_ends_are_read(folder):
    text = (folder.path / "whole.yaml").read_text().replace("\n", "\r\n")
    (folder.path / "whole.yaml").write_bytes(b"\xef\xbb\xbf" + text.encode())

    assert folder.load("whole").environment.organization == "acme"


def test_a_file_that_is_gone_is_one_clear_error(tmp_path):
    with pytest.raises(EnvironmentFileError, match="the file cannot be read"):
        read_file(tmp_path / "gone.yaml")


def test_only_true_and_false_are_booleans(folder):
    error = folder.refused("sandbox: yes\n")

    assert "prod.yaml:3: sandbox: is not true or false (got 'yes'" in error.message
