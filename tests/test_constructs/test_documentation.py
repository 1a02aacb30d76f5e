"""What the documentation says of the constructs is so."""

from __future__ import annotations

import ast
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import holdfast.constructs
import holdfast.constructs.policies
from holdfast.constructs.managed_key import KeyCare, ManagedKey

PAGE = (Path(__file__).parents[2] / "docs" / "constructs.md").read_text()
POLICIES = Path(holdfast.constructs.policies.__file__).parent


def statements():
    """Every public function that makes policy statements."""
    functions = [
        (path.stem, node)
        for path in sorted(POLICIES.glob("*.py"))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and path.stem != "document"
    ]
    return [
        pytest.param(node, id=f"{module}.{node.name}")
        for module, node in functions
        if node.returns is not None and "Statement" in ast.unparse(node.returns)
    ]


def test_the_page_s_program_runs_as_it_stands(tmp_path):
    program = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL).group(1)
    variables = {key: value for key, value in os.environ.items() if not key.startswith(("JSII_", "CDKTF_"))}

    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    assert (tmp_path / "cdktf.out" / "stacks" / "backups" / "cdk.tf.json").is_file()


@pytest.mark.parametrize("name", holdfast.constructs.__all__)
def test_the_page_names_everything_there_is(name):
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("statement", statements())
def test_every_statement_names_the_threat_it_answers(statement):
    assert (ast.get_docstring(statement) or "").startswith("Threat: ")


def test_there_are_statements_to_check():
    assert len(statements()) > 25


@pytest.mark.parametrize("name", [n for n in holdfast.constructs.__all__ if n not in ("EVERYWHERE", "NOBODY")])
def test_every_argument_is_documented(name):
    each = getattr(holdfast.constructs, name)
    document = inspect.getdoc(each) or ""
    passed_on = KeyCare.__annotations__ if issubclass(each, ManagedKey) else {}
    missing = [
        argument
        for argument in [*inspect.signature(each.__init__).parameters, *passed_on]
        if argument not in ("self", "scope", "id", "args", "kwds", "kwargs", "care") and f"{argument}:" not in document
    ]

    assert document
    assert issubclass(each, str) or name in ("Principals", "Transition") or not missing
