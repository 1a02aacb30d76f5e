"""A capture holds how the environment is set up, and no secret; canaries are looked for in everything it leaves."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import jsonschema
import pytest
from applied_ground import PRIMARY, RECOVERY, make_environment
from kinds_ground import captured, declared_in, sources_of

from holdfast.aws.endpoints import write_endpoints
from holdfast.aws.sessions import Sessions
from holdfast.backupsets.catalog import catalog, reader_of
from holdfast.capture.collecting import capture
from holdfast.capture.errors import (
    NoConfigurationDataset,
    NotAConfigurationDataset,
    StateUnreadable,
    WhichConfigurationDataset,
)
from holdfast.capture.keeping import configuration_dataset
from holdfast.capture.questions import QUESTIONS
from holdfast.cli.main import run

pytestmark = pytest.mark.sandbox

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/capture.schema.json").read_text())
CANARIES = {
    "secret": "canary-secret-4f9aQ",
    "parameter": "canary-parameter-77bcZ",
    "plain-parameter": "canary-plain-parameter-0x1",
    "state": "canary-state-password-12",
    "tag": "AKIAIOSFODNN7CANARYX",
    "binary": "canary-binary-9911",
}


def plant_secrets(applied):
    """Secrets wherever a careless capture would take one along."""
    name = applied.environment.environment
    for region in (PRIMARY, RECOVERY):
        manager, ssm = (applied.sessions.client(service, region) for service in ("secretsmanager", "ssm"))
        manager.create_secret(
            Name=f"{name}-db", SecretString=CANARIES["secret"], Tags=[{"Key": "k", "Value": CANARIES["tag"]}]
        )
        manager.create_secret(Name=f"{name}-file", SecretBinary=CANARIES["binary"].encode())
        ssm.put_parameter(Name=f"/{name}/key", Value=CANARIES["parameter"], Type="SecureString")
        ssm.put_parameter(Name=f"/{name}/plain", Value=CANARIES["plain-parameter"], Type="String")
    states = applied.folder / "states"
    states.mkdir()
    resource = {
        "mode": "managed",
        "type": "random_password",
        "name": "db",
        "instances": [{"attributes": {"id": "none", "result": CANARIES["state"]}, "sensitive_attributes": []}],
    }
    content = {"version": 4, "serial": 1, "lineage": "x", "outputs": {}, "resources": [resource]}
    (states / f"{applied.names.stack('primary')}.tfstate").write_text(json.dumps(content))


def everything_stored(applied):
    """Every byte in both vault buckets."""
    for region in (PRIMARY, RECOVERY):
        for version in applied.versions(region=region):
            where = {"Bucket": applied.bucket(region), "Key": version["Key"], "VersionId": version["VersionId"]}
            yield applied.s3(region).get_object(**where)["Body"].read()


def everything_on_disk(folder, *apart):
    return (path.read_bytes() for path in folder.rglob("*") if path.is_file() and not set(apart) & set(path.parts))


def test_no_canary_is_in_any_set_output_log_or_file(applied, capsys, monkeypatch):
    plant_secrets(applied)
    monkeypatch.setenv("HOLDFAST_ENVIRONMENTS", str(declared_in(applied)))
    monkeypatch.setenv("HOLDFAST_HOME", str(applied.home))
    write_endpoints(applied.home, applied.endpoints)
    states = applied.home / "sandbox" / "runs" / applied.endpoints.run / "state"
    states.parent.mkdir(parents=True)
    (applied.folder / "states").rename(states)
    assert run(["capture", applied.environment.environment, "--json"]) == 0
    said = capsys.readouterr()
    document = json.loads(said.out)
    jsonschema.validate(document, SCHEMA)
    assert f"terraform-state/{applied.names.stack('primary')}.json" in document["files"]
    assert document["resources"][f"secrets/{PRIMARY}/secrets-manager.json"] >= 2
    left = b"".join(
        [*everything_stored(applied), *everything_on_disk(applied.home, "state"), said.out.encode(), said.err.encode()]
    )
    assert f"{applied.environment.environment}-db".encode() in left  # the secret is known to be there …
    assert [name for name, canary in CANARIES.items() if canary.encode() in left] == []  # … and no value of any


def test_the_secrets_would_have_been_found(applied):
    """The test above is able to fail: a set that holds a canary is caught by the same search."""
    applied.write("leak.txt", CANARIES["secret"].encode())
    applied.push()
    assert CANARIES["secret"].encode() in b"".join(everything_stored(applied))


def test_it_is_a_committed_set_of_few_objects_and_two_captures_hold_the_same_files(applied):
    first = captured(applied)
    second = captured(applied)
    views = catalog(applied.environment, applied.sessions, dataset="configuration")
    assert [view.committed for view in views] == [True, True]
    assert first.captured.files == second.captured.files
    for each in (first, second):
        assert sum(each.pushed.objects.values()) == 2 * 3  # a pack and the two lists, in two Regions
    assert not list((applied.home / applied.environment.environment).glob("capture-*")), (
        "nothing is left on this machine"
    )


def test_it_holds_every_part(applied, tmp_path):
    (tmp_path / "out").mkdir()
    found = capture(applied.sessions, sources_of(applied), tmp_path / "out")
    assert not found.partial
    for question in QUESTIONS:
        assert question.path(PRIMARY) in found.files
    keys = json.loads((tmp_path / "out" / f"keys/{RECOVERY}/customer-keys.json").read_text())["resources"]
    mine = [key for key in keys.values() if applied.names.key_alias in key["Aliases"]]
    assert mine[0]["Policy"]["Statement"]
    assert "KeyRotationEnabled" in mine[0]["Rotation"]
    identities = json.loads((tmp_path / "out" / "identity/account-authorization.json").read_text())["resources"]
    assert applied.names.role_arn("drill-runner") in identities


def test_the_bundle_brings_the_repository_back(applied, tmp_path):
    folder = declared_in(applied)
    git = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "declare"]):
        subprocess.run([*git, *arguments], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    (tmp_path / "out").mkdir()
    found = capture(applied.sessions, sources_of(applied), tmp_path / "out")
    assert "repository/repository.bundle" in found.files
    bundle = tmp_path / "out/repository/repository.bundle"
    subprocess.run(["git", "clone", "-q", str(bundle), str(tmp_path / "clone")], check=True)
    back = subprocess.run(
        ["git", "-C", str(tmp_path / "clone"), "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    )
    assert back.stdout.strip() == head


def test_what_cannot_be_asked_is_named_and_makes_it_partial(applied, tmp_path):
    applied.become_user()
    name = f"operator-{applied.environment.environment}"
    deny = {"Effect": "Deny", "Action": "secretsmanager:ListSecrets", "Resource": "*"}
    applied.root.sessions.client("iam", PRIMARY).put_user_policy(
        UserName=name, PolicyName="deny", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    )
    (tmp_path / "out").mkdir()
    found = capture(applied.sessions, sources_of(applied), tmp_path / "out")
    assert found.partial
    assert {each.path for each in found.missing} == {
        f"secrets/{region}/secrets-manager.json" for region in (PRIMARY, RECOVERY)
    }
    assert all("access denied" in each.because for each in found.missing)
    index = json.loads((tmp_path / "out/index.json").read_text())
    assert len(index["not_captured"]) == 2


def test_a_state_that_cannot_be_read_stops_the_capture_and_nothing_is_pushed(applied):
    (applied.folder / "states").mkdir()
    (applied.folder / "states" / f"{applied.names.stack('primary')}.tfstate").write_text("torn {")
    with pytest.raises(StateUnreadable):
        captured(applied)
    assert catalog(applied.environment, applied.sessions) == []


def test_no_question_reads_a_value():
    asked = {action for question in QUESTIONS for action in question.actions}
    reads = ("GetSecretValue", "GetParameter", "GetObject", "Decrypt", "GenerateDataKey", "ExportKey")
    assert not [action for action in asked if action.partition(":")[2].startswith(reads)]


@pytest.mark.parametrize(
    ("datasets", "name", "error"),
    [
        ([{"name": "project", "kind": "files", "tier": "demo"}], None, NoConfigurationDataset),
        (
            [{"name": each, "kind": "configuration", "tier": "demo"} for each in ("one", "two")],
            None,
            WhichConfigurationDataset,
        ),
        ([{"name": "one", "kind": "configuration", "tier": "demo"}], "other", NotAConfigurationDataset),
    ],
)
def test_where_it_goes_must_be_plain(datasets, name, error):
    with pytest.raises(error) as caught:
        configuration_dataset(make_environment(datasets=datasets), name)
    assert caught.value.hint


def test_a_wrong_dataset_is_refused_before_a_sandbox_is_looked_for(tmp_path, monkeypatch, capsys):
    environment = make_environment()
    (tmp_path / f"{environment.environment}.yaml").write_text(json.dumps(environment.document()))
    monkeypatch.setenv("HOLDFAST_ENVIRONMENTS", str(tmp_path))
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    assert run(["capture", environment.environment]) == 1
    assert "declares no dataset of kind configuration" in capsys.readouterr().err


def test_guarded_regions_are_not_asked_and_are_named(applied, tmp_path):
    (tmp_path / "out").mkdir()
    guarded = applied.sessions.guarded(regions=frozenset({PRIMARY}), buckets=frozenset({applied.bucket()}))
    found = capture(guarded, sources_of(applied), tmp_path / "out")
    assert found.partial
    assert all("taken for lost" in each.because for each in found.missing)
    assert guarded.guard.refused == ()
    assert isinstance(guarded, Sessions)
    assert reader_of(applied.sessions, RECOVERY)
