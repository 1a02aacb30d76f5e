"""What was erased on purpose is recognised by its keyed hash, removed again, and found when it is still there."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.audit.errors import LogDamaged
from holdfast.audit.trail import AuditEntry, AuditTrail
from holdfast.backupsets.layout import Folder
from holdfast.clock import ManualClock
from holdfast.restore.erasure.errors import (
    BadSubject,
    ErasureKeyUnusable,
    ErasureKeyWrong,
    LedgerRolledBack,
    ReplayFailed,
)
from holdfast.restore.erasure.key import ErasureKey, key_file, local_key
from holdfast.restore.erasure.ledger import NOTHING_ERASED, ErasureLedger, Subject, SubjectKind, ledger_file
from holdfast.restore.erasure.reading import ADDED, erased_of
from holdfast.restore.erasure.replay import look, replay

PATH, RECORD, SECRET = SubjectKind.PATH, SubjectKind.RECORD, SubjectKind.SECRET
EXPORTS = Folder("exports", "acme")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda _: None)
    return ErasureLedger(tmp_path / "home", "sandbox", ManualClock(NOW))


@pytest.fixture
def erase(ledger, tmp_path):
    """Erase some subjects; returns what a restore knows of it."""

    def add(*subjects):
        key = local_key(tmp_path / "home", make=True)
        ledger.add(subjects, key, reason="DSR-1", actor="ada")
        return ledger.erased(key)

    return add


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "restored"
    for name, content in {
        "users/42/profile.json": b"{}",
        "users/42/photos/a.jpg": b"jpg",
        "users/421/profile.json": b"{}",
        "orders.jsonl": b'{"email": "ada@x.org", "n": 1}\n{"email": "bob@x.org", "n": 2}\n\n{"n": 3}\n',
        "people.csv": b'id,email,note\r\n1,ada@x.org,"two\r\nlines"\r\n2,bob@x.org,plain\r\n',
        "readme.txt": b"ada@x.org",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def names(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_folder_takes_what_is_below_it_and_nothing_that_begins_like_it(erase, root):
    done = replay(root, EXPORTS, erase(Subject(PATH, "users/42/")))
    assert (done.files, done.residual) == (2, 0)
    assert not (root / "users/42/profile.json").exists()
    assert (root / "users/421/profile.json").exists()


def test_a_file_is_taken_by_its_whole_path_only(erase, root):
    done = replay(root, EXPORTS, erase(Subject(PATH, "users/42/profile.json"), Subject(PATH, "profile.json")))
    assert done.files == 1
    assert (root / "users/42/photos/a.jpg").exists()


def test_records_are_taken_out_and_the_rest_keeps_its_bytes(erase, root):
    done = replay(root, EXPORTS, erase(Subject(RECORD, "ada@x.org", field="email")))
    assert (done.records, done.files, done.residual) == (2, 0, 0)
    assert (root / "orders.jsonl").read_bytes() == b'{"email": "bob@x.org", "n": 2}\n\n{"n": 3}\n'
    assert (root / "people.csv").read_bytes() == b"id,email,note\r\n2,bob@x.org,plain\r\n"
    assert (done.examined, done.unexamined) == (2, 4), "what is no export is said not to be looked into"
    assert names(root.parent / "restored") == names(root)


def test_numbers_are_records_too(erase, root):
    assert replay(root, EXPORTS, erase(Subject(RECORD, "2", field="n"))).records == 1
    assert b'"n": 2' not in (root / "orders.jsonl").read_bytes()


def test_looking_changes_nothing_and_says_where(erase, root):
    erased = erase(Subject(RECORD, "ada@x.org", field="email"), Subject(PATH, "users/42/"))
    before = {name: (root / name).read_bytes() for name in names(root)}
    found = look(root, EXPORTS, erased)
    assert (found.found, found.first) == (4, "orders.jsonl, line 1")
    assert {name: (root / name).read_bytes() for name in names(root)} == before


@pytest.mark.parametrize(("dataset", "tenant", "hit"), [
    (None, None, True), ("exports", None, True), ("exports", "acme", True), (None, "acme", True),
    ("orders", None, False), ("exports", "globex", False), (None, "globex", False),
])  # fmt: skip
def test_a_subject_is_erased_where_it_was_said_to_be(erase, root, dataset, tenant, hit):
    assert bool(look(root, EXPORTS, erase(Subject(PATH, "readme.txt", dataset, tenant))).found) is hit


def test_nothing_erased_looks_at_nothing(root):
    done = replay(root, EXPORTS, NOTHING_ERASED)
    assert (done.found, done.examined, done.unexamined) == (0, 0, 0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bad.jsonl", b'{"email": "ada@x.org"\n'),
        ("bad.jsonl", b"[1]\n"),
        ("bad.ndjson", b"\xff\xfe\n"),
        ("bad.csv", b'id,email\n1,"ada@x.org\n'),
        ("bad.csv", b"id\n1,2\n"),
        ("bad.csv", b"id\n\xff\n"),
        ("BAD.JSONL", b"nope\n"),
    ],
)
def test_an_export_that_is_not_understood_is_refused_never_passed_over(erase, root, name, content):
    (root / name).write_bytes(content)
    erased = erase(Subject(RECORD, "ada@x.org", field="email"))
    with pytest.raises(ReplayFailed, match=name):
        replay(root, EXPORTS, erased)


def test_what_is_compressed_is_counted_as_not_looked_into(erase, root):
    (root / "orders.jsonl.gz").write_bytes(gzip.compress((root / "orders.jsonl").read_bytes()))
    before = look(root, EXPORTS, erase(Subject(RECORD, "ada@x.org", field="email"))).unexamined
    (root / "orders.jsonl.gz").unlink()
    assert look(root, EXPORTS, erase(Subject(RECORD, "ada@x.org", field="email"))).unexamined == before - 1


@given(st.lists(st.tuples(st.sampled_from(["ada", "bob", "eve"]), st.text(max_size=8)), max_size=12))
def test_exactly_the_erased_rows_go_whatever_the_rows_are(rows):
    import csv
    import io

    from holdfast.restore.erasure.records import NotUnderstood
    from holdfast.restore.erasure.records import rows as read

    text = io.StringIO(newline="")
    csv.writer(text).writerows([("who", "note"), *((who, note.replace("\x00", "")) for who, note in rows)])
    raw = text.getvalue().encode("utf-8", "replace")
    try:
        found = list(read("a.csv", io.BytesIO(raw)))
    except NotUnderstood:  # refused, and with it the whole restore: never passed over
        return
    assert b"".join(row.raw for row in found) == raw
    assert [row.fields["who"] for row in found if row.fields] == [who for who, _ in rows]


# --- the ledger -------------------------------------------------------------------------------------------------------


def test_the_subject_is_nowhere_in_the_clear(erase, tmp_path):
    erase(Subject(RECORD, "ada@x.org", field="email"), Subject(PATH, "users/ada/"), Subject(SECRET, "s3cr3t-t0ken"))
    for path in (tmp_path / "home").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(word in content for word in (b"ada@x.org", b"users/ada", b"s3cr3t-t0ken")), path
            assert path.stat().st_mode & 0o077 == 0


def test_the_same_subject_is_written_once_and_another_scope_is_another_subject(ledger, tmp_path):
    key = local_key(tmp_path / "home", make=True)
    subjects = [Subject(PATH, "a"), Subject(PATH, "a"), Subject(PATH, "a", "exports")]
    assert [new for _, new in ledger.add(subjects, key, reason="", actor="ada")] == [True, False, True]
    assert [new for _, new in ledger.add(subjects, key, reason="", actor="ada")] == [False, False, False]


def test_without_its_key_nothing_can_be_restored(erase, tmp_path, ledger):
    erase(Subject(PATH, "a"))
    key_file(tmp_path / "home").unlink()
    with pytest.raises(ErasureKeyUnusable):
        local_key(tmp_path / "home")
    with pytest.raises(ErasureKeyWrong):
        ledger.erased(ErasureKey(b"another key"))
    with pytest.raises(ErasureKeyWrong):
        ledger.add([Subject(PATH, "b")], ErasureKey(b"another key"), reason="", actor="ada")


@pytest.mark.parametrize(
    "spoil", [lambda p: p.chmod(0o640), lambda p: p.write_text("zz"), lambda p: p.write_text("ab")]
)
def test_a_key_that_is_damaged_or_open_to_others_is_refused(tmp_path, spoil):
    local_key(tmp_path, make=True)
    spoil(key_file(tmp_path))
    with pytest.raises(ErasureKeyUnusable):
        local_key(tmp_path)


def test_a_changed_ledger_is_refused(erase, ledger, tmp_path):
    erase(Subject(PATH, "a"), Subject(PATH, "b"))
    path = ledger_file(tmp_path / "home", "sandbox")
    path.write_text(path.read_text().replace("DSR-1", "DSR-2", 1))
    with pytest.raises(LogDamaged):
        ledger.erased(local_key(tmp_path / "home"))


def test_an_old_copy_in_place_of_the_ledger_is_noticed(erase, ledger, tmp_path):
    from plans import declare

    environment, home, clock = declare(), tmp_path / "home", ManualClock(NOW)
    environment = environment.model_copy(update={"environment": "sandbox"})
    erase(Subject(PATH, "a"))
    path = ledger_file(home, "sandbox")
    old = path.read_bytes()
    head = erase(Subject(PATH, "b")).head

    def read(seen=None):
        return erased_of(environment, home, clock, lambda: None, seen=seen)

    assert read(head).entries == 2
    path.write_bytes(old)
    assert read().entries == 1, "nobody noted the newer head"
    with pytest.raises(LedgerRolledBack, match="the plan"):
        read(head)
    entry = AuditEntry(action=ADDED, phase="event", actor="ada", environment="sandbox", value=head)
    AuditTrail(home, clock).write(entry)
    with pytest.raises(LedgerRolledBack, match="the audit log"):
        read()
    path.unlink()
    with pytest.raises(LedgerRolledBack):
        read()


@pytest.mark.parametrize("value", ["", "/etc/passwd", "../a", "a/../b", "a//b", ".", "a\0b", "x" * 5000])
def test_a_path_that_leads_elsewhere_is_no_subject(value):
    with pytest.raises(BadSubject):
        Subject(PATH, value)


def test_a_short_secret_would_be_found_everywhere_and_is_refused():
    with pytest.raises(BadSubject):
        Subject(SECRET, "abc")
    with pytest.raises(BadSubject):
        Subject(RECORD, "a")
    with pytest.raises(BadSubject):
        Subject(PATH, "a", field="email")


def test_the_line_says_what_an_auditor_needs(erase, tmp_path):
    erase(Subject(RECORD, "ada@x.org", "exports", "acme", "email"))
    line = json.loads(ledger_file(tmp_path / "home", "sandbox").read_text())
    assert {name: line[name] for name in ("kind", "dataset", "tenant", "field", "reason", "actor", "number")} == {
        "kind": "record", "dataset": "exports", "tenant": "acme", "field": "email", "reason": "DSR-1",
        "actor": "ada", "number": 1,
    }  # fmt: skip
