"""Checkov, which knows nothing of Holdfast, finds nothing in the plans of prod that is not accepted with a reason."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from stack_ground import FOLDER, ROOT

from holdfast.cli.main import run
from holdfast.stacks.accepted import ACCEPTED

pytestmark = pytest.mark.terraform


def planned(home, *only):
    """The folder of prod, planned by the real provider, in a home of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOLDFAST_HOME", str(home))
        assert run(["plan", "prod", "--offline", "--environments", str(FOLDER), "--json", *only]) == 0
    return home / "prod"


def judged(paths):
    files = [argument for path in paths for argument in ("-f", str(path))]
    command = [str(ROOT / "scripts" / "checkov"), *files, "--framework", "terraform_plan", "-o", "json"]
    ran = subprocess.run([*command, "--skip-download"], capture_output=True, text=True, timeout=580, check=False)
    assert ran.stdout.strip().startswith("{"), ran.stderr
    document = json.loads(ran.stdout)
    assert document["summary"]["parsing_errors"] == 0
    return document


def construct_paths(folder):
    """Of every resource, by stack and address, where it is declared: `primary/Logs/Resource`."""
    found = {}
    for configuration in folder.glob("stacks/*/cdk.tf.json"):
        for kind, named in json.loads(configuration.read_text())["resource"].items():
            for name, arguments in named.items():
                path = arguments["//"]["metadata"]["path"].removeprefix("prod-")
                found[configuration.parent.name, f"{kind}.{name}"] = path
    return found


def test_no_check_fails_but_those_accepted_with_a_reason(tmp_path):
    # GIVEN every stack of prod, planned
    folder = planned(tmp_path)
    plans, paths = sorted(folder.glob("plans/*.json")), construct_paths(folder)

    # WHEN checkov judges the plans
    document = judged(plans)

    # THEN it has looked at all of them
    assert document["summary"]["passed"] > 300
    assert {Path(each["file_path"]).stem for each in document["results"]["passed_checks"]} == {
        plan.stem for plan in plans
    }
    # AND whatever it finds is accepted
    found = [
        (each["check_id"], paths[Path(each["file_path"]).stem, each["resource"].partition("[")[0]])
        for each in document["results"]["failed_checks"]
    ]
    assert [each for each in found if not any(accepted.covers(*each) for accepted in ACCEPTED)] == []
    # AND nothing is accepted that it no longer finds
    lines = [replace(each, paths=(path,)) for each in ACCEPTED for path in each.paths]
    assert [line for line in lines if not any(line.covers(*each) for each in found)] == []


@pytest.mark.parametrize("accepted", ACCEPTED, ids=lambda each: each.check)
def test_every_reason_says_something(accepted):
    assert len(accepted.reason.split()) > 3


def test_what_should_be_found_is_found(tmp_path):
    # GIVEN the plan of a stack whose bucket takes public ACLs
    folder = planned(tmp_path / "home", "--stack", "prod-recovery")
    plan = (folder / "plans" / "prod-recovery.json").read_text()
    assert '"block_public_acls":true' in plan
    (tmp_path / "open.json").write_text(plan.replace('"block_public_acls":true', '"block_public_acls":false'))

    # THEN checkov says so
    failed = {each["check_id"] for each in judged([tmp_path / "open.json"])["results"]["failed_checks"]}
    assert "CKV_AWS_53" in failed
