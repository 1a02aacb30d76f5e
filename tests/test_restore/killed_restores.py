"""Kill a restore at every point where it touches a file, then run the same command again. Forks once for every point.

Everything on this machine is real: journal, staging, list, moves, evidence, audit log. What AWS does (who calls, the
role, the set, the fetch) is a folder here, because a kill on this side of it is what is tried; `killed_against_aws`
tries the other side.

Usage: killed_restores.py FOLDER (create | overwrite) -> one JSON line for every point on stdout
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
import signal
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "test_drills"))

import killed_drills
from killed_drills import Boundaries, in_child
from plans import ADA, BOB, NOW, declare, key

from holdfast.audit.chained_log import ChainedLog
from holdfast.audit.trail import AuditTrail, audit_file
from holdfast.aws.endpoints import Endpoints
from holdfast.aws.sessions import Sessions
from holdfast.backupsets.entries import Entry, Kind
from holdfast.clock import ManualClock
from holdfast.evidence.environment_records import EnvironmentRecords
from holdfast.evidence.local_signer import LocalSigner
from holdfast.evidence.provenance import digest_of
from holdfast.evidence.verification import verify
from holdfast.restore import running, staging
from holdfast.restore.admission import Asked
from holdfast.restore.approval import approve
from holdfast.restore.choosing import Choice
from holdfast.restore.differing import changes_of
from holdfast.restore.erasure.key import local_key
from holdfast.restore.erasure.ledger import ErasureLedger, Subject, SubjectKind
from holdfast.restore.plan import Item, RestorePlan
from holdfast.restore.reading_role import Elevated
from holdfast.restore.recording import RestoreRecorder
from holdfast.restore.running import run
from holdfast.restore.scope import Scope, ScopeKind
from holdfast.restore.surroundings import Surroundings
from holdfast.restore.target import DirectoryTarget

killed_drills.EVENTS |= {"os.link"}
FILES = {
    "notes.txt": b"three files",
    "data/a.bin": b"\x00\x01" * 50,
    "people.jsonl": b'{"who":"ada"}\n{"who":"bob"}\n',
    "erased/x.txt": b"gone on purpose",
}


@dataclass(frozen=True)
class FolderEntries:
    """A set that is a folder."""

    folder: Path
    manifest: object

    def __iter__(self):
        for path in sorted(self.folder.rglob("*"), key=lambda each: str(each).encode()):
            name, status = os.fsencode(path.relative_to(self.folder)), path.lstat()
            common = {"path": name, "mode": status.st_mode & 0o7777, "mtime_ns": status.st_mtime_ns}
            if path.is_dir():
                yield Entry(kind=Kind.DIRECTORY, **common)
            else:
                content = path.read_bytes()
                digest = hashlib.sha256(content).hexdigest()
                yield Entry(kind=Kind.FILE, size=len(content), digest=digest, chunks=(digest,), **common)

    def files(self):
        return (entry for entry in self if entry.kind is Kind.FILE)


@dataclass(frozen=True)
class Manifest:
    dataset: str = "project"
    tenant: str | None = None

    def sha256(self):
        return "ab" * 32


@dataclass(frozen=True)
class Fetched:
    warnings: tuple = ()


def copy(entries, target, *, only, clock):
    """What `fetch_many` does, from a folder."""
    for entry in only:
        path = target / os.fsdecode(entry.path)
        if entry.kind is Kind.DIRECTORY:
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes((entries.folder / os.fsdecode(entry.path)).read_bytes())
    return Fetched()


@dataclass
class Ground:
    """One restore, from a plan to its evidence."""

    place: Path
    overwrite: bool

    def __post_init__(self):
        self.home, self.source, self.target = self.place / "home", self.place / "source", self.place / "t" / "restored"
        self.environment, self.clock = declare(), ManualClock(NOW)
        for name, content in FILES.items():
            path = self.source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if self.overwrite:
            (self.target / "data").mkdir(parents=True)
            (self.target / "notes.txt").write_text("older")
            (self.target / "mine.txt").write_text("not in the set")
        secret = local_key(self.home, make=True)
        ledger = ErasureLedger(self.home, self.environment.environment, self.clock)
        subjects = [Subject(SubjectKind.PATH, "erased/"), Subject(SubjectKind.RECORD, "ada", field="who")]
        ledger.add(subjects, secret, reason="DSR", actor="ada")
        self.erased = ledger.erased(secret)
        entries = FolderEntries(self.source, Manifest())
        running.caller = lambda *_: ADA
        running.elevated_for = lambda *_, **__: Elevated({"_": None}, "restore-operator", mfa=True)
        running.open_item = staging.open_item = lambda *_, **__: entries
        staging.fetch_many = copy
        Sessions.server_time = lambda *_, **__: NOW
        self.asked = self._asked(entries)

    def _asked(self, entries):
        item = Item(
            dataset="project",
            tenant=None,
            set_id="20261122T020000Z-0123456789ab",
            manifest_sha256="ab" * 32,
            captured_at=NOW - timedelta(hours=1),
            files=len(FILES),
            bytes=sum(map(len, FILES.values())),
            below="",
        )
        target = DirectoryTarget(path=str(self.target))
        plan = RestorePlan(
            environment=self.environment.environment,
            configuration=digest_of(self.environment),
            planned_at=NOW,
            planned_by=ADA,
            scope=Scope(kind=ScopeKind.DATASET, dataset="project"),
            region="us-west-2",
            target=target,
            overwrite=self.overwrite,
            items=(item,),
            changes=changes_of([(item, entries)], target, Choice((), self.erased), None),
            erasure_head=self.erased.head,
            nonce="0" * 32,
        )
        approval = approve(
            plan,
            approver=BOB,
            signer=key(self.place, "bob"),
            environment=self.environment,
            not_before=NOW,
            not_after=NOW + timedelta(hours=1),
            comment="",
            clock=self.clock,
        )
        return Asked(plan=plan, approval=approval)

    @property
    def surroundings(self):
        nowhere = Endpoints(default="http://127.0.0.1:9", access_key="000000000000", secret_key="none")
        sessions = Sessions(self.environment, nowhere, clock=self.clock)
        signer = LocalSigner.at(self.home)
        records = EnvironmentRecords(self.environment.environment, self.home, signer, None, self.clock)
        recorder = RestoreRecorder(self.environment, self.place, records)
        trail = AuditTrail(self.home, self.clock)
        return Surroundings(self.environment, self.home, sessions, recorder, self.erased, trail, self.clock)

    def restore(self):
        state = run(self.asked, self.surroundings)
        document = state.document()
        return {"verdict": state.verdict, "erasure": document["erasure"], "files": document["files"]}

    def observe(self):
        evidence = self.home / "evidence" / self.environment.environment
        records = verify(evidence, clock=self.clock) if list(evidence.glob("*/0*.json")) else None
        log = list(ChainedLog(audit_file(self.home)).lines())
        return {
            "records": [record.entry.result.verdict.value for _, record in records.records] if records else [],
            "findings": len(records.findings) if records else 0,
            "target": tree(self.target),
            "staging": [path.name for path in self.target.parent.glob(".restored*")],
            "ended": sum(line.body.get("phase") == "end" for line in log),
        }


def tree(folder):
    files = (path for path in sorted(folder.rglob("*")) if path.is_file()) if folder.exists() else ()
    return {str(path.relative_to(folder)): path.read_bytes().hex() for path in files}


def struck(ground, at):
    def act():
        Boundaries(at, signal.SIGKILL).install()
        return ground.restore()

    return in_child(act)


def main():
    folder, how = Path(sys.argv[1]), sys.argv[2]
    for at in itertools.count(1):
        place = folder / str(at)
        place.mkdir(parents=True)
        ground = Ground(place, overwrite=how == "overwrite")
        first = struck(ground, at)
        after = ground.observe() if first["exit"] in (0, -9) else None
        again = in_child(ground.restore)
        once_more = in_child(ground.restore)
        settled = ground.observe()
        line = {"at": at, "struck": first, "after": after, "again": again, "once_more": once_more, "settled": settled}
        sys.stdout.write(f"{json.dumps(line)}\n")
        shutil.rmtree(place)
        if first["exit"] == 0:
            return


if __name__ == "__main__":
    main()
