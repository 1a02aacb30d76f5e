"""The four source roots make one namespace and shadow nothing (docs/adr/0001)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOTS = ("environments", "constructs", "stacks", "scripts")


@pytest.mark.parametrize("root", ROOTS)
def test_no_init_file_closes_the_namespace(root: str) -> None:
    assert not (ROOT / root / "__init__.py").exists()
    assert not (ROOT / root / "holdfast" / "__init__.py").exists()


def test_tests_do_not_shadow_the_constructs_library() -> None:
    assert not list((ROOT / "tests").glob("**/constructs/__init__.py"))


LOCATE = "import importlib.util; print(importlib.util.find_spec('constructs').origin)"


def test_constructs_is_the_library_from_the_project_folder() -> None:
    found = subprocess.run([sys.executable, "-c", LOCATE], cwd=ROOT, capture_output=True, text=True, check=True)

    assert "site-packages" in found.stdout


def test_constructs_is_the_library_under_pytest() -> None:
    import importlib.util

    spec = importlib.util.find_spec("constructs")

    assert spec is not None
    assert "site-packages" in str(spec.origin)


@pytest.mark.parametrize("how", [["-m", "pytest"], ["-c", "import sys, pytest; sys.exit(pytest.main())"]])
def test_constructs_is_the_library_however_pytest_starts(how: list[str], tmp_path: Path) -> None:
    (tmp_path / "test_where.py").write_text(
        "def test_where():\n    import importlib.util\n"
        "    assert 'site-packages' in importlib.util.find_spec('constructs').origin\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\n")

    ran = subprocess.run(
        [sys.executable, *how, *([str(tmp_path)] if "-m" in how else [])],
        cwd=ROOT if "-m" in how else tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_errors_and_clock_import_nothing_of_ours() -> None:
    for module in ("errors", "clock"):
        text = (ROOT / "environments" / "holdfast" / f"{module}.py").read_text()
        assert "import holdfast" not in text
        assert "from holdfast" not in text
