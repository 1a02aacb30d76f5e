"""One YAML file as a tree of values that know the line they were written on.

Only plain values are made (mappings, lists, strings, numbers, true, false, null): no tag creates an object, so reading
a file runs nothing. What a file can make the reader do is bounded: its size, its depth, and how far its aliases expand.
"""

from __future__ import annotations

import stat
import warnings
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from holdfast.environments.errors import UnreadableEnvironmentFile
from holdfast.environments.written import Written
from holdfast.errors import Source

MAX_BYTES = 256 * 1024
MAX_VALUES = 20_000
MAX_DEPTH = 32

_STANDARD = "tag:yaml.org,2002:"
_TAGS = frozenset({"map", "seq", "str", "int", "float", "bool", "null", "timestamp", "value"})
_SETTINGS = "a mapping of settings such as `environment: prod`"


def read_file(path: Path) -> Written:
    """Read one environment file.

    Raises:
        UnreadableEnvironmentFile: it is missing, too large, not UTF-8, not YAML, empty, not a mapping, repeats a key,
            uses a tag, or its aliases expand to more than `MAX_VALUES` values.
    """
    root = _compose(path, _text(path))
    if root is None:
        raise _refused(
            Source(path, 1), "the file is empty", "nothing", _SETTINGS, "see docs/environments.md for a start"
        )
    if not isinstance(root, MappingNode):
        raise _refused(_at(path, root), "the file is not a mapping", _kind(root), _SETTINGS, "begin with its settings")
    return _Reader(path).read(root, Source(path, 1), 0)


def _text(path: Path) -> str:
    try:
        if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():
            raise OSError(0, "it is no regular file")  # a pipe would be waited for
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise _refused(
            Source(path), "the file cannot be read", why, "a readable file", "check it and its mode"
        ) from None
    if len(data) > MAX_BYTES:
        size, limit, hint = f"over {MAX_BYTES} bytes", f"at most {MAX_BYTES} bytes", "extend a file with what is shared"
        raise _refused(Source(path), "the file is too large", size, limit, hint)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        source = Source(path, data.count(b"\n", 0, error.start) + 1)
        byte = f"byte 0x{data[error.start]:02x}"
        raise _refused(source, "the file is not UTF-8", byte, "UTF-8", "save it again as UTF-8") from None


def _compose(path: Path, text: str) -> Node | None:
    try:
        with warnings.catch_warnings(action="ignore", category=ReusedAnchorWarning):
            root: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = str(error.problem or error.context or "a syntax error")
        hint = "indent with spaces, not tabs" if "\\t" in what else "mend the syntax; quoting a value often helps"
        raise _not_yaml(Source(path, mark.line + 1 if mark else None), what, hint) from None
    except ReaderError as error:
        what = f"the character U+{int(error.character):04X}"
        raise _not_yaml(Source(path, text.count("\n", 0, error.position) + 1), what, "take the character out") from None
    except RecursionError:
        raise _too_deep(Source(path)) from None
    except (YAMLError, ValueError, ArithmeticError) as error:
        raise _not_yaml(Source(path), str(error).partition("\n")[0], "mend the syntax") from None
    return root


class _Reader:
    """Turns nodes into values, counting what aliases expand to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0

    def read(self, node: Node, source: Source, depth: int) -> Written:
        self.count += 1
        if self.count > MAX_VALUES:
            problem, allowed = "the file expands to too many values", f"at most {MAX_VALUES} values"
            raise _refused(source, problem, f"more than {MAX_VALUES}", allowed, "write fewer YAML aliases (*name)")
        if depth > MAX_DEPTH:
            raise _too_deep(source)
        tag = str(node.tag).removeprefix(_STANDARD)
        if tag not in _TAGS:
            raise _refused(
                source, "YAML tags are not used here", str(node.tag), "plain values", "take the tag (!…) out"
            )
        if isinstance(node, MappingNode):
            return Written(self._mapping(node, depth), source)
        if isinstance(node, SequenceNode):
            return Written(tuple(self.read(each, _at(self.path, each), depth + 1) for each in node.value), source)
        return Written(_scalar(str(node.value), tag), source)

    def _mapping(self, node: MappingNode, depth: int) -> dict[str, Written]:
        found: dict[str, Written] = {}
        for key_node, value_node in node.value:
            source = _at(self.path, key_node)
            if not isinstance(key_node, ScalarNode):
                raise _refused(source, "a key is not a word", _kind(key_node), "a word", "write `key: value`")
            key = str(key_node.value)
            if key in found:
                problem, allowed = f"the key {key!r} is written twice", f"once; it is first on {found[key].source}"
                raise _refused(source, problem, repr(key), allowed, "merge the two or take one out")
            found[key] = self.read(value_node, source, depth + 1)
        return found


def _scalar(text: str, tag: str) -> str | int | float | bool | None:
    match tag:
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int" | "float":
            return _number(text)
    return text


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _at(path: Path, node: Node) -> Source:
    return Source(path, node.start_mark.line + 1)


def _kind(node: Node) -> str:
    if isinstance(node, MappingNode):
        return "a mapping"
    return "a list" if isinstance(node, SequenceNode) else repr(str(node.value))


def _not_yaml(source: Source, what: str, hint: str) -> UnreadableEnvironmentFile:
    return _refused(source, "this is not YAML", what, "YAML 1.2", hint)


def _too_deep(source: Source) -> UnreadableEnvironmentFile:
    got, allowed = f"more than {MAX_DEPTH} levels", f"at most {MAX_DEPTH} levels"
    return _refused(source, "values are nested too deeply", got, allowed, "look for an alias that holds itself")


def _refused(source: Source, problem: str, value: str, allowed: str, hint: str) -> UnreadableEnvironmentFile:
    return UnreadableEnvironmentFile(source=source, hint=hint, problem=problem, value=value, allowed=allowed)
