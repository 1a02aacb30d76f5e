"""Making strings from a plan harmless in each output: they may be written by whoever opens a pull request."""

from __future__ import annotations

import html
import json
import re

from holdfast.review.finding import Json
from holdfast.review.words import shortened, visible


def code(value: Json, limit: int = 200) -> str:
    """A value as a Markdown code span: no markup, mention, link or line break survives, not even in a table cell.

    The fence is longer than any run of backticks inside; `|` would end a table cell even in a code span.
    """
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    text = visible(shortened(text, limit)).replace("|", "\\u007c")
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    padding = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{padding}{text}{padding}{fence}" if text else "nothing"


def prose(message: str) -> str:
    """A message as Markdown: what stands in backticks becomes a code span, all else is escaped."""
    parts = message.split("`")
    if len(parts) % 2 == 0:
        return code(message, len(message))
    return "".join(code(part, len(part)) if index % 2 else _plain(part) for index, part in enumerate(parts) if part)


def _plain(text: str) -> str:
    escaped = re.sub(r"([\\`*_{}\[\]<>()#+!|~&$]|:(?! ))", r"\\\1", visible(text))
    return escaped.replace("@", "@\u2060").replace("www.", "www\\.")


def cell(value: Json) -> str:
    """A value as HTML text: escaped, one line, in `<code>`."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return f"<code>{html.escape(visible(text), quote=True)}</code>"


def marked(message: str) -> str:
    """A message as HTML: what stands in backticks becomes `<code>`."""
    parts = message.split("`")
    if len(parts) % 2 == 0:
        return cell(message)
    pieces = (cell(part) if i % 2 else html.escape(visible(part), quote=True) for i, part in enumerate(parts))
    return "".join(pieces)


def command_data(text: str) -> str:
    """Text of a workflow command: percent and line breaks are encoded, so that no second command can begin.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    clean = visible(text)
    return clean.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """A property of a workflow command: commas and colons are encoded as well."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")


def xml_text(text: str) -> str:
    """Text without the characters XML 1.0 cannot hold."""
    return visible(text)
