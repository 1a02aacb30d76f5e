"""Limits of AWS an environment file can break: each over the limit is one error, each at the limit is none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from holdfast.environments.errors import InvalidEnvironment
from holdfast.environments.reserved import RESERVED

ORDERS = "datasets: [{name: orders, select: {%s}}]\n"
ARN = "arn:aws:rds:us-east-1:111111111111:db:%s"


def tags(count, key="k"):
    return "{" + ", ".join(f"{key}{number}: v" for number in range(count)) + "}"


def arns(count, end=""):
    return "[" + ", ".join(f'"{ARN % f"orders-{number}{end}"}"' for number in range(count)) + "]"


OVER = [
    (f"tags: {tags(41)}\n", "tags", "has too many tags (got 41; allowed: at most 40"),
    (f"tags: {{{'k' * 129}: v}}\n", "tags.", "has too long a name (got 129 characters; allowed: at most 128"),
    (f"tags: {{k: {'v' * 257}}}\n", "tags.k", "has too long a value (got 257 characters; allowed: at most 256"),
    ('tags: {"": v}\n', "tags", "has a tag without a name (got nothing; allowed: 1 to 128"),
    ('tags: {"aws:team": v}\n', "tags.aws:team", "has a name that is taken (got 'aws:team'"),
    ('tags: {"Holdfast:tier": v}\n', "tags.Holdfast:tier", "has a name that is taken"),
    (
        ORDERS % f"tags: {tags(30, 'x')}",
        "datasets.orders.select.tags",
        "has too many tags (got 31; allowed: at most 30",
    ),
    (ORDERS % f"tags: {{k: {'v' * 257}}}", "datasets.orders.select.tags.k", "has too long a value"),
    (ORDERS % f"arns: {arns(501)}", "datasets.orders.select.arns", "has too many ARNs (got 501; allowed: at most 500"),
    (
        ORDERS % f"arns: {arns(31, '*')}",
        "datasets.orders.select.arns",
        "has too many ARNs (got 31; allowed: at most 30",
    ),
    (ORDERS % f'arns: ["{ARN % "a*b"}"]', "datasets.orders.select.arns.0", "has a * before its end"),
    (
        ORDERS % "arns: [orders]",
        "datasets.orders.select.arns.0",
        "is no ARN of kind rds (got 'orders'; allowed: an ARN",
    ),
    (
        ORDERS % 'arns: ["arn:aws:dynamodb:us-east-1:111111111111:table/orders"]',
        "datasets.orders.select.arns.0",
        "is no ARN of kind rds",
    ),
    (
        ORDERS % 'arns: ["arn:aws:rds:us-east-1:111111111111:cluster:orders"]',
        "datasets.orders.select.arns.0",
        "allowed: an ARN such as arn:aws:rds:us-east-1:111111111111:db:NAME",
    ),
    (
        'datasets: [{name: notes, kind: files, tier: critical, select: {arns: ["arn:aws:s3:::notes"]}}]\n',
        "datasets.notes.select.arns.0",
        "does nothing for kind files",
    ),
]


@pytest.mark.parametrize(("deviation", "field", "says"), OVER, ids=[f"{field} {says[:24]}" for _, field, says in OVER])
def test_over_a_limit_is_one_error_with_value_and_allowed(folder, deviation, field, says):
    error = folder.refused(deviation)

    (problem,) = error.problems
    assert problem.field.startswith(field)
    assert says in error.message
    assert str(error.source) == f"{folder.path / 'prod.yaml'}:3"


@pytest.mark.parametrize(
    "deviation",
    [
        f"tags: {tags(40)}\n",
        f"tags: {{{'k' * 128}: {'v' * 256}}}\n",
        ORDERS % f"tags: {tags(29, 'x')}",
        ORDERS % f"arns: {arns(500)}",
        ORDERS % f"arns: {arns(30, '*')}",
        'datasets: [{name: exports, select: {arns: ["arn:aws:s3:::acme-exports"]}}]\n',
    ],
)
def test_at_a_limit_there_is_nothing_to_say(folder, deviation):
    assert folder.load_with(deviation).environment


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_a_name_holdfast_uses_itself_is_refused(folder, name):
    folder.write(name, f"extends: whole\nenvironment: {name}\n")

    with pytest.raises(InvalidEnvironment, match="environment: is a name Holdfast uses itself") as found:
        folder.load(name)

    assert str(found.value.source) == f"{folder.path / name}.yaml:2"
    assert f"keeps {RESERVED[name]} in a folder of this name" in found.value.hint


def test_only_a_sandbox_is_called_sandbox(folder):
    folder.write("sandbox", "extends: whole\nenvironment: sandbox\n")

    with pytest.raises(InvalidEnvironment, match="is the name of the local sandbox"):
        folder.load("sandbox")


def test_every_folder_under_the_home_is_reserved():
    scripts = Path(__file__).parents[2] / "scripts" / "holdfast"
    written = "\n".join(path.read_text() for path in scripts.rglob("*.py"))

    folders = set(re.findall(r'\bhome(?:\(\))? / "([a-z-]+)"', written))

    assert folders - {"data", "sandbox"} <= set(RESERVED)  # data lies in the demo's own home
    assert {"evidence", "terraform", "keys"} <= folders
