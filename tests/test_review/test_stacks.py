"""What no plan shows, read from the synthesized stacks of base and head."""

from __future__ import annotations

import copy
import json

import pytest

from holdfast.review.base_and_head import compare, construct_paths
from holdfast.review.errors import StacksUnreadable
from holdfast.review.finding import Finding, Kind, Severity
from holdfast.review.review import Verdict, review
from holdfast.review.stacks import load_stacks

META = {"//": {"metadata": {"path": "prod-primary/vault/Bucket", "uniqueId": "vault_Bucket_1"}}}
STACK = {
    "//": {"metadata": {"backend": "s3", "stackName": "prod-primary"}},
    "provider": {"aws": [
        {"region": "us-east-1", "allowed_account_ids": ["111122223333"], "default_tags": [{"tags": {"a": "b"}}]},
        {"alias": "west", "region": "us-west-2"},
    ]},
    "resource": {
        "aws_s3_bucket": {"vault_1": {**META, "bucket": "vault", "lifecycle": {"prevent_destroy": True}}},
        "aws_kms_key": {"key_1": {"enable_key_rotation": True}},
        "aws_sqs_queue": {"queue_1": {"name": "q"}},
    },
    "terraform": {
        "backend": {"s3": {"bucket": "s", "key": "a", "region": "us-west-2", "use_lockfile": True, "encrypt": True}},
        "required_providers": {"aws": {"source": "hashicorp/aws", "version": ">= 5.100.0, < 7.0.0"}},
    },
}  # fmt: skip


def edit(path, value):
    """The stack with a dotted path set; None removes."""
    result = copy.deepcopy(STACK)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    target = result
    for part in way:
        target = target[part] if isinstance(target, list) else target.setdefault(part, {})
    if value is None:
        del target[last]
    elif last == len(target):
        target.append(value)
    else:
        target[last] = value
    return result


@pytest.fixture
def written(tmp_path):
    """Write stacks as synthesis does and load them."""

    def make(side, **stacks):
        for name, body in stacks.items():
            folder = tmp_path / side / "stacks" / name.replace("_", "-")
            folder.mkdir(parents=True)
            (folder / "cdk.tf.json").write_text(json.dumps(body))
        return load_stacks(tmp_path / side)

    return make


def found(written, head):
    return compare(written("base", prod_primary=STACK), written("head", prod_primary=head))


FORGOTTEN = {"from": "aws_kms_key.key_1", "lifecycle": {"destroy": False}}
BUCKET, BACKEND = "resource.aws_s3_bucket.vault_1", "terraform.backend.s3"


@pytest.mark.parametrize(
    ("head", "rule", "severity"),
    [
        (edit(f"{BUCKET}.lifecycle.prevent_destroy", 0), "stack-prevent-destroy-dropped", "high"),
        (edit(f"{BUCKET}.lifecycle", None), "stack-prevent-destroy-dropped", "high"),
        (edit(f"{BUCKET}.lifecycle.prevent_destroy", "${var.keep}"), "stack-unreadable", "high"),
        (edit("resource.aws_s3_bucket", None), "stack-protected-resource-removed", "block"),
        (edit(f"{BUCKET}.lifecycle.ignore_changes", ["force_destroy"]), "stack-changes-ignored", "high"),
        (edit(f"{BUCKET}.lifecycle.ignore_changes", "all"), "stack-changes-ignored", "high"),
        (edit(f"{BACKEND}.bucket", "other"), "stack-backend-changed", "high"),
        (edit(f"{BACKEND}.key", None), "stack-backend-changed", "high"),
        (edit("terraform.backend", {"local": {"path": "x"}}), "stack-backend-changed", "high"),
        (edit(f"{BACKEND}.use_lockfile", 0), "stack-backend-weaker", "high"),
        (edit(f"{BACKEND}.encrypt", None), "stack-backend-weaker", "high"),
        (edit("provider.aws.0.region", "eu-west-1"), "stack-provider-changed", "high"),
        (edit("provider.aws.0.allowed_account_ids", None), "stack-provider-changed", "high"),
        (edit("provider.aws.1", None), "stack-provider-changed", "high"),
        (edit("provider.aws.1.assume_role", [{"role_arn": "arn:x"}]), "stack-provider-changed", "high"),
        (edit("terraform.required_providers.aws.version", "6.9.0"), "stack-provider-version", "warn"),
        (edit("removed", [FORGOTTEN]), "stack-resource-forgotten", "high"),
    ],
)  # fmt: skip
def test_a_guard_only_the_stacks_show(head, rule, severity, written):
    (finding,) = found(written, head)

    assert (finding.rule, finding.severity.value, finding.stack) == (rule, severity, "prod-primary")


@pytest.mark.parametrize(
    "head",
    [
        STACK,
        edit("resource.aws_sqs_queue", None),
        edit("resource.aws_kms_key.key_1.lifecycle", {"prevent_destroy": True}),
        edit("resource.aws_sqs_queue.queue_1.lifecycle", {"ignore_changes": "all"}),
        edit(f"{BUCKET}.lifecycle.ignore_changes", ["tags"]),
        edit(f"{BACKEND}.kms_key_id", "arn:key"),
        edit("provider.aws.0.default_tags", [{"tags": {"c": "d"}}]),
        edit("provider.aws.2", {"alias": "third", "region": "eu-west-1"}),
        edit("removed", [{"from": "aws_sqs_queue.queue_1", "lifecycle": {"destroy": False}}]),
    ],
)
def test_a_near_miss_in_the_stacks(head, written):
    assert found(written, head) == []


def test_a_resource_forgotten_on_purpose_is_said_once(written):
    head = edit("resource.aws_s3_bucket", None)
    head["removed"] = [{"from": "aws_s3_bucket.vault_1", "lifecycle": {"destroy": False}}]

    assert [f.rule for f in found(written, head)] == ["stack-resource-forgotten"]


def test_a_protected_resource_that_is_moved_is_not_removed(written):
    head = edit("resource.aws_s3_bucket", {"vault_2": STACK["resource"]["aws_s3_bucket"]["vault_1"]})
    head["moved"] = [{"from": "aws_s3_bucket.vault_1", "to": "aws_s3_bucket.vault_2"}]

    assert found(written, head) == []


def test_a_whole_stack_that_is_gone(written):
    base = written("base", prod_primary=STACK, prod_recovery=STACK)
    (finding,) = compare(base, written("head", prod_primary=STACK))

    assert (finding.rule, finding.severity, finding.stack) == ("stack-removed", Severity.BLOCK, "prod-recovery")
    assert "2 guarded resources" in finding.message


def test_dropping_prevent_destroy_prepares_a_deletion(written, now):
    base = written("base", prod_primary=STACK)
    head = written("head", prod_primary=edit(f"{BUCKET}.lifecycle", None))
    result = review([], now=now, base=base, head=head)

    assert [f.rule for f in result.findings] == ["deletion-prepared", "stack-prevent-destroy-dropped"]
    assert result.verdict is Verdict.FINDINGS
    assert {f.construct for f in result.findings} == {"prod-primary/vault/Bucket"}


def test_constructs_are_named_by_their_path(written, corpus, plan_of, now):
    head = written("head", prod_primary=STACK)
    entry = copy.deepcopy(corpus["s3-bucket-force-destroy__flagged"])
    entry["change"]["address"] = "aws_s3_bucket.vault_1"
    result = review([plan_of(entry, name="prod-primary")], now=now, head=head)

    assert construct_paths(head) == {("prod-primary", "aws_s3_bucket.vault_1"): "prod-primary/vault/Bucket"}
    assert {f.construct for f in result.findings} == {"prod-primary/vault/Bucket"}


def test_other_checks_can_be_added(written, now):
    def dataset_dropped(base, head):
        assert set(base) == set(head)
        yield Finding(
            "stack-removed", Severity.BLOCK, Kind.LOSS, "prod-primary", "dataset orders", "no longer selected"
        )

    base, head = written("base", prod_primary=STACK), written("head", prod_primary=STACK)

    assert [f.address for f in compare(base, head, [dataset_dropped])] == ["dataset orders"]
    assert len(review([], now=now, more=dataset_dropped(base, head)).findings) == 1


@pytest.mark.parametrize("layout", ["stacks/one", "one", "."])
def test_stacks_are_found_where_synthesis_writes_them(layout, tmp_path):
    folder = tmp_path / layout
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cdk.tf.json").write_text(json.dumps(STACK))

    assert len(load_stacks(tmp_path)) == 1


@pytest.mark.parametrize("text", [None, "", "[]", "{", '{"a": 1, "a": 2}', "\x00", "[" * 5000])
def test_a_folder_that_is_not_one_of_stacks_is_one_error(text, tmp_path):
    if text is not None:
        (tmp_path / "cdk.tf.json").write_text(text)

    with pytest.raises(StacksUnreadable):
        load_stacks(tmp_path)


@pytest.mark.parametrize(
    "strange", [{"resource": []}, {"provider": "x"}, {"terraform": 3}, {"removed": {"from": 1}}, {}]
)
def test_a_stack_of_another_shape_is_read_as_far_as_it_goes(strange, written):
    assert written("head", prod_primary=strange)["prod-primary"].resources == {}
