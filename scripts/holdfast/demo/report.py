"""The demo's HTML page: one file that can be handed on."""

from __future__ import annotations

from pathlib import Path

from holdfast.demo.outcome import Outcome
from holdfast.errors import StorageError
from holdfast.reports.page import render


class ReportNotWritten(StorageError):
    """The page cannot be written."""

    template = "cannot write {path}: {problem}"
    hint = "free some space, or choose another folder with HOLDFAST_HOME"


def write_report(outcome: Outcome, path: Path) -> Path:
    """Write the page, whole or not at all, and return its path.

    Raises:
        ReportNotWritten: the file cannot be written.
    """
    page = render("demo.html.j2", title=f"Holdfast: {outcome.environment}", outcome=outcome.document())
    partial = path.with_suffix(".partial")
    try:
        partial.write_text(page, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ReportNotWritten(path=path, problem=error.strerror or error) from error
    return path
