"""What comes back is what went in: names, contents, permissions, times, links."""

from __future__ import annotations

import os
import shutil
import socket
import stat

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vault_ground import MIB, REGIONS, tree

from holdfast.backupsets.packing import PACK_BELOW

pytestmark = pytest.mark.sandbox


@pytest.fixture(params=[0, PACK_BELOW], ids=["apart", "packed"])
def ground(request, ground):
    ground.pack_below = request.param
    return ground


NAMES = [
    "with space",
    " leading and trailing ",
    "ümläut-é-日本語-🦉",
    "e\u0301 decomposed",
    "..",
    "...",
    "..hidden",
    "a..b",
    ".dot",
    "-rf",
    "new\nline",
    "tab\tand\rreturn",
    "quote'\"`$(x)",
    "back\\slash",
    "percent%2F..%2f",
    "plus+and&amp;?query#fragment",
    "*",
    "~",
    "CON",
    "x" * 255,
    b"latin-1-\xe9",
    b"\xff\xfe not utf-8",
    "\u202eright-to-left",
    "\x01control\x7f",
]


@pytest.mark.parametrize("region", REGIONS)
def test_awkward_names_survive(ground, region):
    for number, name in enumerate(NAMES):
        if name == "..":
            continue
        ground.write(name, b"file %d" % number)
        ground.write(os.path.join(b"deep", os.fsencode(name), os.fsencode(name)), b"deep %d" % number)  # noqa: PTH118
    ground.push()

    assert ground.fetch(region).is_complete
    assert tree(ground.folder / "restored") == tree(ground.source)


part = st.binary(min_size=1, max_size=40).filter(lambda name: name not in (b".", b"..") and not {0, 47} & set(name))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.lists(part, min_size=1, max_size=3), min_size=1, max_size=12), content=st.binary(max_size=50))
def test_any_names_survive(ground, names, content):
    shutil.rmtree(ground.source)
    shutil.rmtree(ground.folder / "restored", ignore_errors=True)
    written = 0
    for number, parts in enumerate(names):
        try:
            ground.write(b"/".join(parts), content + bytes([number]))
        except OSError:  # a name that is a file and a folder at once
            continue
        written += 1
    pushed = ground.push()
    view = next(each for each in ground.committed() if each.set_id == pushed.set_id)

    from holdfast.backupsets.fetch import fetch_many

    fetched = fetch_many(ground.open(view), ground.folder / "restored")

    assert fetched.is_complete
    assert fetched.files == pushed.files <= written
    assert tree(ground.folder / "restored") == tree(ground.source)


def test_sizes_around_a_chunk_come_back(ground):
    for size in (0, 1, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 16 * MIB + 1):
        ground.write(f"{size}", os.urandom(min(size, 1000)) + b"\x5a" * max(0, size - 1000))
    ground.push()

    assert ground.fetch().is_complete
    assert tree(ground.folder / "restored") == tree(ground.source)


def test_permissions_times_and_empty_directories_come_back(ground):
    script = ground.write("bin/run", b"#!/bin/sh\n")
    os.chmod(script, 0o750)  # noqa: PTH101, S103  # a name in bytes
    os.utime(script, ns=(1, 1_234_567_890_123_456_789))
    (ground.source / "empty" / "inside").mkdir(parents=True)
    (ground.source / "empty").chmod(0o500)
    os.utime(ground.source / "empty", ns=(0, 42))
    ground.push()
    ground.fetch()

    assert tree(ground.folder / "restored") == tree(ground.source)


def test_times_before_1970_come_back(ground):
    os.utime(ground.write("old", b"x"), ns=(0, -1_000_000_001))
    ground.push()
    ground.fetch()

    assert (ground.folder / "restored" / "old").stat().st_mtime_ns == -1_000_000_001


def test_a_set_user_id_bit_is_recorded_and_not_restored(ground):
    program = ground.write("program", b"x")
    os.chmod(program, 0o4755)  # noqa: PTH101, S103  # a name in bytes
    ground.push()
    ground.fetch()

    assert next(entry for entry in ground.open() if entry.name == "program").mode == 0o4755
    assert stat.S_IMODE((ground.folder / "restored" / "program").stat().st_mode) == 0o755


def test_symlinks_come_back_as_links_and_are_never_followed(ground):
    outside = ground.folder / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"not part of the set")
    (ground.source / "to-file").symlink_to("notes.txt")
    (ground.source / "to-outside").symlink_to(outside)
    (ground.source / "absolute").symlink_to("/etc/hostname")
    (ground.source / "dangling").symlink_to(os.fsdecode(b"no/such/\xff"))
    (ground.source / "loop").symlink_to("loop")
    (ground.source / "up").symlink_to("..")
    pushed = ground.push()
    ground.fetch()

    assert pushed.symlinks == 6
    assert pushed.files == 3
    assert tree(ground.folder / "restored") == tree(ground.source)


def test_a_source_named_by_a_symlink_is_the_directory_behind_it(ground):
    real = ground.source.rename(ground.folder / "real")
    ground.source.symlink_to(real)

    assert ground.push().files == 3


def test_what_holds_no_data_is_listed_and_skipped(ground):
    os.mkfifo(ground.source / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.getcwd()  # noqa: PTH109  # the path of a socket is short
        try:
            os.chdir(ground.source)
            listener.bind("socket")
        finally:
            os.chdir(here)
        pushed = ground.push()
    fetched = ground.fetch()

    assert pushed.special == 2
    assert any("2 sockets" in warning for warning in pushed.warnings)
    assert fetched.is_complete
    assert sorted(verdict.path for verdict in fetched.notable) == ["pipe", "socket"]
    assert not (ground.folder / "restored" / "pipe").exists()


def test_hard_links_come_back_as_files(ground):
    (ground.source / "second-name").hardlink_to(ground.source / "notes.txt")
    ground.push()
    ground.fetch()

    assert (ground.folder / "restored" / "second-name").read_bytes() == b"three files"


def test_three_hundred_levels_are_not_too_deep(ground):
    name = b"/".join([b"d"] * 300) + b"/file"
    ground.write(name, b"deep down")
    ground.push()

    assert ground.fetch().is_complete
    assert tree(ground.folder / "restored") == tree(ground.source)


def test_the_same_directory_has_the_same_content_digest(ground):
    first, second = ground.push(), ground.push()

    assert first.set_id.split("-")[1] == second.set_id.split("-")[1]
