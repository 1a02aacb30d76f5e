"""Names and values come from whoever opens the pull request: none of them may become markup or a command."""

from __future__ import annotations

import copy
import html
import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree  # our own output

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from holdfast.review.finding import Finding, Kind, Severity
from holdfast.review.render import FORMATS, render
from holdfast.review.render.escape import code, command_data, command_property, prose
from holdfast.review.review import Review, StackSummary, review
from holdfast.review.rules import CATALOGUE
from holdfast.review.words import quoted

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "--><!-- x",
    "`code` **bold** _em_ ~~s~~",
    "``` \n# heading\n",
    "[link](https://evil.example)",
    "![image](https://evil.example/x.png)",
    "https://evil.example/path www.evil.example",
    "@everyone #1 GH-1",
    "| cell | cell |\n|---|---|",
    "a\\|b\\",
    "line\n::error file=x::pwned",
    "line\r::set-output name=x::pwned",
    "%0A::warning::pwned",
    "</summary></details><h1>x</h1>",
    "]]><x/>&amp;&#x0A;",
    "\u202egnp.exe\u2066",
    "zero\u200bwidth\ufeff",
    "\x1b[31mred\x1b[0m",
    "nul\x00byte",
    "\ud800lone",
    "$(id) ${{ secrets.X }}",
    "=cmd|' /C calc'!A0",
    "x" * 5000,
    "`" * 7,
    " ",
]
MARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def hostile(corpus, payload):
    """One weakening for each place a hostile string can stand: address, item key, map key, value, statement id."""
    entries = [
        copy.deepcopy(corpus[f"{rule}__flagged"])
        for rule in ("s3-lifecycle-noncurrent", "backup-opt-in-off", "s3-replication-role", "s3-bucket-policy-weaker")
    ]
    lifecycle, opt_in, role, policy = (entry["change"]["change"] for entry in entries)
    for tree in ("before", "after"):
        lifecycle[tree]["rule"][0]["id"] = payload
        preference = opt_in[tree]["resource_type_opt_in_preference"]
        preference[payload] = preference.pop("RDS")
        statements = json.loads(policy[tree]["policy"])
        statements["Statement"][0]["Sid"] = payload
        policy[tree]["policy"] = json.dumps(statements)
    role["before"]["role"], role["after"]["role"] = payload, payload + "x"
    for number, entry in enumerate(entries):
        entry["change"]["address"] = f'aws_thing.x["{payload}{number}"]'
        entry["configuration"]["address"] = "aws_thing.x"
    return entries


@pytest.fixture
def attacked(corpus, plan_of, now):
    def make(payload):
        plan = plan_of(*hostile(corpus, payload), name=f"stack {payload}"[:200])
        return review([plan], now=now)

    return make


class Elements(HTMLParser):
    """The elements, attributes and links of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.links, self.handlers = set(), set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links |= {value for name, value in attrs if name in ("href", "src")}
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


SOURCES = {rule.source for rule in CATALOGUE.values()}
SAFE_TAGS = {
    "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "strong", "em", "code", "a", "br",
    "details", "summary", "blockquote",
}  # fmt: skip


def check_markdown(text):
    page = Elements()
    page.feed(MARK.render(text))
    assert page.tags <= SAFE_TAGS
    assert page.links <= SOURCES
    assert page.handlers == []
    outside = re.sub(r"<code>.*?</code>", "", MARK.render(text), flags=re.DOTALL)
    outside = re.sub(r'<a href="[^"]*">', "", outside)
    assert not re.search(r"@\w|https?:|www\.", html.unescape(outside))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markdown_holds_no_markup_link_or_mention(payload, attacked):
    text = render(attacked(payload), "markdown")

    check_markdown(text)
    assert text.count("\n|---") == 1
    rendered = MARK.render(text)
    assert rendered.count("<details>") == rendered.count("</details>")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_html_holds_no_element_or_handler(payload, attacked):
    page = Elements()
    page.feed(render(attacked(payload), "html"))

    assert not {"script", "img", "iframe"} & page.tags
    assert page.links <= SOURCES
    assert page.handlers == []


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_line_of_any_format_begins_a_command(payload, format_, attacked):
    text = render(attacked(payload), format_)

    commands = [line for line in text.splitlines() if line.lstrip().startswith(("::", "##["))]
    if format_ == "github":
        assert all(re.match(r"::(error|warning|notice) [^:]*::", line) for line in commands)
        assert len(commands) == len(text.splitlines())
    else:
        assert commands == []


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_format_is_printable_text(payload, format_, attacked):
    text = render(attacked(payload), format_)

    assert text.encode("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", text)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_structured_formats_stay_well_formed(payload, attacked):
    result = attacked(payload)

    assert len(json.loads(render(result, "json"))["findings"]) == len(result.findings)
    assert len(json.loads(render(result, "sarif"))["runs"][0]["results"]) == len(result.findings)
    assert ElementTree.fromstring(render(result, "junit")) is not None  # noqa: S314  # our own output


any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=40) | st.sampled_from(PAYLOADS)


@settings(max_examples=150)
@given(any_text, any_text, any_text)
def test_no_text_at_all_breaks_out(address, path, value):
    finding = Finding(
        rule="s3-versioning-suspended", severity=Severity.BLOCK, kind=Kind.WEAKENING, stack=address, address=address,
        path=path, before=value, after={value: [value]}, message=f"Changed: {quoted(value)} → {quoted(path)}. Risk.",
        construct=path or None,
    )  # fmt: skip
    from pathlib import Path

    summary = StackSummary(address, Path("plans/x.json"), {"update": 1}, partial=True)
    result = Review((summary,), (finding,), (), partial=True, threshold=Severity.HIGH)

    check_markdown(render(result, "markdown"))
    for format_ in FORMATS:
        text = render(result, format_)
        assert text.encode("utf-8")
        lines = [line for line in text.splitlines() if line.startswith("::")]
        assert (lines == text.splitlines()) is (format_ == "github")
    ElementTree.fromstring(render(result, "junit"))  # noqa: S314  # our own output


@given(any_text)
def test_a_code_span_is_one_code_span(text):
    (inline,) = [token for token in MARK.parse(f"x {code(text)} y") if token.type == "inline"]
    kinds = [token.type for token in inline.children]

    assert kinds in (["text", "code_inline", "text"], ["text"])


@given(any_text)
def test_prose_around_a_quoted_value_stays_text(text):
    (inline,) = [token for token in MARK.parse(prose(f"a {quoted(text)} b")) if token.type == "inline"]

    assert {token.type for token in inline.children} <= {"text", "code_inline", "text_special"}


@given(any_text)
def test_a_command_stays_one_line(text):
    for encoded in (command_data(text), command_property(text)):
        assert not re.search(r"[\r\n\u2028\u2029\x0b\x0c\x85]", encoded)
    assert not re.search(r"[:,]", command_property(text))
