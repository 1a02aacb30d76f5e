"""What the erasure commands put together from their options."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from holdfast.audit.chained_log import Line
    from holdfast.aws.sessions import Sessions
    from holdfast.cli.settings import Settings
    from holdfast.restore.erasure.ledger import Subject
    from holdfast.restore.erasure.replay import Replayed

_MOST = 1024 * 1024


def added(settings: Settings, name: str, options: dict[str, Any]) -> list[tuple[Line, bool]]:
    """The subjects of the options, in the ledger; each with whether it is new. The audit log knows the new head."""
    from holdfast.audit.trail import AuditEntry, AuditTrail, actor
    from holdfast.clock import SystemClock
    from holdfast.restore.erasure.ledger import ErasureLedger
    from holdfast.restore.erasure.reading import ADDED, erased_of, key_of

    environment, clock = settings.load(name), SystemClock()
    subjects = _subjects(environment, options)
    ledger, trail = ErasureLedger(settings.home, name, clock), AuditTrail(settings.home, clock)
    before = erased_of(environment, settings.home, clock, _sessions(settings, name))
    key = before.key or key_of(environment, settings.home, _sessions(settings, name), make=True)
    lines = ledger.add(subjects, key, reason=options["reason"], actor=actor())
    head = ledger.log.head()
    if head is not None and any(is_new for _, is_new in lines):
        entry = AuditEntry(
            action=ADDED,
            phase="event",
            actor=actor(),
            environment=name,
            target="the erasure ledger",
            previous=before.head,
            value=head.digest,
        )
        trail.write(entry)
    return lines


def replayed(
    settings: Settings, name: str, folder: Path, dataset: str, tenant: str | None, *, remove: bool
) -> Replayed:
    """What was found in a folder, and removed if that was asked."""
    from holdfast.backupsets.layout import folder_of
    from holdfast.clock import SystemClock
    from holdfast.restore.erasure.reading import erased_of
    from holdfast.restore.erasure.replay import look, replay

    environment = settings.load(name)
    whose = folder_of(environment, dataset, tenant)
    erased = erased_of(environment, settings.home, SystemClock(), _sessions(settings, name))
    return replay(folder, whose, erased) if remove else look(folder, whose, erased)


def listed(settings: Settings, name: str) -> list[dict[str, Any]]:
    """The lines of the ledger, checked against each other; needs no key."""
    from holdfast.audit.chained_log import ChainedLog
    from holdfast.restore.erasure.ledger import document, ledger_file

    settings.load(name)
    return [document(line) for line in ChainedLog(ledger_file(settings.home, name)).lines()]


def _subjects(environment: Any, options: dict[str, Any]) -> list[Subject]:
    from holdfast.backupsets.layout import declared_dataset, folder_of
    from holdfast.restore.erasure.ledger import Subject, SubjectKind
    from holdfast.restore.inspecting import normal_key

    given = [name for name in ("path", "record", "secret") if options[name]]
    if len(given) != 1:
        raise click.UsageError("say what was erased: one of --path, --record, --secret")
    dataset, tenant = options["dataset"], options["tenant"]
    if dataset is not None:
        declared_dataset(environment, dataset)
    if tenant is not None and dataset is not None:
        folder_of(environment, dataset, tenant)
    if options["path"]:
        return [Subject(SubjectKind.PATH, options["path"], dataset, tenant)]
    text = _stdin("the value" if options["record"] else "the secret", hidden=options["secret"])
    if options["secret"]:
        return [Subject(SubjectKind.SECRET, normal_key(text), dataset, tenant)]
    values = [line for line in text.splitlines() if line.strip()]
    if not values:
        raise click.UsageError("no value came on stdin")
    return [Subject(SubjectKind.RECORD, value, dataset, tenant, options["record"]) for value in values]


def _stdin(what: str, *, hidden: bool) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(what, hide_input=hidden, err=True))
    return sys.stdin.read(_MOST)


def _sessions(settings: Settings, name: str) -> Callable[[], Sessions]:
    from holdfast.cli.restoring import sessions_of

    return lambda: sessions_of(settings, name)
