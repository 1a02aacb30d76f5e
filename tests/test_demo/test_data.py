"""What the demo pushes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from holdfast.cli.main import run
from holdfast.demo.data import DataNotStaged, NoDemoData, demo_data


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "docs").mkdir(parents=True)
    (folder / "docs" / "a b.md").write_text("text")
    (folder / ".venv").mkdir()
    (folder / ".venv" / "big").write_text("not this")
    return folder


def test_a_directory_of_the_users_own_is_pushed_as_it_is(project: Path, tmp_path: Path) -> None:
    assert demo_data(project, tmp_path, tmp_path / "staging") == project
    assert not (tmp_path / "staging").exists()


def test_by_default_the_tracked_files_are_staged(project: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    subprocess.run(["git", "add", "docs"], cwd=project, check=True)

    staged = demo_data(None, project, tmp_path / "staging")

    assert [str(each.relative_to(staged)) for each in staged.rglob("*") if each.is_file()] == ["docs/a b.md"]


def test_a_tracked_file_that_was_deleted_is_left_out(project: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    (project / "gone").write_text("")
    subprocess.run(["git", "add", "docs", "gone"], cwd=project, check=True)
    (project / "gone").unlink()

    assert not (demo_data(None, project, tmp_path / "staging") / "gone").exists()


def test_outside_a_checkout_hidden_files_stay_out(project: Path, tmp_path: Path) -> None:
    staged = demo_data(None, project, tmp_path / "staging")

    assert (staged / "docs" / "a b.md").read_text() == "text"
    assert not (staged / ".venv").exists()


def test_a_missing_directory_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(NoDemoData, match="no such directory"):
        demo_data(tmp_path / "nowhere", tmp_path, tmp_path / "staging")


def test_a_file_is_not_a_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")

    with pytest.raises(NoDemoData, match="not a directory"):
        demo_data(tmp_path / "file", tmp_path, tmp_path / "staging")


def test_a_directory_without_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty" / "deeper").mkdir(parents=True)

    with pytest.raises(NoDemoData, match="no files"):
        demo_data(tmp_path / "empty", tmp_path, tmp_path / "staging")


@pytest.mark.parametrize(("option", "said"), [("--data", "no such directory"), ("--dataset", "there is no dataset")])
def test_what_cannot_be_pushed_is_refused_before_anything_is_started(
    option: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))

    assert run(["demo", option, str(tmp_path / "nowhere")]) == 1

    assert said in capsys.readouterr().err
    assert [each.name for each in (tmp_path / "home").iterdir()] == ["audit"], "it was tried, and nothing was made"


def test_an_empty_project_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(NoDemoData, match="no files"):
        demo_data(None, tmp_path / "empty", tmp_path / "staging")


def test_a_staging_folder_that_cannot_be_written_is_one_clear_error(project: Path, tmp_path: Path) -> None:
    (tmp_path / "staging").write_text("a file is in the way")

    with pytest.raises(DataNotStaged):
        demo_data(None, project, tmp_path / "staging")
