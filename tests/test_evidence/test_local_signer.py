"""The key on this machine: made once, for its owner only, and never anywhere else."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from holdfast.evidence.errors import EvidenceNotWritten, PrivateKeyUnusable
from holdfast.evidence.local_signer import LocalSigner, private_key_file


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_key_is_made_once_and_readable_by_its_owner_only(tmp_path) -> None:
    first = LocalSigner.at(tmp_path)

    assert LocalSigner.at(tmp_path).public_key == first.public_key
    assert mode(private_key_file(tmp_path)) == 0o600
    assert mode(private_key_file(tmp_path).parent) == 0o700
    assert [path.name for path in private_key_file(tmp_path).parent.iterdir()] == ["evidence-ed25519.pem"]


def test_many_at_once_end_up_with_one_key(tmp_path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = {signer.public_key.keyid for signer in pool.map(lambda _: LocalSigner.at(tmp_path), range(24))}

    assert len(keys) == 1


@pytest.mark.parametrize("exposed", [0o644, 0o640, 0o604, 0o660])
def test_a_key_others_can_read_is_not_used(tmp_path, exposed: int) -> None:
    LocalSigner.at(tmp_path)
    private_key_file(tmp_path).chmod(exposed)

    with pytest.raises(PrivateKeyUnusable, match=f"{exposed:04o}"):
        LocalSigner.at(tmp_path)


@pytest.mark.parametrize("content", [b"", b"x", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_damaged_key_is_one_clear_error_that_does_not_show_it(tmp_path, content: bytes) -> None:
    path = private_key_file(tmp_path)
    path.parent.mkdir()
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(PrivateKeyUnusable) as caught:
        LocalSigner.at(tmp_path)
    assert "AAAA" not in caught.value.message


def test_a_link_in_place_of_the_key_is_not_followed(tmp_path) -> None:
    LocalSigner.at(tmp_path)
    path = private_key_file(tmp_path)
    path.rename(tmp_path / "elsewhere.pem")
    path.symlink_to(tmp_path / "elsewhere.pem")

    with pytest.raises(PrivateKeyUnusable, match="link"):
        LocalSigner.at(tmp_path)


def test_a_home_that_is_a_file_is_one_clear_error(tmp_path) -> None:
    (tmp_path / "home").touch()

    with pytest.raises(EvidenceNotWritten):
        LocalSigner.at(tmp_path / "home")


def test_the_private_key_shows_in_no_text(tmp_path) -> None:
    signer = LocalSigner.at(tmp_path)
    secret = private_key_file(tmp_path).read_text().splitlines()[1]

    assert secret not in repr(signer)
    assert secret not in repr(vars(signer))
