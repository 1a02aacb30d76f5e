"""Verified by somebody who has the files and a public key, and neither a network nor trust in Holdfast."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from evidence_ground import Ground, MemoryKms

from holdfast.evidence.kms_signer import KmsSigner

PAGE = Path(__file__).parents[2] / "docs" / "evidence.md"
NO_NETWORK = ["unshare", "--net", "--map-root-user"]


def can_unshare() -> bool:
    try:
        return subprocess.run([*NO_NETWORK, "true"], capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def written(ground, tmp_path) -> tuple[Path, Path]:
    path = ground.write().path
    key = tmp_path / "key.pem"
    key.write_bytes(ground.signer.public_key.pem)
    return path, key


def arguments(path: Path, key: Path) -> list[str]:
    return ["evidence", "verify", str(path), "--key", str(key)]


BLOCKED = """
import socket, sys
def refuse(*args, **kwargs):
    raise AssertionError("the network was used")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from holdfast.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize("how", ["no network namespace", "sockets that refuse"])
def test_a_folder_verifies_without_a_network(ground, tmp_path, how: str) -> None:
    path, key = written(ground, tmp_path)
    command = [sys.executable, "-c", BLOCKED, *arguments(path.parent.parent, key)]
    if how == "no network namespace":
        if not can_unshare():
            pytest.skip("this system gives no network namespaces to its users; the other case is run")
        command = [*NO_NETWORK, *command]

    ran = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)

    assert ran.returncode == 0, ran.stderr
    assert "1 record of sandbox verified, by the keys that were passed" in ran.stderr


def recipe(kind: str) -> str:
    """The commands under a heading of the page that verify a record with openssl, jq and coreutils."""
    page = PAGE.read_text(encoding="utf-8")
    return re.search(rf"<!-- recipe: {kind} -->\n```sh\n(.*?)```", page, re.DOTALL)[1]


@pytest.mark.parametrize("kind", ["Ed25519", "ECDSA"])
@pytest.mark.parametrize("changed", [False, True])
def test_the_page_s_recipe_verifies_a_record_without_holdfast(tmp_path, kind: str, changed: bool) -> None:
    if not (shutil.which("openssl") and shutil.which("jq")):
        pytest.skip("openssl or jq is not installed here")
    signer = None if kind == "Ed25519" else KmsSigner(MemoryKms(), "alias/evidence")
    ground = Ground(tmp_path / "home", signer=signer)
    path, key = written(ground, tmp_path)
    work = tmp_path / "work"
    work.mkdir()
    shutil.copy(path, work / "00000001.json")
    shutil.copy(key, work / "key.pem")
    if changed:
        text = (work / "00000001.json").read_text()
        (work / "00000001.json").write_text(text.replace('"payload":"eyJ', '"payload":"eyI', 1))

    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", recipe(kind)],
        cwd=work,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert (ran.returncode == 0) is not changed, ran.stdout + ran.stderr


def test_what_is_verified_needs_no_import_of_the_bucket(tmp_path) -> None:
    code = "import sys, holdfast.evidence.verification; print([m for m in sys.modules if m.startswith('holdfast.')])"

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=240)

    assert "locked_store" not in ran.stdout
    assert "holdfast.aws" not in ran.stdout
