"""Revoked secrets and vulnerable configuration are found wherever they stand, and told without saying what they are."""

from __future__ import annotations

import pytest

from holdfast.backupsets.layout import Folder
from holdfast.clock import SystemClock
from holdfast.environments.restoring import Forbidden
from holdfast.restore.erasure.key import ErasureKey
from holdfast.restore.erasure.ledger import ErasureLedger, Subject, SubjectKind
from holdfast.restore.inspecting import LINE, normal_key, revoked_secrets, vulnerable

TOKEN = "ghp_9fK2-hunter2!xyz"
FOLDER = Folder("project")
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIBOgIBAAJBAKj34GkxFhD9\nAbCdEfGh==\n-----END RSA PRIVATE KEY-----\n"


@pytest.fixture
def erased(tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda _: None)
    key, ledger = ErasureKey(b"k" * 32), ErasureLedger(tmp_path / "home", "sandbox", SystemClock())
    secrets = [TOKEN, "pa ss phrase", normal_key(PEM), "abc=def:ghi/jkl"]
    ledger.add([Subject(SubjectKind.SECRET, each) for each in secrets], key, reason="leaked", actor="ada")
    return ledger.erased(key)


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    "content",
    [
        f"token: {TOKEN}\n",
        f"TOKEN={TOKEN}",
        f'{{"token":"{TOKEN}","x":1}}',
        f"TOKEN='{TOKEN}'\n",
        f"https://ada:{TOKEN}@example.com/x\n",
        f"(call {TOKEN};)\n",
        f"?key={TOKEN}&b=1",
        f"a\tb\t{TOKEN}\r\n",
        "password: pa ss phrase\n",
        'password = "pa ss phrase"\n',
        "x abc=def:ghi/jkl y\n",
        PEM,
        f"key: |\n  {PEM.strip().replace(chr(10), chr(10) + '  ')}\n",
    ],
)
def test_a_revoked_secret_is_found_as_people_write_it(root, erased, content):
    (root / "good.txt").write_text("nothing here\n")
    (root / "bad").write_bytes(b"first line\n" + content.encode())
    found = revoked_secrets(root, FOLDER, erased)
    assert [each.path for each in found][:1] == ["bad"]
    assert found[0].line in (2, 3)


@pytest.mark.parametrize("content", ["token: other\n", f"{TOKEN}x\n", f"x{TOKEN}\n", PEM.replace("AbCd", "AbCe"), ""])
def test_what_is_another_word_is_not(root, erased, content):
    (root / "file").write_text(content)
    assert revoked_secrets(root, FOLDER, erased) == []


def test_it_is_found_among_bytes_that_are_no_text_and_in_very_long_lines(root, erased):
    noise = bytes(range(11, 256)) * 12
    (root / "binary").write_bytes(noise + b"\0 " + TOKEN.encode() + b" \0" + noise)
    for at in (LINE - 5, LINE - len(TOKEN), LINE, 2 * LINE - 3):
        (root / "long").write_bytes(b"y" * at + b" " + TOKEN.encode() + b" " + b"z" * 100)
        assert "long" in [each.path for each in revoked_secrets(root, FOLDER, erased)], at
    assert "binary" in [each.path for each in revoked_secrets(root, FOLDER, erased)]


def test_a_link_is_not_followed_out_of_the_folder(root, erased, tmp_path):
    (tmp_path / "outside").write_text(TOKEN)
    (root / "link").symlink_to(tmp_path / "outside")
    assert revoked_secrets(root, FOLDER, erased) == []


def test_a_secret_of_another_dataset_does_not_count(root, tmp_path):
    key, ledger = ErasureKey(b"k" * 32), ErasureLedger(tmp_path / "home2", "sandbox", SystemClock())
    ledger.add([Subject(SubjectKind.SECRET, TOKEN, "exports")], key, reason="", actor="ada")
    (root / "file").write_text(TOKEN)
    assert revoked_secrets(root, FOLDER, ledger.erased(key)) == []
    assert len(revoked_secrets(root, Folder("exports"), ledger.erased(key))) == 1


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("nginx.conf", "a\nssl_protocols TLSv1 TLSv1.2;\n", 2),
        ("etc/nginx/nginx.conf", "ssl_protocols TLSv1.1;\n", 1),
        ("nginx.conf", "ssl_protocols TLSv1.2;\n", None),
        ("nginx.txt", "ssl_protocols TLSv1;\n", None),
    ],
)
def test_configuration_declared_vulnerable_is_found(root, name, content, line):
    forbidden = Forbidden(name="old-tls", path="*.conf", pattern=r"TLSv1(\.1)?\b(?!\.)", reason="RFC 8996 forbids it")
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(content)
    assert [(each.path, each.line) for each in vulnerable(root, forbidden)] == ([(name, line)] if line else [])


def test_a_pattern_that_is_no_regular_expression_is_refused():
    with pytest.raises(ValueError, match="regular expression"):
        Forbidden(name="bad", path="*", pattern="(", reason="because it is so")
