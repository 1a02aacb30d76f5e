"""`python -m holdfast.stacks` and `holdfast synth`."""

from __future__ import annotations

import json
import subprocess
import sys

import jsonschema
import pytest
from stack_ground import FOLDER, GOLDEN, ROOT, load

from holdfast.cli.main import run
from holdfast.stacks.__main__ import main
from holdfast.stacks.app import synthesize
from holdfast.stacks.errors import CannotWriteStacks

SANDBOX = ("recovery", "primary", "access", "drill")
"""The stacks of a sandbox nobody watches, in the order they are applied."""


def test_the_app_prints_the_stacks_in_order(tmp_path, capsys):
    assert main(["sandbox", "--environments", str(FOLDER), "--out", str(tmp_path)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [f"sandbox-{part}" for part in SANDBOX]


def test_the_app_prints_every_address(tmp_path, capsys):
    assert main(["dev", "--environments", str(FOLDER), "--out", str(tmp_path), "--addresses"]) == 0

    assert capsys.readouterr().out == (GOLDEN / "dev.txt").read_text()


def test_the_app_writes_where_the_cdk_s_own_command_line_asks(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CDKTF_OUTDIR", str(tmp_path / "elsewhere"))

    assert main(["sandbox", "--environments", str(FOLDER)]) == 0

    assert (tmp_path / "elsewhere" / "stacks" / "sandbox-primary" / "cdk.tf.json").is_file()


def test_the_app_refuses_an_unknown_environment_in_one_line(capsys):
    assert main(["nowhere", "--environments", str(FOLDER)]) == 1

    captured = capsys.readouterr()
    assert captured.out == ""
    assert "nowhere" in captured.err
    assert "Traceback" not in captured.err


def test_cdktf_json_names_the_app_and_what_it_targets():
    written = json.loads((ROOT / "cdktf.json").read_text())

    from holdfast.stacks.app import TARGETS

    assert written["app"].startswith("python -m holdfast.stacks ")
    assert written["targetVersions"] == TARGETS


def test_synth_prints_the_folders(tmp_path, capsys):
    out = tmp_path / "out"

    assert run(["synth", "sandbox", "--environments", str(FOLDER), "--out", str(out)]) == 0

    assert capsys.readouterr().out.splitlines() == [str(out / "stacks" / f"sandbox-{part}") for part in SANDBOX]


def test_synth_prints_one_json_document(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path))

    assert run(["synth", "sandbox", "--environments", str(FOLDER), "--json"]) == 0

    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, json.loads((ROOT / "docs" / "schemas" / "synth.schema.json").read_text()))
    assert document["schema"] == "holdfast.synth/1"
    assert document["environment"] == "sandbox"
    primary = document["stacks"][1]
    assert primary["name"] == "sandbox-primary"
    assert primary["region"] == "us-east-1"
    assert primary["dependencies"] == ["sandbox-recovery"]
    assert primary["directory"] == str(tmp_path / "sandbox" / "stacks" / "sandbox-primary")


def test_synth_of_an_unknown_environment_writes_nothing(tmp_path, capsys):
    assert run(["synth", "nowhere", "--environments", str(FOLDER), "--out", str(tmp_path / "out")]) == 1

    assert "nowhere" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_one_error(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(CannotWriteStacks, match="cannot write the stacks"):
        synthesize(load("sandbox"), tmp_path / "file" / "out")


def test_a_folder_that_cannot_be_made_leaves_none_above_it(tmp_path):
    with pytest.raises(CannotWriteStacks, match="File name too long"):
        synthesize(load("sandbox"), tmp_path / "new" / ("x" * 300))

    assert list(tmp_path.iterdir()) == []


def test_help_loads_no_binding():
    code = (
        "import sys; from holdfast.cli.main import run; run(['synth', '--help']); "
        "print([m for m in sys.modules if m.startswith(('cdktn', 'jsii', 'holdfast.stacks'))])"
    )

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=240)

    assert ran.stdout.splitlines()[-1] == "[]"
