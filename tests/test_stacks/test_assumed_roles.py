"""The real provider takes on the deployer's role in its own account, and refuses to work in any other."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from stack_ground import load

from holdfast.stacks.app import synthesize
from holdfast.terraform.binary import find_binary
from holdfast.terraform.configuration import with_local_state
from holdfast.terraform.providers import cli_configuration, find_provider

pytestmark = pytest.mark.terraform

TOOLS = "999999999999"
"""The account whose credentials Terraform is given."""


class _Tokens(BaseHTTPRequestHandler):
    """STS as the provider asks it: a session's access key is the account of its role."""

    def do_POST(self):
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        (action,) = asked["Action"]
        if action == "AssumeRole":
            self.server.taken_on += asked["RoleArn"]
            account = asked["RoleArn"][0].split(":")[4]
            later = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
            said = (
                f"<Credentials><AccessKeyId>{account}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>"
                f"<SessionToken>token</SessionToken><Expiration>{later}</Expiration></Credentials>"
            )
        else:
            key = re.search(r"Credential=([^/]+)/", self.headers["Authorization"]).group(1)
            account = key if key.isdigit() else TOOLS
            said = f"<Arn>arn:aws:iam::{account}:role/r</Arn><UserId>AROA</UserId><Account>{account}</Account>"
        name = "https://sts.amazonaws.com/doc/2011-06-15/"
        body = f'<{action}Response xmlns="{name}"><{action}Result>{said}</{action}Result></{action}Response>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def aws():
    """An AWS on loopback that has nothing but STS, which is all that a plan of something new asks."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Tokens)
    server.taken_on = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)


@pytest.fixture
def planned(aws, tmp_path):
    """Plans one stack of production with changes to its accounts, against that AWS: what Terraform did."""
    home = tmp_path / "home"
    home.mkdir()
    binary = find_binary(home)
    source = find_provider(binary)
    settings = source.settings or home / "terraform.rc"
    if source.settings is None:
        settings.write_text(cli_configuration(source, binary))
    variables = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{aws.server_address[1]}",
        "AWS_ACCESS_KEY_ID": "tools",
        "AWS_SECRET_ACCESS_KEY": "tools",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "TF_CLI_CONFIG_FILE": str(settings),
        "CHECKPOINT_DISABLE": "1",
    }

    def run(part, **accounts):
        prod = load("prod")
        asked = prod.model_copy(update={"accounts": prod.accounts.model_copy(update=accounts)})
        synthesize(asked, tmp_path / "out")
        document = json.loads((tmp_path / "out" / "stacks" / f"prod-{part}" / "cdk.tf.json").read_text())
        folder = tmp_path / part
        folder.mkdir()
        (folder / "cdk.tf.json").write_text(json.dumps(with_local_state(document, tmp_path / "state")))
        for command in (("init",), ("plan",)):
            ran = subprocess.run(
                [str(binary.path), f"-chdir={folder}", *command, "-no-color", "-input=false"],
                capture_output=True,
                text=True,
                env=variables,
                timeout=300,
                check=False,
            )
            if command == ("init",):
                assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran

    return run


def test_a_stack_of_two_providers_is_planned_by_the_role_of_its_account(planned, aws):
    # the primary stack speaks to two Regions of the workload account, and credentials are those of a third account
    ran = planned("primary", deployer_role="holdfast-prod-deployer")

    assert ran.returncode == 0, ran.stderr
    assert "0 to destroy" in ran.stdout
    assert set(aws.taken_on) == {"arn:aws:iam::333333333331:role/holdfast-prod-deployer"}


def test_without_the_role_the_account_is_another_and_refused(planned, aws):
    ran = planned("recovery")

    assert ran.returncode != 0
    assert f"AWS account ID not allowed: {TOOLS}" in ran.stderr
    assert aws.taken_on == []
