"""One YAML file as a tree of values that know the line they were written on.

Only plain values are made (mappings, lists, strings, whole numbers, true, false, null): no tag creates an object, so
reading a file runs nothing. What a file can make the reader do is bounded: its size, its depth, and how far its
aliases expand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from holdfast.environments.errors import UnreadableEnvironmentFile
from holdfast.errors import Source

MAX_BYTES = 256 * 1024
MAX_VALUES = 20_000
MAX_DEPTH = 32

Content: TypeAlias = "Mapping[str, Written] | Sequence[Written] | str | int | float | bool | None"
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class Written:
    """A value and where it was written (for a value in a mapping: the line of its key)."""

    content: Content
    source: Source

    def plain(self) -> Any:
        """The value as plain Python."""
        if isinstance(self.content, Mapping):
            return {key: each.plain() for key, each in self.content.items()}
        if isinstance(self.content, Sequence) and not isinstance(self.content, str):
            return [each.plain() for each in self.content]
        return self.content


def read_file(path: Path) -> Written:
    """Read one environment file.

    Raises:
        UnreadableEnvironmentFile: it is missing, too large, not UTF-8, not YAML, empty, not a mapping, repeats a key,
            uses a tag, or its aliases expand to more than `MAX_VALUES` values.
    """
    text = _text(path)
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise _syntax(path, error) from None
    except RecursionError:
        raise _too_deep(Source(path)) from None
    except (YAMLError, ValueError) as error:
        raise _refused(Source(path), "this is not YAML", str(error).splitlines()[0], "a YAML document") from None
    if root is None:
        raise _refused(
            Source(path, 1), "the file is empty", "nothing", "a mapping of settings such as environment: prod"
        )
    if not isinstance(root, MappingNode):
        raise _refused(_at(path, root), "the file is not a mapping", _kind(root), "settings such as environment: prod")
    return _Reader(path).read(root, Source(path, 1), 0)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _refused(
            Source(path), "the file cannot be read", error.strerror or "an error", "a readable file"
        ) from None
    if len(data) > MAX_BYTES:
        raise _refused(Source(path), "the file is too large", f"{len(data)} bytes", f"at most {MAX_BYTES} bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refused(
            Source(path, line), "the file is not UTF-8", f"byte 0x{data[error.start]:02x}", "UTF-8"
        ) from None


class _Reader:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0

    def read(self, node: Node, source: Source, depth: int) -> Written:
        self.count += 1
        if self.count > MAX_VALUES:
            raise _refused(source, "the file expands to too many values", f"over {MAX_VALUES}", "fewer YAML aliases")
        if depth > MAX_DEPTH:
            raise _too_deep(source)
        if isinstance(node, MappingNode):
            return Written(self._mapping(node, depth), source)
        if isinstance(node, SequenceNode):
            return Written(tuple(self.read(each, _at(self.path, each), depth + 1) for each in node.value), source)
        return Written(self._scalar(node, source), source)

    def _mapping(self, node: MappingNode, depth: int) -> dict[str, Written]:
        found: dict[str, Written] = {}
        for key_node, value_node in node.value:
            source = _at(self.path, key_node)
            if not isinstance(key_node, ScalarNode):
                raise _refused(source, "a key is not a word", _kind(key_node), "a word such as environment")
            key = str(key_node.value)
            if key in found:
                raise _refused(
                    source, f"the key {key!r} is there twice", key, f"once; it was first on {found[key].source}"
                )
            found[key] = self.read(value_node, source, depth + 1)
        return found

    def _scalar(self, node: ScalarNode, source: Source) -> str | int | float | bool | None:
        text, tag = str(node.value), str(node.tag).removeprefix(_TAG)
        if tag == "null":
            return None
        if tag == "bool":
            return text.lower() == "true"
        if tag == "int":
            return _number(text, int)
        if tag == "float":
            return _number(text, float)
        if tag in ("str", "timestamp"):
            return text
        raise _refused(source, "YAML tags are not used here", str(node.tag), "plain values without ! or !!")


def _number(text: str, kind: type[int] | type[float]) -> int | float | str:
    try:
        return kind(text)
    except ValueError:
        return text


def _at(path: Path, node: Node) -> Source:
    return Source(path, node.start_mark.line + 1)


def _kind(node: Node) -> str:
    if isinstance(node, MappingNode):
        return "a mapping"
    return "a list" if isinstance(node, SequenceNode) else repr(str(node.value))


def _syntax(path: Path, error: MarkedYAMLError) -> UnreadableEnvironmentFile:
    mark = error.problem_mark or error.context_mark
    source = Source(path, mark.line + 1) if mark else Source(path)
    return _refused(
        source, "this is not YAML", str(error.problem or error.context or "a syntax error"), "a YAML mapping"
    )


def _too_deep(source: Source) -> UnreadableEnvironmentFile:
    return _refused(source, "values are nested too deeply", f"over {MAX_DEPTH} levels", f"at most {MAX_DEPTH} levels")


def _refused(source: Source, problem: str, value: str, allowed: str) -> UnreadableEnvironmentFile:
    return UnreadableEnvironmentFile(source=source, problem=problem, value=value, allowed=allowed)
