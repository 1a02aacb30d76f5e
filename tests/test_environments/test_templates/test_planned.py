"""Every stack of what each template makes is planned by the real provider, right after it was made."""

from __future__ import annotations

import json

import pytest
from template_ground import ANSWERS

from holdfast.cli.main import run
from holdfast.environments.loading import load_environment
from holdfast.environments.names import Names

pytestmark = pytest.mark.terraform


@pytest.mark.parametrize("template", ANSWERS)
def test_what_a_template_makes_is_validated_proved_and_planned_at_once(made, template, tmp_path, monkeypatch, capsys):
    # GIVEN a new environment, nothing in it touched
    repository = made(template)
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    folder = ["--environments", str(repository.environments)]

    # THEN it validates and proves
    assert run(["env", "validate", "acme", *folder]) == 0
    capsys.readouterr()
    assert run(["prove", "acme", *folder, "--json"]) == 0
    proofs = json.loads(capsys.readouterr().out)["proofs"]
    assert "refuted" not in {proof["verdict"] for proof in proofs}
    assert any(proof["id"].startswith("separation.") for proof in proofs)

    # AND Terraform plans every stack of it, without an account
    assert run(["plan", "acme", "--offline", *folder, "--json"]) == 0
    names = Names(load_environment("acme", repository.environments).environment)
    for part in names.parts:
        plan = json.loads((tmp_path / "home" / "acme" / "plans" / f"{names.stack(part)}.json").read_text())
        actions = {action for change in plan["resource_changes"] for action in change["change"]["actions"]}
        assert actions <= {"create", "read"}
        assert "create" in actions


def test_what_a_template_would_make_wrong_is_not_planned(made, tmp_path, monkeypatch, capsys):
    repository = made("starter")
    file = repository.environments / "acme.yaml"
    file.write_text(file.read_text().replace("2,14", "2"))  # once a day does not keep a day
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))

    assert run(["plan", "acme", "--offline", "--environments", str(repository.environments)]) == 2

    assert "acme.yaml:" in capsys.readouterr().err
    assert not list((tmp_path / "home").rglob("*-primary.json"))
