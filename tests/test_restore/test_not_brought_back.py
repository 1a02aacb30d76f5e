"""A restore does not bring back what was erased, revoked or vulnerable, nor what the application does not accept."""

from __future__ import annotations

import sys

import pytest
from applied_ground import RECOVERY, Applied, make_environment
from restore_ground import RestoreGround, tree

from holdfast.aws.errors import KeyUnusable
from holdfast.backupsets.layout import Folder
from holdfast.restore.erasure.errors import ErasureKeyUnusable, LedgerRolledBack
from holdfast.restore.erasure.key import key_file, local_key
from holdfast.restore.erasure.ledger import ErasureLedger, Subject, SubjectKind, ledger_file
from holdfast.restore.erasure.reading import erased_of, key_of
from holdfast.restore.erasure.replay import look
from holdfast.restore.errors import TargetChanged

pytestmark = pytest.mark.sandbox
TOKEN = "ghp_9fK2hunter2xyz"


@pytest.fixture
def declared(emulator, tmp_path):
    """A ground whose environment says more about restores."""

    def make(**restore):
        return RestoreGround(Applied(make_environment(restore=restore), emulator, tmp_path).apply())

    return make


@pytest.fixture
def ground(declared):
    ground = declared()
    ground.applied.write("users/42/photo.jpg", b"jpg")
    ground.applied.write("people.jsonl", b'{"email":"ada@x.org"}\n{"email":"bob@x.org"}\n')
    return ground


def erase(ground, *subjects):
    key = local_key(ground.home, make=True)
    ErasureLedger(ground.home, ground.name, ground.clock).add(subjects, key, reason="DSR-1", actor="ada")


def test_what_was_erased_stays_erased_and_the_evidence_says_how_much(ground):
    ground.applied.push()
    erase(ground, Subject(SubjectKind.PATH, "users/42/"), Subject(SubjectKind.RECORD, "ada@x.org", field="email"))
    erase(ground, Subject(SubjectKind.PATH, "never/there"))
    plan = ground.plan()
    assert plan.changes.erased == 1
    state = ground.run(plan, ground.approve(plan))
    assert state.verdict == "PASSED", state.done
    found = tree(ground.folder / "restored")
    assert "users/42/photo.jpg" not in found
    assert found["people.jsonl"] == b'{"email":"bob@x.org"}\n'
    erasure = state.document()["erasure"]
    assert (erasure["applied"], erasure["unmatched"], erasure["residual"]) == (2, 1, 0)
    assert erasure["ledger_head"] == plan.erasure_head


def test_what_is_erased_between_plan_and_run_is_a_new_plan(ground):
    ground.applied.push()
    plan = ground.plan()
    approval = ground.approve(plan)
    erase(ground, Subject(SubjectKind.PATH, "users/42/"))
    with pytest.raises(TargetChanged, match="erased by now"):
        ground.run(plan, approval)


def test_without_the_key_or_with_an_old_ledger_nothing_is_restored(ground):
    ground.applied.push()
    erase(ground, Subject(SubjectKind.PATH, "users/42/"))
    plan = ground.plan()
    approval = ground.approve(plan)
    key = key_file(ground.home).read_bytes()
    key_file(ground.home).unlink()
    with pytest.raises(ErasureKeyUnusable):
        ground.run(plan, approval)
    key_file(ground.home).write_bytes(key)
    key_file(ground.home).chmod(0o600)
    ledger_file(ground.home, ground.name).unlink()
    with pytest.raises(LedgerRolledBack):
        ground.run(plan, approval)
    assert not (ground.folder / "restored").exists()


def test_a_revoked_secret_keeps_everything_back_and_is_never_named(ground):
    ground.applied.write("config/app.env", f"A=1\nTOKEN={TOKEN}\n".encode())
    ground.applied.push()
    erase(ground, Subject(SubjectKind.SECRET, TOKEN))
    plan = ground.plan()
    state = ground.run(plan, ground.approve(plan))
    assert state.verdict == "FAILED"
    assert state.document()["reasons"] == ["1 revoked secrets would come back, the first in config/app.env, line 2"]
    assert not (ground.folder / "restored").exists()
    kept = [path for path in ground.home.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]
    assert kept == [], "not in the journal, the evidence, the audit log or a staging folder"
    without = ground.plan(without=("config/*",))
    assert without.changes.left_out == 1
    assert ground.run(without, ground.approve(without)).verdict == "PASSED"
    assert "config/app.env" not in tree(ground.folder / "restored")


def test_configuration_declared_vulnerable_keeps_everything_back(declared):
    rule = {"name": "old-tls", "path": "*.conf", "pattern": "TLSv1;", "reason": "RFC 8996 forbids TLS 1.0"}
    ground = declared(forbidden=[rule])
    ground.applied.write("nginx.conf", b"ssl_protocols TLSv1;\n")
    ground.applied.push()
    state = ground.restore()
    assert state.verdict == "FAILED"
    assert "old-tls (RFC 8996 forbids TLS 1.0), the first nginx.conf, line 1" in state.document()["reasons"][0]
    assert not (ground.folder / "restored").exists()


@pytest.mark.parametrize(
    ("program", "timeout", "verdict"),
    [
        (
            "import pathlib, os; assert pathlib.Path('notes.txt').exists(); assert os.environ['HOLDFAST_DATASET']",
            "2m",
            "PASSED",
        ),
        ("import os; assert not any('SECRET' in each or 'TOKEN' in each for each in os.environ)", "2m", "PASSED"),
        ("raise SystemExit(3)", "2m", "FAILED"),
        ("import time; time.sleep(60)", "3s", "FAILED"),
    ],
)
def test_the_application_has_a_say_before_anything_is_put_in_place(declared, program, timeout, verdict, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("MY_TOKEN", "x")
    command = [sys.executable, "-c", program]
    ground = declared(checks=[{"name": "opens", "dataset": "project", "command": command, "timeout": timeout}])
    ground.applied.push()
    state = ground.restore()
    assert state.verdict == verdict, state.done
    assert (ground.folder / "restored").exists() is (verdict == "PASSED")
    assert any(check["id"] == "project/_:opens" for check in state.document()["checks"])


def test_the_key_of_the_ledger_may_be_one_that_never_leaves_kms(declared):
    ground = declared(erasure_key="alias/erasure-ledger")
    kms = ground.applied.sessions.client("kms", RECOVERY)
    key = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/erasure-ledger", TargetKeyId=key)
    sessions = ground.applied.sessions
    secret = key_of(ground.environment, ground.home, lambda: sessions, make=True)
    subject = Subject(SubjectKind.PATH, "notes.txt")
    ErasureLedger(ground.home, ground.name, ground.clock).add([subject], secret, reason="DSR-1", actor="ada")
    assert not key_file(ground.home).exists()
    ground.applied.push()
    erased = erased_of(ground.environment, ground.home, ground.clock, lambda: sessions)
    assert look(ground.applied.source, Folder("project"), erased).files == 1
    kms.disable_key(KeyId=key)
    with pytest.raises(KeyUnusable):
        erased_of(ground.environment, ground.home, ground.clock, lambda: sessions)
