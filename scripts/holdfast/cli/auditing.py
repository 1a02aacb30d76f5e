"""Every command that changes something is in the audit log: when it began, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from holdfast.errors import HoldfastError

if TYPE_CHECKING:
    from holdfast.audit.trail import AuditTrail
    from holdfast.cli.settings import Settings

AUDITED = frozenset(
    {
        "apply",
        "capture",
        "demo",
        "destroy",
        "drill baseline",
        "drill run",
        "drill sweep",
        "env new",
        "erasure add",
        "erasure replay",
        "postgres base-backup",
        "postgres start",
        "postgres stop",
        "push",
        "restore approve",
        "restore run",
        "sandbox fault",
        "sandbox mfa",
        "sandbox run-plans",
        "sandbox seed",
        "sandbox start",
        "sandbox stop",
    }
)
"""The commands that change something. Not logged: those that only read or plan."""
_NOT_SHOWN = frozenset({"mfa_code", "mfa_serial", "settings", "environments", "as_json", "environment", "pairs"})
_NAMES_WHAT_WAS_ERASED = frozenset({"path"})


def is_audited(path: str, arguments: dict[str, Any]) -> bool:
    """Whether a call is logged: that of a command that changes something, unless it was told to change nothing.

    Args:
        path: the command, such as `env new`.
        arguments: its options, as given.
    """
    only_shows = arguments.get("dry_run") or (arguments.get("update") and not arguments.get("apply_"))
    return path in AUDITED and not only_shows


def audited(path: str, settings: Settings, arguments: dict[str, Any], call: Callable[[], Any]) -> Any:
    """Run a command between two entries of the audit log.

    `previous` and `value` are the digests of the environment as it was declared when the same command last ran, and as
    it is declared now. A command whose beginning cannot be written down is not run.

    Args:
        path: the command, such as `drill run`.
        settings: of this call.
        arguments: its options, as given; what may hold a secret is left out.
        call: runs it.

    Raises:
        LogNotWritten: nothing was done.
    """
    from holdfast.audit.trail import AuditEntry, AuditTrail, actor
    from holdfast.clock import SystemClock

    trail = AuditTrail(settings.home, SystemClock())
    name = arguments.get("name" if path == "env new" else "environment")
    value = _configuration(settings, name)
    entry = AuditEntry(
        action=path,
        phase="begin",
        actor=actor(),
        environment=str(name) if name else None,
        target=_shown(arguments, _NAMES_WHAT_WAS_ERASED if path == "erasure add" else frozenset()),
        previous=_previous(trail, path, name) if value else None,
        value=value,
    )
    trail.write(entry)
    outcome = "interrupted"
    try:
        code = call()
        outcome = f"exit {code if isinstance(code, int) else 0}"
    except HoldfastError as error:
        outcome = error.code()
        raise
    except Exception as error:
        outcome = type(error).__name__
        raise
    finally:
        made = _configuration(settings, name) if path == "env new" else value
        trail.write(replace(entry, phase="end", outcome=outcome, value=made))
    return code


def _configuration(settings: Settings, name: object) -> str | None:
    """SHA-256 of the environment with everything resolved; None when there is none that can be read."""
    if not isinstance(name, str):
        return None
    from holdfast.evidence.provenance import digest_of

    try:
        return digest_of(settings.load(name))
    except HoldfastError:
        return None


def _previous(trail: AuditTrail, path: str, name: object) -> str | None:
    for entry in trail.newest():
        if (entry.get("action"), entry.get("environment"), entry.get("phase")) == (path, name, "end"):
            value = entry.get("value")
            return str(value) if value else None
    return None


def _shown(arguments: dict[str, Any], hidden: frozenset[str]) -> str:
    """The options that were given, in a fixed order."""
    given = {
        name: value
        for name, value in arguments.items()
        if name not in _NOT_SHOWN | hidden and value not in (None, False, (), "")
    }
    return ", ".join(f"{name}={value}" for name, value in sorted(given.items()))
