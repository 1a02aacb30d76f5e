"""Look at what was fetched before anything of it is put in place."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from holdfast.backupsets.fetch import Entries
from holdfast.drills.checks import Check, CheckKind, compare, failed, passed, skipped
from holdfast.drills.restored_tree import compare_tree
from holdfast.environments.durations import format_duration
from holdfast.environments.model import Environment, Scenario
from holdfast.environments.restoring import ApplicationCheck
from holdfast.restore.choosing import Choice
from holdfast.restore.errors import RevokedSecretFound, VulnerableConfiguration
from holdfast.restore.inspecting import revoked_secrets, vulnerable
from holdfast.restore.plan import Item

_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")
"""Variables an application check sees. No credential is among them."""


def label(item: Item) -> str:
    """What tells the checks of one item from those of another."""
    return f"{item.dataset}/{item.tenant or '_'}"


def check_content(item: Item, root: Path, entries: Entries, choice: Choice) -> list[Check]:
    """Number, size and SHA-256 of every file against the manifest's list, and nothing else there."""
    wanted = (entry for entry in entries if choice.keeps(item.folder, entry))
    tree = compare_tree(root, wanted, whole=True)
    checks = [
        *tree.checks(),
        compare("manifest", CheckKind.CHECKSUM, expected=item.manifest_sha256, observed=entries.manifest.sha256()),
        compare(
            "scope",
            CheckKind.SCOPE,
            expected=label(item),
            observed=f"{entries.manifest.dataset}/{entries.manifest.tenant or '_'}",
        ),
    ]
    return [check.model_copy(update={"id": f"{label(item)}:{check.id}"}) for check in checks]


def check_freshness(item: Item, environment: Environment, planned_at: datetime) -> Check:
    """How old the recovery point is, against what the tier promises when data is corrupted."""
    dataset = environment.dataset(item.dataset)
    age = planned_at - item.captured_at
    said, id_ = f"{max(0, int(age.total_seconds()))} s old when planned", f"{label(item)}:freshness"
    rpo = environment.tier_of(dataset).rpo.get(Scenario.CORRUPTION) if dataset is not None else None
    if rpo is None:
        return skipped(id_, CheckKind.OBJECTIVE, "no objective is declared", essential=False, observed=said)
    expected = f"at most {format_duration(rpo)} old"
    if age > rpo:
        reason = "older than the objective: an older set was asked for, or none is newer"
        return skipped(id_, CheckKind.OBJECTIVE, reason, essential=False, expected=expected, observed=said)
    return passed(id_, CheckKind.OBJECTIVE, expected=expected, observed=said)


def refuse_revoked(item: Item, root: Path, choice: Choice) -> Check:
    """Refuse what holds a revoked secret.

    Raises:
        RevokedSecretFound: it does.
    """
    found = revoked_secrets(root, item.folder, choice.erased)
    if found:
        raise RevokedSecretFound(count=len(found), path=found[0].path, line=found[0].line)
    return passed(f"{label(item)}:no-revoked-secret", CheckKind.INTEGRITY, expected="0", observed="0")


def refuse_vulnerable(item: Item, root: Path, environment: Environment) -> list[Check]:
    """Refuse configuration that was declared vulnerable.

    Raises:
        VulnerableConfiguration: some would come back.
    """
    checks = []
    for each in environment.restore.forbidden:
        found = vulnerable(root, each)
        if found:
            raise VulnerableConfiguration(
                count=len(found), name=each.name, reason=each.reason, path=found[0].path, line=found[0].line
            )
        checks.append(passed(f"{label(item)}:{each.name}", CheckKind.INTEGRITY, expected="0", observed="0"))
    return checks


def run_application_checks(item: Item, root: Path, environment: Environment) -> list[Check]:
    """Run what is declared for the dataset, in the folder of what was fetched."""
    declared = [each for each in environment.restore.checks if each.dataset == item.dataset]
    return [_run(each, root, item, os.environ) for each in declared]


def failures(checks: Iterable[Check]) -> list[str]:
    """What failed, in words."""
    return [f"{check.id}: {check.reason}" for check in checks if check.outcome.value == "failed"]


def _run(check: ApplicationCheck, root: Path, item: Item, variables: Mapping[str, str]) -> Check:
    id_ = f"{label(item)}:{check.name}"
    known = {name: variables[name] for name in _PASSED_ON if name in variables}
    known |= {"HOLDFAST_DATASET": item.dataset, "HOLDFAST_TENANT": item.tenant or "", "HOLDFAST_SET": item.set_id}
    try:
        done = subprocess.run(
            list(check.command),
            cwd=root,
            env=known,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=check.timeout.total_seconds(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return failed(id_, CheckKind.INTEGRITY, f"it took longer than {format_duration(check.timeout)}", expected="0")
    except OSError as error:
        return failed(id_, CheckKind.INTEGRITY, f"it cannot be run: {error.strerror}", expected="0")
    return compare(id_, CheckKind.INTEGRITY, expected=0, observed=done.returncode)
