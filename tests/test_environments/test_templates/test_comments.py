"""The one comment of a review is replaced, never repeated, and never somebody else's: the pipelines' own commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pipeline_ground import gitlab, workflow

SCRIPT = Path(__file__).parents[3] / "scripts" / "post-review-comment"
MARKER = "<!-- holdfast-review: acme -->"
NEW = f"{MARKER}\n# acme\n`$(touch pwned)` 'quoted' \"twice\"\n"
BOT, TOKEN = "github-actions[bot]", "secret-token"


class Host(BaseHTTPRequestHandler):
    """The comments of one pull request, as GitHub and GitLab keep them."""

    def do_GET(self):
        address = urlsplit(self.path)
        if address.path == "/api/v4/user":
            return self._answer({"id": 5})
        page = int(parse_qs(address.query)["page"][0])
        return self._answer(self.server.comments[100 * page - 100 : 100 * page])

    def do_POST(self):
        self.server.comments.append({"id": 999, "body": self._body()})
        self._answer({}, 201)

    def do_PUT(self):
        number = int(self.path.rpartition("/")[2])
        (one,) = [each for each in self.server.comments if each["id"] == number]
        one["body"] = self._body()
        self._answer({})

    def do_PATCH(self):
        self.do_PUT()

    def _body(self):
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]

    def _answer(self, document, status=200):
        assert TOKEN in (self.headers["PRIVATE-TOKEN"], (self.headers["Authorization"] or "").removeprefix("Bearer "))
        self.server.paths.append(f"{self.command} {urlsplit(self.path).path}")
        content = json.dumps(document).encode()
        self.send_response(self.server.status or status)
        if self.server.status:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def host():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    server.comments, server.paths, server.status = [], [], 0
    server.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def pull_request(made, host, tmp_path):
    """Run what the GitHub workflow runs to write a comment, in a checkout of what it would be merged into."""

    def run(text=NEW, **variables):
        (tmp_path / "scripts").mkdir()
        shutil.copy2(SCRIPT, tmp_path / "scripts")
        step = workflow(made(), "review")["jobs"]["comment"]["steps"][-1]
        assert set(step["env"]) == {"GH_TOKEN", "PULL_REQUEST", "COMMENT"}
        settings = {
            "GITHUB_API_URL": host.address,
            "GITHUB_REPOSITORY": "acme/infra",
            "PULL_REQUEST": "7",
            "COMMENT": text.rstrip("\n"),
            "GH_TOKEN": TOKEN,
        }
        return bash(step["run"], tmp_path, settings | variables)

    return run


def bash(script, folder, variables):
    ran = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env=variables | {"PATH": os.environ["PATH"], "no_proxy": "*"},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert TOKEN not in ran.stdout + ran.stderr
    return ran


def comment(number, login, body):
    return {"id": number, "user": {"login": login}, "body": body}


TALK = [comment(n, "zoe", "talk") for n in range(100, 250)]


@pytest.mark.parametrize(
    ("there", "replaced"),
    [
        ([], 999),
        ([comment(1, "zoe", "looks good")], 999),
        ([comment(1, BOT, f"{MARKER}\nold")], 1),
        ([comment(1, BOT, f"{MARKER}\r\nold")], 1),
        ([*TALK, comment(1, BOT, f"{MARKER}\nold")], 1),
        ([comment(1, "mallory", f"{MARKER}\nmine"), comment(2, BOT, f"{MARKER}\nold")], 2),
        ([comment(1, BOT, "<!-- holdfast-review: prod -->\nold")], 999),
        ([comment(1, BOT, f"quoting {MARKER}")], 999),
        ([{"id": 1, "user": None, "body": None}], 999),
    ],
)
def test_github_has_one_comment_that_is_replaced(pull_request, host, tmp_path, there, replaced):
    host.comments = [dict(each) for each in there]

    ran = pull_request()

    assert ran.returncode == 0, ran.stderr
    assert [each["id"] for each in host.comments if each["body"] == NEW] == [replaced]
    assert len(host.comments) == len(there) + (replaced == 999)
    assert [each for each in host.comments if each["id"] != replaced] == [e for e in there if e["id"] != replaced]
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize(
    ("there", "replaced"),
    [
        ([], 999),
        ([{"id": 1, "author": {"id": 4}, "body": f"{MARKER}\nnot mine"}], 999),
        ([{"id": 1, "author": {"id": 5}, "body": f"{MARKER}\nold"}], 1),
        ([{"id": n, "body": "talk"} for n in range(2, 200)] + [{"id": 1, "author": {"id": 5}, "body": MARKER}], 1),
        ([{"id": 1, "author": {"id": 5}, "body": "<!-- holdfast-review: prod -->\nold"}], 999),
    ],
)
def test_gitlab_has_one_note_that_is_replaced(made, host, tmp_path, there, replaced):
    host.comments = [dict(each) for each in there]
    (tmp_path / "review").mkdir()
    (tmp_path / "review" / "comment.md").write_text(NEW)
    shutil.copy2(SCRIPT, tmp_path / ".post-review-comment")
    fetch, show, post = gitlab(made())["holdfast: comment acme"]["script"]
    variables = {
        "CI_API_V4_URL": f"{host.address}/api/v4",
        "CI_PROJECT_ID": "5",
        "CI_PROJECT_DIR": str(tmp_path),
        "CI_MERGE_REQUEST_IID": "7",
        "HOLDFAST_GITLAB_TOKEN": TOKEN,
    }

    ran = bash(post, tmp_path, variables)

    assert "CI_MERGE_REQUEST_DIFF_BASE_SHA" in fetch
    assert "$CI_MERGE_REQUEST_DIFF_BASE_SHA:scripts/post-review-comment" in show
    assert ran.returncode == 0, ran.stderr
    assert [each["id"] for each in host.comments if each["body"] == NEW] == [replaced]
    assert len(host.comments) == len(there) + (replaced == 999)
    assert all("/api/v4/projects/5/merge_requests/7/notes" in path for path in host.paths[1:])


@pytest.mark.parametrize("status", [301, 302, 307, 308, 401, 403, 404, 500])
def test_a_refusal_or_redirect_is_one_line_and_takes_the_token_nowhere(pull_request, host, status):
    host.status = status

    ran = pull_request()

    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith(f"error: GET /repos/acme/infra/issues/7/comments: {status}")
    assert "elsewhere" not in " ".join(host.paths)


@pytest.mark.parametrize("comments", [["x"], [{"body": "no id"}], [None], [[]]])
def test_an_answer_that_lists_no_comments_is_refused_and_nothing_written(pull_request, host, comments):
    host.comments = comments

    ran = pull_request()

    assert (ran.returncode, ran.stdout) == (1, "")
    assert "the answer is no list of comments" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert host.comments == comments


@pytest.mark.parametrize(
    ("text", "variables", "problem"),
    [
        ("no marker", {}, "does not begin with the marker"),
        (f"{MARKER}\n{'x' * 70_000}", {}, "longer than 65536 bytes"),
        (NEW, {"GH_TOKEN": ""}, "GH_TOKEN is not set"),
        (NEW, {"PULL_REQUEST": "7/../../8"}, "PULL_REQUEST is not of the expected form"),
        (NEW, {"GITHUB_REPOSITORY": "acme"}, "GITHUB_REPOSITORY is not of the expected form"),
        (NEW, {"GITHUB_API_URL": "http://api.example.com"}, "http://api.example.com is not https"),
    ],
)
def test_what_must_not_be_posted_is_not(pull_request, host, text, variables, problem):
    ran = pull_request(text, **variables)

    assert ran.returncode == 1
    assert problem in ran.stderr
    assert host.paths == []
