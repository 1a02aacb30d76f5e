"""Fetch the sets of a plan beside the target, and check them there."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from holdfast.backupsets.fetch import fetch_many
from holdfast.drills.checks import Check, CheckKind, compare, skipped
from holdfast.restore.checking import (
    check_content,
    check_freshness,
    label,
    refuse_revoked,
    refuse_vulnerable,
    run_application_checks,
)
from holdfast.restore.choosing import Choice
from holdfast.restore.erasure.replay import Replayed, replay
from holdfast.restore.expected import Listed, settle, write_list
from holdfast.restore.folders import RestoreFolders, empty_staging, make_folder
from holdfast.restore.opening import open_item
from holdfast.restore.plan import Item, RestorePlan
from holdfast.restore.reading_role import Elevated
from holdfast.restore.surroundings import Surroundings


@dataclass
class Staged:
    """What lies in the staging folder.

    Args:
        listed: the list of it.
        checks: what was checked.
        erased: what was erased again: files not fetched, records removed.
    """

    listed: Listed
    checks: list[Check]
    erasure: dict[str, Any]
    warnings: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """As the journal keeps it."""
        return {
            "files": self.listed.files,
            "bytes": self.listed.bytes,
            "names_sha256": self.listed.sha256,
            "checks": [check.document() for check in self.checks],
            "erasure": self.erasure,
            "warnings": self.warnings,
        }


def stage(plan: RestorePlan, elevated: Elevated, folders: RestoreFolders, at: Surroundings) -> Staged:
    """Fetch, verify, erase again, refuse what must not come back, and ask the application.

    Raises:
        FindingError: what was fetched must not be put in place; its class says why.
        ServiceError, StorageError: it could not be fetched.
    """
    root, choice = empty_staging(folders), Choice(plan.without, at.erased)
    checks: list[Check] = []
    total = Replayed()
    kept_back = 0
    warnings: list[str] = []
    for item in plan.items:
        at.say(f"fetch {label(item)} {item.set_id} from {plan.region}")
        place = root / item.below if item.below else root
        make_folder(place)
        entries = open_item(elevated.sessions_of(item), plan.region, item, role=None, clock=at.clock)
        kept_back += sum(choice.is_erased(item.folder, entry) for entry in entries.files())
        fetched = fetch_many(
            entries, place, only=(each for each in entries if choice.keeps(item.folder, each)), clock=at.clock
        )
        warnings += [f"{each.path}: {each.because}" for each in fetched.warnings]
        checks += check_content(item, place, entries, choice)
        checks.append(check_freshness(item, at.environment, plan.planned_at))
        settle(place)
        _erase(item, place, at, total)
        checks += _refuse(item, place, choice, at)
    checks += _erasure_checks(total, at)
    listed = write_list(root, folders.names)
    return Staged(listed, checks, _erasure(total, kept_back, at), warnings[:100])


def _erase(item: Item, place: Path, at: Surroundings, total: Replayed) -> None:
    done = replay(place, item.folder, at.erased)
    total.files += done.files
    total.records += done.records
    total.residual += done.residual
    total.examined += done.examined
    total.unexamined += done.unexamined
    total.matched |= done.matched
    if done.found:
        at.say(f"{label(item)}: {done.found} erased subjects removed again")


def _refuse(item: Item, place: Path, choice: Choice, at: Surroundings) -> list[Check]:
    checks = [refuse_revoked(item, place, choice), *refuse_vulnerable(item, place, at.environment)]
    return checks + run_application_checks(item, place, at.environment)


def _erasure_checks(total: Replayed, at: Surroundings) -> list[Check]:
    if at.erased.head is None:
        reason = "nothing was ever erased in this environment: there is no ledger"
        return [skipped("erasure", CheckKind.INTEGRITY, reason, essential=False)]
    checks = [compare("erasure", CheckKind.INTEGRITY, expected=0, observed=total.residual)]
    if total.unexamined:
        reason = f"{total.unexamined} files are no JSON lines and no CSV: nobody looked for erased records in them"
        checks.append(skipped("erasure-records", CheckKind.INTEGRITY, reason, essential=False))
    return checks


def _erasure(total: Replayed, kept_back: int, at: Surroundings) -> dict[str, Any]:
    """As the section of evidence wants it. `unmatched`: subjects of the ledger that were in nothing restored."""
    applied = kept_back + total.files + total.records
    unmatched = max(0, at.erased.entries - len(total.matched) - kept_back)
    document = {"applied": applied, "unmatched": unmatched, "residual": total.residual}
    return document if at.erased.head is None else {"ledger_head": at.erased.head, **document}
