"""The wheel with what the base install brings, and without boto3 and all extras: plans can be reviewed with it.

Nothing is downloaded: the packages are those of this environment, linked one by one into a new one.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFT_OUT = {"boto3"}
NEVER = ("boto3", "botocore", "cdktn", "cdktn_provider_aws", "jsii", "moto", "ministack", "pytest")


def closure(name: str, seen: set[str]) -> set[str]:
    """What a distribution needs without extras, itself included, but for what is left out and only that needs."""
    found = re.sub(r"[-_.]+", "-", name).lower()
    if found in seen or found in LEFT_OUT:
        return seen
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:  # for another Python or system
        return seen
    seen.add(found)
    for requirement in distribution.requires or ():
        needed, _, condition = requirement.partition(";")
        if "extra ==" not in condition:
            closure(re.split(r"[\s<>=!~\[(]", needed.strip())[0], seen)
            for extra in re.findall(r"\[(.*?)\]", needed):
                _extras(needed, extra, seen)
    return seen


def _extras(needed: str, extra: str, seen: set[str]) -> None:
    name = re.split(r"[\s<>=!~\[(]", needed.strip())[0]
    for requirement in importlib.metadata.distribution(name).requires or ():
        if re.search(rf"extra == ['\"]{extra}['\"]", requirement):
            closure(re.split(r"[\s<>=!~\[(;]", requirement.strip())[0], seen)


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The Python of an environment that has the wheel and its base dependencies."""
    folder = tmp_path_factory.mktemp("install")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    venv.create(folder / "venv", with_pip=False)
    (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    for name in closure("holdfast", set()) - {"holdfast"}:
        for file in importlib.metadata.distribution(name).files or ():
            top = Path(file.parts[0])
            there = Path(str(importlib.metadata.distribution(name).locate_file(top)))
            if top.parts[0] != ".." and there.exists() and not (packages / top).exists():
                (packages / top).symlink_to(there)
    return folder / "venv" / "bin" / "python"


def call(python: Path, *arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
    program = code or "import sys; from holdfast.cli.start import main; sys.exit(main())"
    return subprocess.run([str(python), "-I", "-c", program, *arguments], capture_output=True, text=True, check=False)


def test_what_is_left_out_is_not_there(installed):
    code = f"import importlib.util as u; print([n for n in {NEVER!r} if u.find_spec(n)])"

    assert call(installed, code=code).stdout == "[]\n"


def test_a_plan_is_reviewed(installed, tmp_path):
    corpus = json.loads((ROOT / "tests" / "test_review" / "corpus" / "s3.json").read_text())
    change = corpus["s3-versioning-suspended__flagged"]["change"]
    plan = tmp_path / "primary.json"
    plan.write_text(json.dumps({"format_version": "1.2", "planned_values": {}, "resource_changes": [change]}))

    ran = call(installed, "review", str(plan), "--every-format", str(tmp_path / "out"))

    assert (ran.returncode, ran.stderr) == (2, "")
    assert (
        json.loads((tmp_path / "out" / "review.json").read_text())["findings"][0]["rule"] == "s3-versioning-suspended"
    )
    assert len(list((tmp_path / "out").iterdir())) == 6
