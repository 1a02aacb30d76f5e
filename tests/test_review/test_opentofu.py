"""Plans as OpenTofu writes them. No OpenTofu ran here: the shape is that of its documented format and its source.

Source: https://opentofu.org/docs/internals/json-format, and `internal/command/jsonplan/plan.go` of OpenTofu. Of what
Terraform's plans have, `complete`, `applyable`, `deferred_changes` and actions are not there; `errored` and `timestamp`
always are; `forget` comes from a `removed` block; providers are those of OpenTofu's own registry.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from holdfast.review.errors import PlanFormatUnsupported, PlanNotJson
from holdfast.review.finding import Kind
from holdfast.review.load import parse_plan
from holdfast.review.review import Verdict, review

ONLY_TERRAFORM = ("complete", "applyable", "deferred_changes", "action_invocations", "deferred_action_invocations")
VERSIONS = [("1.2", "1.8.11"), ("1.2", "1.10.6"), ("1.2", "1.12.0"), ("1.0", "1.6.3"), ("1.3", "1.13.0")]


def tofu(document, format_version="1.2", version="1.10.6"):
    """The same plan as OpenTofu would have written it."""
    result = {key: value for key, value in copy.deepcopy(document).items() if key not in ONLY_TERRAFORM}
    result.update(format_version=format_version, terraform_version=version, timestamp="2026-11-22T04:00:00Z")
    result.setdefault("errored", False)
    text = json.dumps(result).replace("registry.terraform.io/", "registry.opentofu.org/")
    return json.loads(text)


def read(document):
    return parse_plan(json.dumps(document).encode(), name="primary", path=Path("primary.json"))


@pytest.mark.parametrize(("format_version", "version"), VERSIONS)
def test_the_same_plan_has_the_same_findings(scenarios, now, format_version, version):
    for document in scenarios.values():
        theirs, ours = (review([read(each)], now=now) for each in (tofu(document, format_version, version), document))
        comparable = {finding.rule for finding in ours.findings if not finding.rule.startswith("plan-deferred")}

        assert {finding.rule for finding in theirs.findings} >= comparable - {"plan-incomplete", "plan-action-invoked"}


def test_a_plan_that_does_not_say_it_is_complete_is_not_partial(scenarios, now):
    whole = [document for document in scenarios.values() if document.get("complete") and not document["errored"]]
    assert whole

    for document in whole:
        assert "complete" not in tofu(document)
        assert not review([read(tofu(document))], now=now).partial


def test_an_errored_plan_is_partial(scenarios, now):
    result = review([read({**tofu(next(iter(scenarios.values()))), "errored": True})], now=now)

    assert result.partial
    assert result.verdict in (Verdict.PARTIAL, Verdict.FINDINGS)


def test_what_a_removed_block_forgets_is_a_loss(corpus, plan_of, now):
    entry = copy.deepcopy(corpus["s3-bucket-force-destroy__near"])
    entry["change"]["change"].update(actions=["forget"], after=None)
    entry["change"]["provider_name"] = "registry.opentofu.org/hashicorp/aws"
    result = review([plan_of(entry, terraform_version="1.10.6", errored=False)], now=now)

    assert {(finding.kind, finding.after) for finding in result.findings} == {(Kind.LOSS, "forgotten")}


def test_an_ephemeral_resource_in_the_changes_is_not_taken_for_a_managed_one(corpus, plan_of, now):
    entry = copy.deepcopy(corpus["s3-bucket-force-destroy__near"])
    entry["change"].update(mode="ephemeral", type="aws_secretsmanager_secret_version", address="ephemeral.x.y")
    entry["change"]["change"] = {"actions": ["open"], "before": None, "after": {"name": "x"}}
    result = review([plan_of(entry)], now=now)

    assert result.findings == ()
    assert not result.partial


@pytest.mark.parametrize("file", [{"serial": 1, "lineage": "x"}, {"meta": {"key_provider.pbkdf2.x": "e30="}}])
def test_an_encrypted_plan_is_one_error_that_says_so(file):
    with pytest.raises(PlanNotJson, match="OpenTofu encrypted"):
        read({**file, "encrypted_data": "Y2lwaGVydGV4dA==", "encryption_version": "v0"})


def test_a_plan_file_that_is_not_json_is_one_error():
    with pytest.raises(PlanNotJson, match="binary plan file"):
        parse_plan(b"PK\x03\x04tfplan", name="primary", path=Path("plan.bin"))


def test_a_format_of_the_future_is_refused(scenarios):
    with pytest.raises(PlanFormatUnsupported):
        read(tofu(next(iter(scenarios.values())), "2.0"))
