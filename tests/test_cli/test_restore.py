"""`holdfast restore` and `holdfast erasure`: the whole way from the command line, exit codes, one clear error each."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import jsonschema
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "test_restore"))

from restore_ground import RestoreGround, tree

sys.path.insert(0, str(Path(__file__).parents[1] / "test_drills"))

from dataclasses import replace

from applied_ground import Applied, make_environment

from holdfast.aws.endpoints import write_endpoints
from holdfast.cli.main import run
from holdfast.sandbox import lifecycle

SCHEMAS = Path(__file__).parents[2] / "docs/schemas"
ENVIRONMENTS = Path(__file__).parents[2] / "environments"
sandbox = pytest.mark.sandbox


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    home = tmp_path_factory.mktemp("sandbox")
    yield lifecycle.start(home)
    lifecycle.stop(home)


class Line:
    """The command line, as one of three people, each with a home and credentials of their own."""

    def __init__(self, ground, monkeypatch, capsys):
        self.ground, self.name, self._patch, self._capsys = ground, ground.name, monkeypatch, capsys
        declared = ground.folder / "environments"
        declared.mkdir()
        (declared / f"{self.name}.yaml").write_text(json.dumps(ground.environment.document()))
        monkeypatch.setenv("HOLDFAST_ENVIRONMENTS", str(declared))
        monkeypatch.chdir(ground.folder)

    def __call__(self, who, *arguments, stdin=None, code=0):
        home = self.ground.folder / ("home" if who in ("planner", "runner") else who)
        access_key, secret_key = self.ground.people[who]
        write_endpoints(home, replace(self.ground.applied.endpoints, access_key=access_key, secret_key=secret_key))
        self._patch.setenv("HOLDFAST_HOME", str(home))
        if stdin is not None:
            self._patch.setattr("sys.stdin", io.StringIO(stdin))
        self._capsys.readouterr()
        if arguments[:2] == ("restore", "run"):
            factor = self.ground.factor(who)
            arguments += ("--mfa-serial", factor.serial, "--mfa-code", factor.code)
        assert run(list(arguments)) == code, self._capsys.readouterr().err
        self.said = self._capsys.readouterr()
        return self.said.out


@pytest.fixture
def line(emulator, tmp_path, monkeypatch, capsys):
    return Line(RestoreGround(Applied(make_environment(), emulator, tmp_path).apply()), monkeypatch, capsys)


def fits(text, name):
    document = json.loads(text)
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)
    return document


@sandbox
def test_plan_approve_run_status(line):
    ground = line.ground
    ground.applied.write("people.csv", b"id,email\n1,ada@x.org\n2,bob@x.org\n")
    ground.applied.push()
    head = line("planner", "erasure", "add", line.name, "--record", "email", "--reason", "DSR-1", stdin="ada@x.org\n")
    digest = line("planner", "restore", "plan", line.name, "--dataset", "project", "--to", "back", "--reason", "INC-1")
    assert digest.strip() == line.said.out.strip()
    fits(Path("restore-plan.json").read_text(), "restore-plan")
    line("approver", "restore", "approve", line.name, "restore-plan.json", "--digest", digest.strip()[:12])
    assert "create 4 files" in line.said.err
    out = line("runner", "restore", "run", line.name, "restore-plan.json", "--approval", "restore-approval.json")
    assert out.startswith("PASSED restore-")
    assert tree(ground.folder / "back")["people.csv"] == b"id,email\n2,bob@x.org\n"
    status = fits(line("runner", "restore", "status", line.name, out.split()[1], "--json"), "restore-status")
    assert (status["verdict"], status["erasure"]["ledger_head"]) == ("PASSED", head.strip())
    assert out.split()[1] in line("runner", "restore", "status", line.name)
    again = line("runner", "restore", "run", line.name, "restore-plan.json", "--approval", "restore-approval.json")
    assert again == out
    assert "nothing was done" in line.said.err
    line("runner", "erasure", "check", line.name, "back", "--dataset", "project")
    line("runner", "erasure", "check", line.name, "source", "--dataset", "project", code=2)
    line("runner", "erasure", "replay", line.name, "source", "--dataset", "project")
    line("runner", "erasure", "check", line.name, "source", "--dataset", "project")
    entries = json.loads(line("runner", "audit", "export", "--format", "json"))["entries"]
    assert {"erasure add", "erasure ledger", "restore", "restore run"} <= {each["action"] for each in entries}
    line("runner", "audit", "verify")


@sandbox
def test_each_wrong_turn_is_one_error_and_restores_nothing(line):
    line.ground.applied.push()
    name = line.name
    digest = line("planner", "restore", "plan", name, "--dataset", "project", "--to", "back").strip()
    line("runner", "restore", "run", name, "restore-plan.json", code=1)
    assert digest in line.said.err
    assert run(["restore", "run", name, "restore-plan.json", "--mfa-serial", "arn:aws:iam::000000000000:mfa/x"]) == 1
    assert "is not approved" in line._capsys.readouterr().err, "nobody is asked for a code first"
    line("runner", "restore", "run", name, "restore-plan.json", "--approval", "nowhere.json", code=1)
    assert "nowhere.json: the approval cannot be read: there is no such file" in line.said.err
    line("approver", "restore", "approve", name, "restore-plan.json", "--digest", "0" * 64, code=1)
    line("approver", "restore", "approve", name, "restore-plan.json", "--digest", digest[:4], code=1)
    line("planner", "restore", "approve", name, "restore-plan.json", "--digest", digest, code=1)
    assert "two persons are needed" in line.said.err
    line("approver", "restore", "approve", name, "restore-plan.json", "--digest", digest, "--valid-for", "9w", code=1)
    line("approver", "restore", "approve", name, "restore-plan.json", "--digest", digest, "--valid-for", "soon", code=1)
    assert not Path("restore-approval.json").exists()
    line("approver", "restore", "approve", name, "restore-plan.json", "--digest", digest)
    approved = ["--approval", "restore-approval.json"]
    line("approver", "restore", "run", name, "restore-plan.json", *approved, code=1)
    assert "two persons are needed" in line.said.err
    line("runner", "restore", "run", name, "restore-plan.json", *approved, "--break-glass", code=1)
    Path("restore-plan.json").write_bytes(Path("restore-plan.json").read_bytes().replace(b"/back", b"/etcc"))
    line("runner", "restore", "run", name, "restore-plan.json", *approved, code=1)
    assert "approval is for plan" in line.said.err
    assert not Path("back").exists()
    line("runner", "restore", "status", name)
    assert "nothing was restored" in line.said.out


@sandbox
def test_a_tenant_is_restored_into_a_place_of_its_name_only(line):
    for tenant in ("acme", "globex"):
        line.ground.applied.write("whose.txt", tenant.encode())
        line.ground.applied.push("exports", tenant=tenant)
    scope = ["restore", "plan", line.name, "--dataset", "exports", "--tenant", "acme"]
    for target in ("globex", "acme/..", "back", "s3://somewhere/globex", "s3://somewhere/acme/../globex"):
        line("planner", *scope, "--to", target, code=1)
    digest = line("planner", *scope, "--to", "back/acme").strip()
    line("approver", "restore", "approve", line.name, "restore-plan.json", "--digest", digest)
    line("runner", "restore", "run", line.name, "restore-plan.json", "--approval", "restore-approval.json")
    assert tree(Path("back"))["acme/whose.txt"] == b"acme"
    line("planner", "restore", "plan", line.name, "--tenant", "acme", "--to", "all/acme", "--out", "two.json", "--json")
    assert [item["dataset"] for item in json.loads(line.said.out)["plan"]["items"]] == ["exports"]


@sandbox
def test_the_whole_environment_each_dataset_in_a_folder_of_its_own(line):
    line.ground.applied.push()
    line.ground.applied.push("exports", tenant="acme")
    out = line("planner", "restore", "plan", line.name, "--all", "--to", "all", "--json")
    assert {item["below"] for item in json.loads(out)["plan"]["items"]} == {"project", "exports/acme"}
    line("approver", "restore", "approve", line.name, "restore-plan.json", "--digest", json.loads(out)["sha256"])
    line("runner", "restore", "run", line.name, "restore-plan.json", "--approval", "restore-approval.json")
    assert {path.split("/")[0] for path in tree(Path("all"))} == {"project", "exports"}


@pytest.fixture
def nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOLDFAST_ENVIRONMENTS", str(ENVIRONMENTS))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["restore", "plan", "sandbox", "--to", "x"], "--dataset, --tenant, or --all"),
        (["restore", "plan", "sandbox", "--all", "--dataset", "project", "--to", "x"], "cannot go together"),
        (["restore", "plan", "sandbox", "--dataset", "nope", "--to", "x"], "there is no dataset 'nope'"),
        (["restore", "plan", "sandbox", "--dataset", "exports", "--tenant", "../x", "--to", "x"], "'../x'"),
        (["restore", "plan", "sandbox", "--dataset", "project", "--to", "ftp://x/y"], "a directory, or s3://"),
        (["restore", "plan", "sandbox", "--dataset", "project", "--to", "s3://bucket/a/../b"], "dotted"),
        (["restore", "plan", "sandbox", "--dataset", "project", "--to", "x", "--before", "noon"], "'noon'"),
        (["restore", "plan", "sandbox", "--dataset", "project", "--to", "x"], "no sandbox is running"),
        (["restore", "run", "sandbox", "plan.json"], "there is no such file"),
        (["restore", "status", "sandbox", "restore-1"], "there are: none"),
        (["restore", "status", "sandbox", "../../etc"], "there are: none"),
        (["restore", "run", "nowhere", "plan.json"], "plan.json"),
        (["erasure", "add", "sandbox", "--reason", "x"], "one of --path, --record, --secret"),
        (["erasure", "add", "sandbox", "--path", "/etc", "--reason", "x"], "relative to the dataset"),
        (["erasure", "add", "sandbox", "--path", "a", "--dataset", "nope", "--reason", "x"], "dataset 'nope'"),
        (["erasure", "check", "sandbox", "missing", "--dataset", "project"], "'missing' does not exist"),
        (["erasure", "replay", "sandbox", "missing", "--dataset", "project"], "'missing' does not exist"),
        (["restore", "key", "--kms", "alias/x"], "--environment"),
        (["runbook", "nowhere"], "nowhere"),
    ],
)
def test_a_wrong_input_is_one_error_that_says_what_is_allowed(nothing, capsys, arguments, said):
    assert run(arguments) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert not Path("restore-plan.json").exists()


@pytest.mark.parametrize("target", ["home", "home/evidence", ".", "/", "home/../home"])
def test_holdfasts_own_folder_is_never_a_target(tmp_path, monkeypatch, target):
    from holdfast.environments.loading import load_environment
    from holdfast.environments.names import Names
    from holdfast.restore.errors import BadTarget
    from holdfast.restore.target import check_target, parse_target

    monkeypatch.chdir(tmp_path)
    (tmp_path / "home").mkdir()
    names = Names(load_environment("sandbox", ENVIRONMENTS).environment)
    with pytest.raises(BadTarget):
        check_target(parse_target(target, region="us-east-1"), names, tmp_path / "home", None)


def test_the_vault_is_never_a_target(tmp_path):
    from holdfast.environments.loading import load_environment
    from holdfast.environments.names import Names
    from holdfast.restore.errors import BadTarget
    from holdfast.restore.target import check_target, parse_target

    names = Names(load_environment("prod", ENVIRONMENTS).environment)
    for bucket in (names.vault_bucket, names.replica_bucket, names.evidence_bucket, names.recovery_trail_bucket):
        with pytest.raises(BadTarget):
            check_target(parse_target(f"s3://{bucket}/x", region="us-east-1"), names, tmp_path, None)


def test_the_key_of_an_approver_is_printed_and_made_once(nothing, capsys):
    assert run(["restore", "key"]) == 0
    first = capsys.readouterr().out
    assert run(["restore", "key"]) == 0
    assert capsys.readouterr().out == first
    assert len(first.strip()) == 64


def test_a_secret_comes_on_stdin_and_the_list_fits_its_schema(nothing, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("ghp_9fK2hunter2xyz\n"))
    assert run(["erasure", "add", "sandbox", "--secret", "--reason", "leaked"]) == 0
    capsys.readouterr()
    assert run(["erasure", "list", "sandbox", "--json"]) == 0
    document = fits(capsys.readouterr().out, "erasure-list")
    assert [each["kind"] for each in document["entries"]] == ["secret"]
    assert "ghp_" not in json.dumps(document)


@sandbox
def test_in_a_sandbox_where_everybody_is_root_people_are_made_up(emulator, tmp_path, monkeypatch, capsys):
    applied = Applied(make_environment(), emulator, tmp_path).apply()
    RestoreGround(applied)  # the restore role
    applied.push()
    name, declared = applied.environment.environment, tmp_path / "environments"
    declared.mkdir()
    (declared / f"{name}.yaml").write_text(json.dumps(applied.environment.document()))
    monkeypatch.setenv("HOLDFAST_ENVIRONMENTS", str(declared))
    monkeypatch.setenv("HOLDFAST_HOME", str(applied.home))
    monkeypatch.chdir(tmp_path)
    write_endpoints(applied.home, emulator)
    plan = ["restore", "plan", name, "--dataset", "project", "--to", "back"]
    for wrong in ("", "Ada", "../x", "a" * 40):
        assert run([*plan, "--as", wrong]) == 1
    assert run([*plan, "--as", "ada"]) == 0
    digest = capsys.readouterr().out.strip()
    approve = ["restore", "approve", name, "restore-plan.json", "--digest", digest]
    assert run([*approve, "--as", "ada"]) == 1
    assert "two persons are needed" in capsys.readouterr().err
    assert run([*approve, "--as", "grace"]) == 0
    do = ["restore", "run", name, "restore-plan.json", "--approval", "restore-approval.json"]
    assert run([*do, "--as", "grace", "--mfa-code", "123456"]) == 1
    assert "two persons are needed" in capsys.readouterr().err
    assert run(do) == 1
    assert "needs a second factor" in capsys.readouterr().err
    assert run(["sandbox", "mfa", name, "--as", "ada"]) == 0
    code = capsys.readouterr().out.strip()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert run([*do, "--as", "ada", "--mfa-code", wrong]) == 1
    assert "the second factor is refused" in capsys.readouterr().err
    assert run([*do, "--as", "ada", "--mfa-code", code]) == 0
    assert tree(Path("back")) == tree(applied.source)
    users = applied.sessions.client("iam", "us-east-1").list_access_keys(UserName="grace")["AccessKeyMetadata"]
    assert users == [], "nobody's key stays"


def test_nobody_is_made_up_in_an_environment_that_is_real(tmp_path):
    from holdfast.aws.endpoints import Endpoints
    from holdfast.aws.sessions import Sessions
    from holdfast.environments.loading import load_environment
    from holdfast.restore.made_up import OnlyInSandbox, made_up_person

    environment = load_environment("prod", ENVIRONMENTS).environment
    with pytest.raises(OnlyInSandbox):
        made_up_person(Sessions(environment, Endpoints()), "us-east-1", "ada")
