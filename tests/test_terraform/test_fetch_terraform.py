"""Fetching Terraform from a file server on loopback: what is pinned is installed, and nothing else ever."""

from __future__ import annotations

import hashlib
import http.server
import io
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

SCRIPT = Path("scripts/fetch-terraform")
WORKING = b"#!/bin/sh\nprintf 'Terraform v1.11.4\\non linux_amd64\\n'\n"


@pytest.fixture(scope="module")
def script():
    """The script as a module, for what can only be tested with another digest than the pinned ones."""
    loader = SourceFileLoader("fetch_terraform", str(SCRIPT.absolute()))
    spec = spec_from_loader("fetch_terraform", loader)
    assert spec is not None
    module = module_from_spec(spec)
    bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    loader.exec_module(module)
    sys.dont_write_bytecode = bytecode
    return module


def archive(program: bytes = WORKING) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as release:
        release.writestr("LICENSE.txt", "BUSL")
        release.writestr("terraform", program)
    return buffer.getvalue()


@pytest.fixture
def server(tmp_path: Path):
    """Serves one archive; `behave` changes how."""

    class Handler(http.server.BaseHTTPRequestHandler):
        body, status, announced, stall = archive(), 200, None, None
        asked: list[str] = []  # noqa: RUF012  # one for the server of this test

        def do_GET(self) -> None:  # the name http.server calls
            self.asked.append(self.path)
            self.send_response(self.status)
            self.send_header("Content-Length", str(self.announced or len(self.body)))
            self.end_headers()
            self.wfile.write(self.body)
            if self.stall is not None:
                self.stall.wait(240)

        def log_message(self, *_arguments: object) -> None:
            pass

    Handler.asked = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        Handler.url = f"http://127.0.0.1:{running.server_address[1]}/mirror"
        yield Handler
        running.shutdown()
        thread.join()


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


def run(folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOLDFAST_TERRAFORM_URL": url, "no_proxy": "*"}
    return subprocess.run(
        [sys.executable, SCRIPT, folder], env=environment, capture_output=True, text=True, timeout=240, check=False
    )


def test_what_is_pinned_is_installed_and_runs(script, server, tmp_path: Path, capsys) -> None:
    pinned = {"linux_amd64": hashlib.sha256(server.body).hexdigest()}

    program = script.fetch(tmp_path / "bin", server.url, "linux_amd64", pinned)

    assert subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout.startswith(
        "Terraform"
    )
    assert server.asked == ["/mirror/1.11.4/terraform_1.11.4_linux_amd64.zip"]
    assert left(tmp_path / "bin") == ["terraform"]
    assert "checksum verified" in capsys.readouterr().err


def test_what_is_there_is_not_fetched_again(script, server, tmp_path: Path, capsys) -> None:
    pinned = {"linux_amd64": hashlib.sha256(server.body).hexdigest()}
    script.fetch(tmp_path, server.url, "linux_amd64", pinned)
    script.fetch(tmp_path, "http://127.0.0.1:9", "linux_amd64", {})

    assert len(server.asked) == 1
    assert "already" in capsys.readouterr().err


@pytest.mark.parametrize("there", [b"", b"broken", b"#!/bin/sh\necho 'Terraform v1.5.7'\n", b"#!/bin/sh\nexit 1\n"])
def test_another_version_or_a_broken_one_is_replaced(script, server, tmp_path: Path, there: bytes) -> None:
    (tmp_path / "terraform").write_bytes(there)
    (tmp_path / "terraform").chmod(0o755)

    script.fetch(tmp_path, server.url, "linux_amd64", {"linux_amd64": hashlib.sha256(server.body).hexdigest()})

    assert (tmp_path / "terraform").read_bytes() == WORKING


def test_an_archive_that_is_not_the_pinned_one_is_refused(server, tmp_path: Path) -> None:
    ended = run(tmp_path / "bin", server.url)

    assert ended.returncode == 1
    assert "pinned is" in ended.stderr
    assert hashlib.sha256(server.body).hexdigest() in ended.stderr
    assert left(tmp_path / "bin") == []


def test_a_download_that_breaks_off_is_said_and_leaves_nothing(server, tmp_path: Path) -> None:
    server.announced = len(server.body) + 1000

    ended = run(tmp_path / "bin", server.url)

    assert ended.returncode == 1
    assert f"broke off after {len(server.body)} of {len(server.body) + 1000} bytes" in ended.stderr
    assert left(tmp_path / "bin") == []


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_a_server_that_refuses_is_said(server, tmp_path: Path, status: int) -> None:
    server.status = status

    ended = run(tmp_path / "bin", server.url)

    assert ended.returncode == 1
    assert f"answers {status}" in ended.stderr
    assert "hint:" in ended.stderr
    assert left(tmp_path / "bin") == []


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:  # bound, so that nobody else is there, and not listening
        taken.bind(("127.0.0.1", 0))
        ended = run(tmp_path / "bin", f"http://127.0.0.1:{taken.getsockname()[1]}")

    assert ended.returncode == 1
    assert "cannot be reached" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_one_installed_before_survives_a_failed_fetch(server, tmp_path: Path) -> None:
    (tmp_path / "terraform").write_bytes(b"#!/bin/sh\necho 'Terraform v1.12.0'\n")
    before = (tmp_path / "terraform").read_bytes()

    assert run(tmp_path, server.url).returncode == 1
    assert (tmp_path / "terraform").read_bytes() == before


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/terraform", "releases.example", ""])
def test_only_http_is_fetched(tmp_path: Path, url: str) -> None:
    ended = run(tmp_path / "bin", url)

    assert ended.returncode == 1
    assert "not an http or https URL" in ended.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_fetch_leaves_nothing(server, tmp_path: Path, number: signal.Signals, code: int) -> None:
    server.announced, server.stall = len(server.body) + 1000, threading.Event()
    environment = {**os.environ, "HOLDFAST_TERRAFORM_URL": server.url, "no_proxy": "*"}
    child = subprocess.Popen(
        [sys.executable, SCRIPT, tmp_path / "bin"], env=environment, stderr=subprocess.PIPE, text=True
    )
    assert child.stderr is not None
    child.stderr.readline()  # it says what it fetches, then does
    while not server.asked and child.poll() is None:
        time.sleep(0.01)
    child.send_signal(number)
    said = child.communicate(timeout=240)[1]
    server.stall.set()

    assert child.returncode == code
    assert "Traceback" not in said
    assert left(tmp_path / "bin") == []


def test_a_folder_that_cannot_be_written_is_said(server, tmp_path: Path) -> None:
    (tmp_path / "bin").write_text("in the way")

    ended = run(tmp_path / "bin", server.url)

    assert ended.returncode == 1
    assert "cannot write" in ended.stderr


@pytest.mark.parametrize(
    ("system", "machine", "name"),
    [
        ("Linux", "x86_64", "linux_amd64"),
        ("Linux", "aarch64", "linux_arm64"),
        ("Darwin", "arm64", "darwin_arm64"),
        ("Darwin", "x86_64", "darwin_amd64"),
    ],
)
def test_these_machines_have_a_pinned_archive(script, system: str, machine: str, name: str) -> None:
    assert script.this_platform(system, machine) == name
    assert re.fullmatch("[0-9a-f]{64}", script.DIGESTS[name])


@pytest.mark.parametrize(("system", "machine"), [("Windows", "AMD64"), ("Linux", "riscv64"), ("FreeBSD", "amd64")])
def test_other_machines_are_told_which_there_are(script, system: str, machine: str) -> None:
    with pytest.raises(script.Failed, match="linux_arm64"):
        script.this_platform(system, machine)


def test_it_needs_nothing_installed() -> None:
    """It runs before the virtual environment exists: with the standard library alone, isolated."""
    ended = subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT, "/dev/null/x"], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 1
    assert "cannot write /dev/null/x" in ended.stderr
