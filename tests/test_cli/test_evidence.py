"""`holdfast evidence`: what is printed where, and which exit code comes out."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from holdfast.cli.main import run

sys.path.insert(0, str(Path(__file__).parents[1] / "test_evidence"))

from evidence_ground import PLAN, Ground, MemoryKms, new_signer

from holdfast.evidence.kms_signer import KmsSigner

ROOT = Path(__file__).parents[2]
SCHEMA = Draft202012Validator(json.loads((ROOT / "docs" / "schemas" / "evidence-verify.schema.json").read_text()))


@pytest.fixture
def ground(tmp_path, monkeypatch):
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOLDFAST_ENVIRONMENTS", str(ROOT / "environments"))
    return Ground(tmp_path / "home")


@pytest.fixture
def path(ground):
    ground.write("drill-1")
    return ground.write("drill-2").path


@pytest.fixture
def key(ground, tmp_path) -> str:
    (tmp_path / "key.pem").write_bytes(ground.signer.public_key.pem)
    return str(tmp_path / "key.pem")


def test_good_evidence_is_0_and_says_who_was_trusted(ground, path, key, capsys) -> None:
    assert run(["evidence", "verify", str(ground.folder), "--key", key]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "2 records of sandbox verified, by the keys that were passed" in captured.err
    assert "signed with a machine's own key, not the environment's" in captured.err


def test_a_chain_of_the_environments_own_key_is_said_to_be_one(tmp_path, capsys) -> None:
    ground = Ground(tmp_path / "home", signer=KmsSigner(MemoryKms(), "alias/evidence"))
    ground.write("drill-1")

    assert run(["evidence", "verify", str(ground.folder)]) == 0

    said = capsys.readouterr().err
    assert "signed with a key in KMS" in said
    assert "machine's own key" not in said


def test_without_a_key_it_says_what_that_does_not_show(ground, path, capsys) -> None:
    assert run(["evidence", "verify", str(path)]) == 0
    assert "taken from the same folder" in capsys.readouterr().err


def test_changed_evidence_is_2_and_every_finding_is_listed(ground, path, key, capsys) -> None:
    path.write_bytes(path.read_bytes()[:-2])
    path.with_name("00000003.json").write_bytes(b"")

    assert run(["evidence", "verify", str(ground.folder), "--key", key]) == 2
    shown = capsys.readouterr().err
    assert "[not-json]" in shown
    assert "[empty-record]" in shown
    assert "DOES NOT VERIFY: 2 findings" in shown


@pytest.mark.parametrize("make", [lambda folder: None, lambda folder: (folder / "notes.txt").touch()])
def test_nothing_verified_is_3(tmp_path, ground, key, make) -> None:
    (tmp_path / "empty").mkdir()
    make(tmp_path / "empty")

    assert run(["evidence", "verify", str(tmp_path / "empty"), "--key", key]) == 3


def test_what_cannot_be_tried_is_1(tmp_path, ground, path, key, capsys) -> None:
    alone = shutil.copy(path, tmp_path / "alone.json")
    (tmp_path / "bad.pem").write_text("no key")
    for arguments in (
        [str(tmp_path / "none")],
        [str(alone)],
        [str(path), "--key", str(tmp_path / "bad.pem")],
        [str(path), "--key", str(tmp_path / "none.pem")],
        [str(path), "--key", key, "--head", "abc"],
        [str(path), "--key", key, "--subjects", str(tmp_path / "none")],
        [],
    ):
        assert run(["evidence", "verify", *arguments]) == 1
        assert "Traceback" not in capsys.readouterr().err


def test_another_s_key_is_2(ground, path, tmp_path) -> None:
    (tmp_path / "other.pem").write_bytes(new_signer().public_key.pem)

    assert run(["evidence", "verify", str(path), "--key", str(tmp_path / "other.pem")]) == 2
    assert (
        run(
            [
                "evidence",
                "verify",
                str(path),
                "--key",
                str(tmp_path / "other.pem"),
                "--key",
                str(tmp_path / "other.pem"),
            ]
        )
        == 2
    )


def test_a_head_and_the_subjects_are_checked_when_asked(ground, path, key, tmp_path, capsys) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "primary.json").write_bytes(PLAN)
    arguments = ["evidence", "verify", str(ground.folder), "--key", key, "--json"]
    assert run(arguments) == 0
    head = next(iter(json.loads(capsys.readouterr().out)["heads"].values()))

    assert run([*arguments, "--head", head.upper(), "--subjects", str(tmp_path)]) == 0
    (tmp_path / "plans" / "primary.json").write_bytes(b"{}")
    assert run([*arguments, "--subjects", str(tmp_path)]) == 2
    path.unlink()
    assert run([*arguments, "--head", head]) == 2


def test_json_is_one_document_that_fits_its_schema(ground, path, key, capsys) -> None:
    path.with_name("junk.json").touch()
    for arguments in (["verify", str(ground.folder), "--key", key], ["verify", str(path)], ["list", "sandbox"]):
        code = run(["evidence", *arguments, "--json"])
        document = json.loads(capsys.readouterr().out)
        SCHEMA.validate(document)
        assert (code == 2) is bool(document["findings"])


def test_the_list_shows_one_line_a_record_on_stdout(ground, path, capsys) -> None:
    assert run(["evidence", "list", "sandbox"]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert lines[0].split() == ["SEQ", "TIME", "KIND", "DATASET", "VERDICT", "DIGEST", "SIGNED", "BY"]
    assert [line.split()[0] for line in lines[1:]] == ["1", "2"]
    assert lines[2].split()[1:6] == ["2026-11-22T02:10:00.000Z", "drill", "object-recovery", "exports", "PASSED"]


def test_the_list_names_what_does_not_verify_and_is_2(ground, path, capsys) -> None:
    path.write_bytes(b"{}")

    assert run(["evidence", "list", "sandbox"]) == 2
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 2
    assert "[not-an-envelope]" in captured.err


def test_no_records_yet_is_0_and_an_unknown_environment_is_1(ground, capsys) -> None:
    assert run(["evidence", "list", "sandbox"]) == 0
    assert "no evidence of sandbox here yet" in capsys.readouterr().err
    assert run(["evidence", "list", "sandbox", "--json"]) == 0
    SCHEMA.validate(json.loads(capsys.readouterr().out))
    for name in ("unheard-of", "../../etc", "a\x1b[31m"):
        assert run(["evidence", "list", name]) == 1
        assert "\x1b[31m" not in capsys.readouterr().err


def test_control_characters_in_file_names_do_not_reach_the_terminal(ground, path, capsys) -> None:
    (ground.folder / "a\x1b[2J\u202e.json").touch()

    assert run(["evidence", "list", "sandbox"]) == 2
    shown = capsys.readouterr().err
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_comparing_with_a_bucket_needs_the_sandbox_to_run(ground, path, key, capsys) -> None:
    assert run(["evidence", "verify", "sandbox", "--store", "--key", key]) == 1
    assert "sandbox" in capsys.readouterr().err
