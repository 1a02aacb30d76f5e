"""The one comment of a review is replaced, never repeated, and never somebody else's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pipeline_ground import gitlab, workflow, write_tool

MARKER = "<!-- holdfast-review: acme -->"
NEW = f"{MARKER}\n# acme\n`$(touch pwned)` 'quoted' \"twice\"\n"

GH = f"""#!{sys.executable}
import json, pathlib, subprocess, sys

store = pathlib.Path(sys.argv[0]).parent / "comments.json"
comments = json.loads(store.read_text())
arguments = sys.argv[1:]
if "--jq" in arguments:
    assert "--paginate" in arguments and "repos/acme/infra/issues/7/comments" in arguments
    program = arguments[arguments.index("--jq") + 1]
    sys.exit(subprocess.run(["jq", "-r", program], input=json.dumps(comments), text=True).returncode)
method, address = arguments[arguments.index("--method") + 1], arguments[arguments.index("--method") + 2]
body = pathlib.Path(arguments[arguments.index("-F") + 1].removeprefix("body=@")).read_text()
if method == "POST":
    assert address == "repos/acme/infra/issues/7/comments"
    comments.append({{"id": 99, "user": {{"login": "github-actions[bot]"}}, "body": body}})
else:
    (one,) = [each for each in comments if address == f"repos/acme/infra/issues/comments/{{each['id']}}"]
    one["body"] = body
store.write_text(json.dumps(comments))
"""


def comment(number: int, login: str, body: str) -> dict:
    return {"id": number, "user": {"login": login}, "body": body}


@pytest.mark.skipif(not shutil.which("jq"), reason="jq, which gh has built in, is not installed")
@pytest.mark.parametrize(
    ("there", "replaced"),
    [
        ([], 99),
        ([comment(1, "zoe", "looks good")], 99),
        ([comment(1, "github-actions[bot]", f"{MARKER}\nold")], 1),
        ([comment(1, "mallory", f"{MARKER}\nmine"), comment(2, "github-actions[bot]", f"{MARKER}\nold")], 2),
        ([comment(1, "github-actions[bot]", "<!-- holdfast-review: prod -->\nold")], 99),
        ([comment(1, "github-actions[bot]", f"quoting {MARKER}")], 99),
    ],
)
def test_github_has_one_comment_that_is_replaced(made, tmp_path, there, replaced):
    tools = tmp_path / "tools"
    tools.mkdir()
    write_tool(tools, "gh", GH)
    (tools / "comments.json").write_text(json.dumps(there))
    (step,) = workflow(made(), "review")["jobs"]["comment"]["steps"]
    variables = {"REPOSITORY": "acme/infra", "NUMBER": "7", "COMMENT": NEW.rstrip("\n"), "GH_TOKEN": "t"}

    ran = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]],
        cwd=tmp_path,
        env=variables | {"PATH": f"{tools}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    after = json.loads((tools / "comments.json").read_text())
    assert [each["id"] for each in after if each["body"] == NEW] == [replaced]
    assert [each for each in after if each["id"] != replaced] == [each for each in there if each["id"] != replaced]
    assert not (tmp_path / "pwned").exists()


class Notes(BaseHTTPRequestHandler):
    """The notes of a merge request, two a page."""

    def do_GET(self):
        page = int(self.path.rpartition("page=")[2])
        notes = self.server.notes[2 * page - 2 : 2 * page]
        self._answer(notes, str(page + 1) if self.server.notes[2 * page :] else "")

    def do_POST(self):
        self.server.notes.append({"id": 99, "body": self._body()})
        self._answer({}, "")

    def do_PUT(self):
        number = int(self.path.rpartition("/")[2])
        (one,) = [each for each in self.server.notes if each["id"] == number]
        one["body"] = self._body()
        self._answer({}, "")

    def _body(self):
        assert self.headers["PRIVATE-TOKEN"] == "secret"
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]

    def _answer(self, document, following):
        assert self.path.startswith("/api/v4/projects/5/merge_requests/7/notes")
        content = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("X-Next-Page", following)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def notes():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Notes)
    server.notes = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("there", "replaced"),
    [
        ([], 99),
        ([{"id": 1, "body": "looks good"}], 99),
        ([{"id": 1, "body": f"{MARKER}\nold"}], 1),
        ([{"id": n, "body": "talk"} for n in range(1, 4)] + [{"id": 4, "body": f"{MARKER}\nold"}], 4),
        ([{"id": 1, "body": "<!-- holdfast-review: prod -->\nold"}], 99),
    ],
)
def test_gitlab_has_one_note_that_is_replaced(made, tmp_path, notes, there, replaced):
    notes.notes = [dict(each) for each in there]
    (tmp_path / "comment.md").write_text(NEW)
    (script,) = gitlab(made())["holdfast: comment acme"]["script"]
    host, port = notes.server_address
    variables = {
        "CI_API_V4_URL": f"http://{host}:{port}/api/v4",
        "CI_PROJECT_ID": "5",
        "CI_MERGE_REQUEST_IID": "7",
        "HOLDFAST_GITLAB_TOKEN": "secret",
        "no_proxy": "127.0.0.1",
        "PATH": os.environ["PATH"],
    }

    ran = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ran.returncode == 0, ran.stderr
    assert [each["id"] for each in notes.notes if each["body"] == NEW] == [replaced]
    assert len(notes.notes) == len(there) + (replaced == 99)
    assert "secret" not in ran.stdout + ran.stderr
