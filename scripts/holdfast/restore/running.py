"""Run a restore: fetch beside the target, check there, put in place, check again, record. Killed anywhere, it goes on.

Nothing is put in place before all of it was checked, and nothing is done twice: each step is in the journal when it is
done, and the one that was under way is harmless to repeat.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from holdfast.audit.trail import AuditEntry, actor
from holdfast.drills.checks import Check, CheckKind
from holdfast.drills.errors import JournalError
from holdfast.drills.journal import Journal, read_entries
from holdfast.errors import FindingError, HoldfastError
from holdfast.locking import file_lock
from holdfast.restore.admission import Asked, approved, check_key, check_place, check_plan, first_checks
from holdfast.restore.alerting import alert
from holdfast.restore.approval import Approved
from holdfast.restore.checking import failures
from holdfast.restore.choosing import Choice
from holdfast.restore.differing import changes_of
from holdfast.restore.errors import (
    BadTarget,
    NotEnoughSpace,
    RestoreJournalDamaged,
    StagedContentLost,
    StagingNotUsable,
    TargetChanged,
)
from holdfast.restore.expected import Name, read_list
from holdfast.restore.folders import RestoreFolders, make_folder, remove_staging, restore_id_of
from holdfast.restore.opening import open_item
from holdfast.restore.placing import place
from holdfast.restore.plan import write_plan
from holdfast.restore.planning import target_client
from holdfast.restore.principals import caller
from holdfast.restore.reading_role import Elevated, elevated_for
from holdfast.restore.staging import stage
from holdfast.restore.state import RestoreState, Step, fold
from holdfast.restore.surroundings import Surroundings
from holdfast.restore.target import BucketTarget
from holdfast.restore.uploading import upload
from holdfast.restore.verifying import check_bucket, check_directory


def run(asked: Asked, surroundings: Surroundings) -> RestoreState:
    """Run a plan, or go on with it, or say how it came out.

    Args:
        asked: the plan, its approval and who asks.
        surroundings: what to work with.

    Returns:
        the restore, over: PASSED, or FAILED with nothing put in place unless the last check failed.

    Raises:
        ApprovalRefused: its class says why.
        InputError: the plan, the key or the target cannot be used.
        ServiceError, StorageError: it could not go on; the same command goes on from there.
    """
    environment = surroundings.environment
    check_plan(asked.plan, environment, asked)
    restore_id = restore_id_of(environment.environment, asked.idempotency_key)
    folders = RestoreFolders(surroundings.home, environment.environment, restore_id, asked.plan.target)
    make_folder(folders.folder.parent)
    with file_lock(folders.lock, surroundings.clock, doing=f"restoring to {asked.plan.target.name}", patience=0):
        before = _state(folders)
        if before is not None:
            check_key(before, asked)
            if before.is_over:
                surroundings.say(f"{restore_id} is over already; nothing was done")
                return before
        return _Run(asked, surroundings, folders, restore_id).run(before)


def _state(folders: RestoreFolders) -> RestoreState | None:
    """What was begun before; None when nothing was, also where a process died before it wrote a whole line."""
    if not folders.journal.exists() or b"\n" not in folders.journal.read_bytes():
        return None
    with _journal_trusted(folders.restore_id):
        return fold(folders.restore_id, read_entries(folders.journal))


@contextmanager
def _journal_trusted(restore_id: str) -> Iterator[None]:
    try:
        yield
    except JournalError as error:
        raise RestoreJournalDamaged(restore_id=restore_id, problem=error.message) from error


@dataclass
class _Run:
    """One process working on one restore."""

    asked: Asked
    at: Surroundings
    folders: RestoreFolders
    restore_id: str
    runner: str = ""
    given: Approved | None = None

    def run(self, before: RestoreState | None) -> RestoreState:
        """From wherever it is to its end."""
        is_placed = before is not None and Step.PLACED in before.done
        elevated = None if is_placed else self._admit(before)
        journal = self._journal(before)
        try:
            if elevated is not None and self._is_asked_anew(before):
                self._begin(journal, elevated)
            state = self._now(journal)
            reasons: list[str] = []
            if Step.STAGED not in state.done and elevated is not None:
                reasons = self._stage(journal, elevated)
            state = self._now(journal)
            reasons = reasons or state.done[Step.STAGED].get("reasons", [])
            if not reasons:
                reasons = self._put_in_place(journal, state)
            return self._end(journal, reasons)
        finally:
            journal.close()

    def _is_asked_anew(self, before: RestoreState | None) -> bool:
        """Whether nobody asked before, or somebody else did, or with another approval: then that is written down."""
        digest = self.given.digest if self.given else None
        return before is None or (before.begun["run_by"], before.begun["approval_sha256"]) != (self.runner, digest)

    def _admit(self, before: RestoreState | None) -> Elevated:
        plan, at = self.asked.plan, self.at
        check_place(self.asked, at)
        self.runner = at.who or caller(at.sessions, plan.region)
        now = self._server_time()
        self.given = approved(self.asked, at, self.restore_id, runner=self.runner, now=now)
        elevated = elevated_for(
            plan,
            at.restorer or at.sessions,
            factor=self.asked.factor,
            restore_id=self.restore_id,
        )
        if before is None or Step.STAGED not in before.done:
            self._check_changes(elevated)
        return elevated

    def _server_time(self) -> datetime:
        """S3's time: an approval's window is not judged by a clock the runner can set."""
        return self.at.sessions.server_time(self.asked.plan.region)

    def _check_changes(self, elevated: Elevated) -> None:
        """Whether the target is as it was when the dry run was approved."""
        plan, at = self.asked.plan, self.at
        items = [
            (item, open_item(elevated.sessions_of(item), plan.region, item, role=None, clock=at.clock))
            for item in plan.items
        ]
        now = changes_of(items, plan.target, Choice(plan.without, at.erased), target_client(at.sessions, plan.target))
        planned = plan.changes
        if now.sha256 != planned.sha256:
            if (now.create, now.overwrite, now.same) == (planned.create, planned.overwrite, planned.same):
                what = "other files would be created or overwritten than were planned, as many and as large"
            elif now.erased != planned.erased:
                what = f"{now.erased} files are erased by now where {planned.erased} were planned"
            else:
                what = (
                    f"{now.create.files} would be created and {now.overwrite.files} overwritten where "
                    f"{planned.create.files} and {planned.overwrite.files} were planned"
                )
            raise TargetChanged(target=plan.target.name, what=what)

    def _journal(self, before: RestoreState | None) -> Journal:
        if before is not None:
            with _journal_trusted(self.restore_id):
                return Journal.open(self.folders.journal, self.at.clock)
        make_folder(self.folders.folder)
        self.folders.journal.unlink(missing_ok=True)
        write_plan(self.asked.plan, self.folders.folder / "plan.json")
        return Journal.create(self.folders.journal, self.at.clock)

    def _begin(self, journal: Journal, elevated: Elevated) -> None:
        plan, at, given = self.asked.plan, self.at, self.given
        remarks: list[str] = []
        if given is not None and not given.is_declared:
            remarks.append("this sandbox declares no approvers: any second principal counts")
        if self.asked.break_glass is not None:
            remarks += self._break_glass()
        for remark in remarks:
            at.say(remark)
        begun = {
            "environment": plan.environment,
            "scope": plan.scope.model_dump(mode="json"),
            "target": plan.target.name,
            "region": plan.region,
            "sets": [item.set_id for item in plan.items],
            "plan_sha256": plan.digest,
            "planned_by": plan.planned_by,
            "approved_by": given.approval.approver if given else None,
            "approval_sha256": given.digest if given else None,
            "run_by": self.runner,
            "read_as": elevated.role,
            "second_factor": elevated.mfa,
            "break_glass": self.asked.break_glass is not None,
            "reason": self.asked.break_glass or plan.reason,
            "idempotency_key": self.asked.idempotency_key,
            "remarks": remarks,
            "checks": [check.document() for check in first_checks(plan, given, elevated)],
        }
        self._audit("begin", outcome=None)
        journal.append(Step.BEGUN, **begun)

    def _break_glass(self) -> list[str]:
        """Loud: on the screen, to whoever is on call, in the audit log and in the record."""
        self.at.say("BREAK-GLASS: restoring without a second person's approval; this is recorded and reported")
        message = {
            "event": "break-glass restore",
            "environment": self.asked.plan.environment,
            "restore_id": self.restore_id,
            "principal": self.runner,
            "scope": self.asked.plan.scope.name,
            "target": self.asked.plan.target.name,
            "reason": str(self.asked.break_glass),
        }
        subject = f"BREAK-GLASS restore in {self.asked.plan.environment}"
        return list(alert(self.at.sessions, subject=subject, message=message))

    def _stage(self, journal: Journal, elevated: Elevated) -> list[str]:
        """Fetch and check; why it goes no further, if it does not."""
        plan = self.asked.plan
        self._check_space()
        try:
            staged = stage(plan, elevated, self.folders, self.at)
            reasons = failures(staged.checks)
        except FindingError as error:
            remove_staging(self.folders)
            journal.append(Step.STAGED, **_refused(error))
            return [error.message]
        journal.append(Step.STAGED, **staged.document(), reasons=reasons)
        return reasons

    def _check_space(self) -> None:
        place_, needed = self.folders.staging.parent, self.asked.plan.bytes
        make_folder(place_)
        try:
            free = shutil.disk_usage(place_).free
        except OSError as error:
            raise StagingNotUsable(path=place_, problem=error.strerror) from error
        if needed > free:
            raise NotEnoughSpace(needed=needed, free=free, path=place_)

    def _put_in_place(self, journal: Journal, state: RestoreState) -> list[str]:
        """Put in place and read back; why it did not, if it did not. What is in place by then stays there."""
        try:
            return self._place(journal, state)
        except (BadTarget, StagedContentLost, TargetChanged) as error:
            return [error.message]

    def _place(self, journal: Journal, state: RestoreState) -> list[str]:
        plan, staged = self.asked.plan, state.done[Step.STAGED]
        if Step.PLACED not in state.done:
            self.at.say(f"put {staged['files']} files in place")
            if isinstance(plan.target, BucketTarget):
                placed = upload(
                    target_client(self.at.sessions, plan.target),
                    self.folders.staging,
                    plan.target,
                    self._names(staged),
                    restore_id=self.restore_id,
                    overwrite=plan.overwrite,
                )
            else:
                target = Path(plan.target.path)
                placed = place(self.folders.staging, target, self._names(staged), overwrite=plan.overwrite)
            journal.append(Step.PLACED, moved=placed.moved, there=placed.there)
        if Step.VERIFIED not in state.done:
            self.at.say("read back what is in place")
            checks = self._verify(staged)
            journal.append(Step.VERIFIED, checks=[check.document() for check in checks])
        checks_said = self._now(journal).done[Step.VERIFIED]["checks"]
        return [f"{each['id']}: {each['reason']}" for each in checks_said if each["verdict"] == "failed"]

    def _verify(self, staged: dict[str, Any]) -> list[Check]:
        target = self.asked.plan.target
        if isinstance(target, BucketTarget):
            return check_bucket(target_client(self.at.sessions, target), target, self._names(staged))
        return check_directory(target, self._names(staged))

    def _end(self, journal: Journal, reasons: list[str]) -> RestoreState:
        verdict = "FAILED" if reasons else "PASSED"
        state = self._now(journal)
        if Step.RECORDED not in state.done:
            evidence = self.at.recorder.record(state, self.asked.plan, verdict, reasons)
            journal.append(Step.RECORDED, **evidence)
        remove_staging(self.folders)
        self._audit("end", outcome=verdict)
        journal.append(Step.ENDED, verdict=verdict, reasons=reasons)
        return self._now(journal)

    def _names(self, staged: dict[str, Any]) -> Iterator[Name]:
        return read_list(self.folders.names, staged["names_sha256"])

    def _now(self, journal: Journal) -> RestoreState:
        return fold(self.restore_id, journal.entries)

    def _audit(self, phase: str, *, outcome: str | None) -> None:
        plan = self.asked.plan
        self.at.trail.write(
            AuditEntry(
                action="restore",
                phase=phase,
                actor=actor(),
                environment=plan.environment,
                principal=self.runner or None,
                target=plan.target.name,
                previous=f"{plan.changes.overwrite.files} overwritten, {plan.changes.same.files} the same",
                value=f"plan {plan.digest}",
                outcome=outcome,
                flags=("break-glass",) if self.asked.break_glass is not None else (),
            )
        )


def _refused(error: HoldfastError) -> dict[str, Any]:
    check = {
        "id": error.code(),
        "kind": CheckKind.INTEGRITY.value,
        "expected": "",
        "observed": "",
        "verdict": "failed",
        "reason": error.message,
        "essential": True,
    }
    return {"files": 0, "bytes": 0, "checks": [check], "reasons": [error.message], "error": error.code()}
