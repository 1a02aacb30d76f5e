"""What tests of the commands stand on: a home that records a running local AWS, an environment file, and the roles."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from local_aws import PRIMARY, LocalAws, make_buckets, make_environment

from holdfast.aws.endpoints import Endpoints, write_endpoints
from holdfast.aws.sessions import Sessions

ANYBODY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}


@dataclass
class CliGround:
    """Files below `folder`; the environment is called sandbox."""

    folder: Path
    sessions: Sessions
    variables: dict[str, str]

    @property
    def source(self) -> Path:
        return self.folder / "source"


def make_cli_ground(local_aws: LocalAws, folder: Path) -> CliGround:
    environment = make_environment(
        lock={"minimum": "1d", "maximum": "30d", "acknowledge": "nobody can delete before expiry"},
        evidence={"retention": "1d"},
    )
    sessions = local_aws.sessions(environment)
    make_buckets(sessions)
    iam = sessions.client("iam", PRIMARY)
    known = {role["RoleName"] for role in iam.list_roles()["Roles"]}
    for purpose in ("backup-writer", "drill-runner"):
        if sessions.names.role(purpose) not in known:
            iam.create_role(RoleName=sessions.names.role(purpose), AssumeRolePolicyDocument=json.dumps(ANYBODY))
    (folder / "environments").mkdir()
    (folder / "environments" / "sandbox.yaml").write_text(json.dumps(environment.document(), default=str))
    here = Endpoints(local_aws.url, {}, "000000000000", "test", ca_bundle=str(folder / "unused.pem"), run="test")
    write_endpoints(folder / "home", here)
    (folder / "source").mkdir()
    (folder / "source" / "notes.txt").write_bytes(b"one file")
    (folder / "tmp").mkdir()
    return CliGround(
        folder,
        sessions,
        {
            "HOLDFAST_HOME": str(folder / "home"),
            "HOLDFAST_ENVIRONMENTS": str(folder / "environments"),
            "TMPDIR": str(folder / "tmp"),
            "PATH": "/usr/bin:/bin",
        },
    )
