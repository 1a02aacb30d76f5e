"""`holdfast push`: what people and pipelines see, and what a stopped push leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import validate

from holdfast.backupsets.catalog import catalog
from holdfast.cli.main import run

pytestmark = pytest.mark.sandbox

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schemas" / "push.schema.json").read_text())

STOPPED_HALF_WAY = """
import os, sys, threading
import botocore.session
from holdfast.cli import main

real = botocore.session.Session.create_client
reached = threading.Event()

def create_client(self, *arguments, **options):
    client = real(self, *arguments, **options)
    def wait(**_):
        if not reached.is_set():
            reached.set()
            print("half way", flush=True)
        threading.Event().wait(600)
    client.meta.events.register("before-send.s3.PutObject", wait)
    return client

botocore.session.Session.create_client = create_client
sys.argv = ["holdfast", "push", "sandbox", "project", sys.argv[1]]
main.main()
"""


def sets(ground):
    return catalog(ground.sessions.environment, ground.sessions, role=None)


def test_the_name_of_the_set_is_what_stdout_holds(ground, capsys):
    assert run(["push", "sandbox", "project", str(ground.source)]) == 0
    said = capsys.readouterr()

    assert said.out.strip() == sets(ground)[0].set_id
    assert "1 files" in said.err
    assert "COMPLIANCE" in said.err


def test_json_is_one_document_on_stdout(ground, capsys):
    assert (
        run(["push", "sandbox", "exports", str(ground.source), "--tenant", "acme", "--rule", "weekly", "--json"]) == 0
    )
    document = json.loads(capsys.readouterr().out)

    validate(document, SCHEMA)
    assert (document["tenant"], document["rule"], document["files"]) == ("acme", "weekly", 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing", "."], "there is no dataset 'nothing' in environment 'sandbox'; there are: exports, project"),
        (["project", "does-not-exist"], "no such directory"),
        (["project", "EMPTY"], "holds no file: nothing to back up"),
        (["project", "source/notes.txt"], "not a directory"),
        (["project", ".", "--tenant", "acme"], "does not tell tenants apart"),
        (["exports", ".", "--tenant", "../x"], "is not the name of a tenant"),
        (["project", ".", "--rule", "never"], "has no rule 'never'; there are: daily, weekly"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_1(ground, capsys, monkeypatch, arguments, words):
    (ground.folder / "EMPTY" / "nested").mkdir(parents=True)
    monkeypatch.chdir(ground.folder)

    assert run(["push", "sandbox", *arguments]) == 1
    said = capsys.readouterr()
    assert words in said.err
    assert "Traceback" not in said.err
    assert sets(ground) == []


def test_without_a_sandbox_the_way_to_start_one_is_named(ground, capsys):
    (ground.folder / "home" / "sandbox" / "endpoints.json").unlink()

    assert run(["push", "sandbox", "project", str(ground.source)]) == 1
    assert "holdfast sandbox start" in capsys.readouterr().err


def test_before_apply_the_way_to_apply_is_named(ground, capsys):
    for region in ("us-east-1", "us-west-2"):
        ground.sessions.client("s3", region).delete_bucket(Bucket=ground.sessions.names.bucket_in(region))

    assert run(["push", "sandbox", "project", str(ground.source)]) == 1
    assert "holdfast apply" in capsys.readouterr().err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_push_that_is_stopped_leaves_nothing_that_counts(ground, number, code):
    process = subprocess.Popen(
        [sys.executable, "-c", STOPPED_HALF_WAY, str(ground.source)],
        env=os.environ | ground.variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"half way\n"
    process.send_signal(number)
    _, said = process.communicate(timeout=120)

    assert process.returncode == code
    assert b"Traceback" not in said
    assert list((ground.folder / "tmp").iterdir()) == []
    assert sets(ground) == []
    assert run(["push", "sandbox", "project", str(ground.source)]) == 0
