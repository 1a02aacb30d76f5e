"""A server's folder is removed while a thread of an interrupted restore still works in it, or that is an error."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from holdfast.postgres.errors import FolderNotUsable
from holdfast.postgres.private_folder import belongs_to, make_folder, remove_folder
from holdfast.postgres.server_user import server_user


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "server"
    make_folder(made, "drill", server_user())
    for name in ("data", "log"):
        (made / name).mkdir()
        (made / name / "segment.part").write_bytes(b"fetched")
    return made


def before_each(monkeypatch, call, act):
    """Have a thread act just before each such call of the system that a removal makes."""
    real = getattr(os, call)

    def acted(path, *arguments, **options):
        act(Path(path).name)
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, call, acted)


def test_a_file_that_is_renamed_meanwhile_does_not_end_the_removal(folder, monkeypatch):
    def rename(name):
        partial = folder / "log" / "segment.part"
        if name == "segment.part" and partial.exists():
            partial.rename(partial.with_suffix(""))

    before_each(monkeypatch, "unlink", rename)

    remove_folder(folder)

    assert not folder.exists()


def test_a_file_that_is_added_meanwhile_is_removed_as_well(folder, monkeypatch):
    late = iter(["one", "two"])

    def add(name):
        if name == "log" and (more := next(late, None)):
            (folder / "log" / more).write_bytes(b"late")

    before_each(monkeypatch, "rmdir", add)

    remove_folder(folder)

    assert not folder.exists()


@pytest.mark.parametrize("call", ["rmdir", "unlink"])
def test_what_cannot_be_removed_is_an_error_and_stays_marked(folder, monkeypatch, call):
    def always(name):
        if name == "segment.part":
            raise FileNotFoundError(2, "No such file or directory", name)
        if name == "log":
            (folder / "log" / "again").write_bytes(b"late")

    before_each(monkeypatch, call, always)

    with pytest.raises(FolderNotUsable):
        remove_folder(folder)

    assert belongs_to(folder, "drill")


def test_a_folder_that_is_gone_is_removed(folder):
    remove_folder(folder)

    remove_folder(folder)

    assert not folder.exists()
