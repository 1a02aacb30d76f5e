"""Templates to text: a sandbox in which an unknown name is an error and nothing can be run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from holdfast.environments.templates.errors import TemplateNotUsable
from holdfast.errors import Source

RENDERED = ".j2"
"""Ending of sources that are rendered; all others are copied."""


def render(name: str, source: Path, facts: dict[str, Any]) -> str:
    """The text of one file.

    Args:
        name: of the template, for messages.
        source: the file in the template's folder.
        facts: what it may name.

    Raises:
        TemplateNotUsable: it cannot be read or rendered, or names something there is not.
    """
    try:
        text = source.read_bytes().decode("utf-8")
    except OSError as error:
        raise TemplateNotUsable(source=Source(source), name=name, problem=error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise TemplateNotUsable(source=Source(source), name=name, problem="the file is not UTF-8") from None
    if source.suffix != RENDERED:
        return text
    try:
        return _sandbox().from_string(text).render(facts)
    except TemplateSyntaxError as error:
        problem = error.message or "a syntax error"
        raise TemplateNotUsable(source=Source(source, error.lineno), name=name, problem=problem) from None
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
        problem = str(error) or type(error).__name__
        raise TemplateNotUsable(source=Source(source), name=name, problem=problem) from None


def _sandbox() -> ImmutableSandboxedEnvironment:
    """Delimiters that mean nothing in YAML, Terraform, a shell or `${{ … }}`; no loader, so nothing is included."""
    sandbox = ImmutableSandboxedEnvironment(
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<{",
        variable_end_string="}>",
        comment_start_string="<#",
        comment_end_string="#>",
        undefined=StrictUndefined,
        autoescape=False,  # no HTML; what is not plain by its pattern goes through `quoted`
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_plain,
    )
    sandbox.globals.clear()
    sandbox.filters["quoted"] = _quoted
    return sandbox


def _plain(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _quoted(value: Any) -> str:
    """Double quotes that YAML and JSON read alike."""
    return json.dumps(str(value))
