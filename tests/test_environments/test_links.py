"""Where links lead, told in the same way by every Python."""

from __future__ import annotations

import errno

import pytest

from holdfast.links import followed


def test_links_are_followed_to_what_is_there_and_to_what_is_not_yet(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "one").symlink_to("file")
    (tmp_path / "two").symlink_to("one")
    (tmp_path / "new").symlink_to("folder/later")
    assert followed(tmp_path / "two") == tmp_path.resolve() / "file"
    assert followed(tmp_path / "new") == tmp_path.resolve() / "folder/later"
    assert followed(tmp_path / "nothing") == tmp_path.resolve() / "nothing"


@pytest.mark.parametrize("path", ["self", "a", "b", "self/below", "to-self"])
def test_a_link_that_leads_to_itself_is_an_error_of_the_system(tmp_path, path):
    for name, to in {"self": "self", "a": "b", "b": "a", "to-self": "self"}.items():
        (tmp_path / name).symlink_to(to)
    with pytest.raises(OSError, match="symbolic links") as caught:
        followed(tmp_path / path)
    assert caught.value.errno == errno.ELOOP


def test_a_way_through_a_file_is_an_error_of_the_system(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        followed(tmp_path / "file" / "below")
