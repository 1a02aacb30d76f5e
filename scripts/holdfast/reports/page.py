"""Self-contained HTML pages: one file, no script, nothing fetched, safe with hostile names."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

_TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: Any) -> str:
    """Fill a template of this package. Everything is escaped; a missing value is an error, not an empty cell."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    engine = SandboxedEnvironment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    engine.filters["duration"] = humane_seconds
    engine.filters["size"] = humane_bytes
    return engine.get_template(template).render(**values)


def humane_seconds(seconds: float | None) -> str:
    """Seconds as a person says them: `0.8 s`, `4 min 10 s`, `15 h`, `2 d`."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    span, parts = timedelta(seconds=round(seconds)), []
    hours, rest = divmod(span.seconds, 3600)
    minutes, left = divmod(rest, 60)
    for amount, unit in ((span.days, "d"), (hours, "h"), (minutes, "min"), (left, "s")):
        if amount:
            parts.append(f"{amount} {unit}")
    return " ".join(parts[:2])


def humane_bytes(count: float) -> str:
    """Bytes in binary units: `512 B`, `8.0 MiB`."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024:
            return f"{count:.0f} B" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"
