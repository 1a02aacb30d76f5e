"""Where calls go: the sandbox on loopback or AWS, and never AWS for an environment that says sandbox."""

from __future__ import annotations

import json
import os
import socket
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from holdfast.aws.endpoints import (
    AWS,
    Endpoints,
    EndpointsNotWritten,
    InvalidEndpoints,
    SandboxNotRunning,
    endpoints_for,
    read_endpoints,
    sandbox_file,
    write_endpoints,
)

SANDBOX = SimpleNamespace(environment="sandbox", sandbox=True)
PROD = SimpleNamespace(environment="prod", sandbox=False)


def endpoints(port: int = 4566, **changed: object) -> Endpoints:
    values = {
        "default": f"https://127.0.0.1:{port}",
        "services": {"backup": f"http://127.0.0.1:{port}"},
        "access_key": "000000000000",
        "secret_key": "very secret",
        "ca_bundle": "/somewhere/certificate.pem",
        "run": "20261122T000000Z-abcdef",
    }
    return Endpoints(**{**values, **changed})


@pytest.fixture
def listening():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_what_is_written_is_read_back_and_is_for_its_owner_only(tmp_path: Path) -> None:
    path = write_endpoints(tmp_path, endpoints())

    assert read_endpoints(tmp_path) == endpoints()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_no_record_is_none(tmp_path: Path) -> None:
    assert read_endpoints(tmp_path) is None


def test_the_secret_is_in_no_repr() -> None:
    assert "very secret" not in repr(endpoints())


def test_an_environment_that_is_no_sandbox_goes_to_aws_even_beside_one(tmp_path: Path) -> None:
    write_endpoints(tmp_path, endpoints())

    assert endpoints_for(PROD, tmp_path) is AWS
    assert AWS.variables() == {}


def test_a_sandbox_environment_goes_to_the_running_sandbox(tmp_path: Path, listening: int) -> None:
    write_endpoints(tmp_path, endpoints(listening))

    assert endpoints_for(SANDBOX, tmp_path) == endpoints(listening)


def test_a_sandbox_environment_without_a_sandbox_goes_nowhere(tmp_path: Path) -> None:
    with pytest.raises(SandboxNotRunning, match="none is recorded"):
        endpoints_for(SANDBOX, tmp_path)


def test_a_sandbox_that_does_not_answer_is_not_running(tmp_path: Path, listening: int) -> None:
    with socket.socket() as taken:  # bound, so that nobody else is there, and not listening
        taken.bind(("127.0.0.1", 0))
        dead = taken.getsockname()[1]
        write_endpoints(tmp_path, endpoints(listening, services={"backup": f"http://127.0.0.1:{dead}"}))

        with pytest.raises(SandboxNotRunning, match=str(dead)):
            endpoints_for(SANDBOX, tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.amazonaws.com:443",
        "https://10.0.0.1:4566",
        "https://0.0.0.0:4566",
        "https://localhost.evil.example:4566",
        "http://127.0.0.1",
        "ftp://127.0.0.1:21",
        "https://127.0.0.1:notaport",
        "https://127.0.0.1:4566@evil.example:443",
        None,
        7,
    ],
)
def test_a_record_that_leads_off_this_machine_is_refused(tmp_path: Path, url: object) -> None:
    write_endpoints(tmp_path, endpoints())
    path = sandbox_file(tmp_path)
    for place in ("default", "services"):
        document = endpoints().document()
        document[place] = url if place == "default" else {"backup": url}
        path.write_text(json.dumps(document))
        with pytest.raises(InvalidEndpoints, match=str(path)):
            read_endpoints(tmp_path)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", "{}", json.dumps({**endpoints().document(), "schema": "holdfast.endpoints/9"})]
    + [json.dumps({**endpoints().document(), name: None}) for name in ("services", "access_key", "secret_key", "run")],
)
def test_a_damaged_record_is_one_error(tmp_path: Path, content: str) -> None:
    path = sandbox_file(tmp_path)
    path.parent.mkdir()
    path.write_text(content)

    with pytest.raises(InvalidEndpoints):
        read_endpoints(tmp_path)


def test_bytes_that_are_no_text_are_one_error(tmp_path: Path) -> None:
    sandbox_file(tmp_path).parent.mkdir()
    sandbox_file(tmp_path).write_bytes(b"\xff\xfe\x00")

    with pytest.raises(InvalidEndpoints):
        read_endpoints(tmp_path)


def test_a_folder_that_cannot_be_written_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "sandbox").write_text("in the way")

    with pytest.raises(EndpointsNotWritten):
        write_endpoints(tmp_path, endpoints())


def test_a_subprocess_inherits_no_way_out_of_the_sandbox() -> None:
    base = {
        "PATH": "/bin",
        "AWS_PROFILE": "prod",
        "AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com",
        "AWS_SESSION_TOKEN": "t",
    }

    inside = endpoints().subprocess_environment(base)

    assert inside["PATH"] == "/bin"
    assert inside["AWS_ENDPOINT_URL"] == "https://127.0.0.1:4566"
    assert inside["AWS_ENDPOINT_URL_BACKUP"] == "http://127.0.0.1:4566"
    assert inside["AWS_CA_BUNDLE"] == "/somewhere/certificate.pem"
    assert inside["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL_S3", "AWS_SESSION_TOKEN"} & set(inside)
    assert AWS.subprocess_environment(base) == base


def test_a_service_with_a_url_of_its_own_uses_it() -> None:
    assert endpoints().url("backup") == "http://127.0.0.1:4566"
    assert endpoints().url("s3") == "https://127.0.0.1:4566"
    assert AWS.url("s3") is None
