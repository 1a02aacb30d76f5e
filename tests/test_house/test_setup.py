"""`scripts/setup` takes a Python that will do, keeps the environment it made, and says what it needs in one line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRIED = ("3.11", "3.12", "3.13")

# This very Python, which says that it is another one.
PRETENDING = """#!/bin/sh
exec {python} -c '
import sys
sys.version_info = ({version}, 0)
arguments = sys.argv[1:]
if arguments[:1] != ["-c"]:
    print("asked for", *arguments)
    sys.exit(41)
code, sys.argv[:] = arguments[1], ["-c", *arguments[2:]]
exec(code)
' "$@"
"""


@pytest.fixture
def checkout(tmp_path):
    """What setup reads of a checkout, and the commands it may use: no Python among them but those put there."""
    folder = tmp_path / "checkout"
    (folder / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/setup", folder / "scripts/setup")
    shutil.copy(ROOT / "pyproject.toml", folder / "pyproject.toml")
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    (tmp_path / "bin").mkdir()
    for name in ("bash", "cat", "dirname", "env", "rm"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    return folder


def put_python(checkout: Path, name: str, version: str) -> Path:
    program = checkout.parent / "bin" / name
    program.write_text(PRETENDING.format(python=sys.executable, version=version.replace(".", ", ")))
    program.chmod(0o755)
    return program


def set_up(checkout: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "scripts/setup", "--no-terraform"],
        env={"PATH": str(checkout.parent / "bin"), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("version", ["2.7", "3.9", "3.10"])
def test_without_a_python_that_will_do_one_error_says_what_is_needed(checkout, version):
    put_python(checkout, "python3", version)
    done = set_up(checkout)
    assert (done.returncode, done.stdout) == (1, "")
    error, hint = done.stderr.splitlines()
    assert error == "error: Python 3.11 or newer is needed and none was found on PATH"
    assert hint.startswith("hint:  install one, or name it: PYTHON=")
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("version", ["3.10", None])
def test_a_named_python_that_is_too_old_or_does_not_start_is_refused_before_anything_is_made(checkout, version):
    put_python(checkout, "python3", "3.13")
    named = checkout.parent / "bin/named" if version is None else put_python(checkout, "named", version)
    done = set_up(checkout, PYTHON=str(named))
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == f"error: Python 3.11 or newer is needed and PYTHON={named} is no such one"
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("version", TRIED)
def test_python3_is_taken_when_the_tests_were_run_on_it(checkout, version):
    put_python(checkout, "python3", version)
    done = set_up(checkout)
    assert done.returncode == 41
    assert done.stdout == "asked for -m venv --clear .venv\n"
    assert done.stderr == "setting up .venv (pinned packages, hashes checked)\n"


@pytest.mark.parametrize("python3", ["3.9", "3.14"])
def test_beside_a_python3_that_is_older_or_newer_one_the_tests_were_run_on_is_taken(checkout, python3):
    put_python(checkout, "python3", python3)
    put_python(checkout, "python3.12", "3.12")
    done = set_up(checkout)
    assert (done.returncode, "note:" in done.stderr) == (41, False)


@pytest.mark.parametrize("version", ["3.14", "3.20"])
def test_a_newer_one_is_taken_when_it_is_all_there_is_and_said_to_be_untested(checkout, version):
    put_python(checkout, "python3", version)
    done = set_up(checkout)
    assert done.returncode == 41
    note = f"note: Holdfast was tested on Python 3.11, 3.12 and 3.13, and not on {version}"
    assert note in done.stderr.splitlines()


@pytest.fixture
def ready(checkout):
    """An environment of this Python that setup made earlier."""
    venv.create(checkout / ".venv", with_pip=False, symlinks=True)
    (packages,) = (checkout / ".venv/lib").glob("python*/site-packages")
    (packages / "pip.py").touch()
    (checkout.parent / "bin/python3").symlink_to(sys.executable)
    stamp = re.search(r"^wanted=\$\((.*)\)$", (ROOT / "scripts/setup").read_text(), re.MULTILINE)[1]
    digest = subprocess.run(
        ["bash", "-c", stamp],
        cwd=checkout,
        env=os.environ | {"python": sys.executable},
        capture_output=True,
        check=True,
    )
    (checkout / ".venv/.ready").write_text(f"{digest.stdout.decode().strip()} {checkout}\n")
    return checkout


def test_what_is_ready_is_kept(ready):
    done = set_up(ready)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_is_ready_is_made_anew_for_another_python_by_name(ready):
    other = "3.12" if sys.version_info[:2] != (3, 12) else "3.13"
    done = set_up(ready, PYTHON=str(put_python(ready, "other", other)))
    assert (done.returncode, done.stdout) == (41, "asked for -m venv --clear .venv\n")


def test_what_is_ready_is_made_anew_when_its_python_is_gone(ready):
    (ready / ".venv/bin/python").unlink()
    (ready / ".venv/bin/python").symlink_to("/nowhere/python3")
    (ready.parent / "bin/python3").unlink()
    put_python(ready, "python3", "{}.{}".format(*sys.version_info))
    done = set_up(ready)
    assert (done.returncode, done.stdout) == (41, "asked for -m venv --clear .venv\n")


def test_the_classifiers_name_the_pythons_that_setup_takes_for_tested():
    named = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text())
    taken = re.search(r"^ *([\d. |]+)\) python=", (ROOT / "scripts/setup").read_text(), re.MULTILINE)[1]
    assert tuple(named) == tuple(taken.split(" | ")) == TRIED
