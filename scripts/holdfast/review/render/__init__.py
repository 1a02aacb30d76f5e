"""Ways to print a review. A renderer takes a `Review` and returns text; only redacted values reach it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

from holdfast.review.review import Review

FORMATS: Mapping[str, str] = {
    "markdown": "holdfast.review.render.markdown",
    "json": "holdfast.review.render.document",
    "sarif": "holdfast.review.render.sarif",
    "junit": "holdfast.review.render.junit",
    "github": "holdfast.review.render.github",
    "html": "holdfast.review.render.html",
}
"""The formats, and the module of each: imported when it is used."""

FILES: Mapping[str, str] = {
    "markdown": "review.md",
    "json": "review.json",
    "sarif": "review.sarif",
    "junit": "review.xml",
    "github": "annotations.txt",
    "html": "review.html",
}
"""The file of each format where all are written."""


def render(review: Review, format_: str, *, max_bytes: int = 60_000) -> str:
    """Print a review.

    Args:
        review: what to print.
        format_: one of `FORMATS`.
        max_bytes: the most a Markdown comment may have (GitHub accepts 65 536 characters).

    Raises:
        ReviewTooLarge: not even the summary fits into a Markdown comment of that size.
    """
    module = importlib.import_module(FORMATS[format_])
    text: str = module.render(review, max_bytes) if format_ == "markdown" else module.render(review)
    return text
