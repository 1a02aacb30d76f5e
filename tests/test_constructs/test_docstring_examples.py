"""The example in a class's docstring runs, alone, in an app of its own."""

from __future__ import annotations

import inspect
import textwrap
from datetime import timedelta

import cdktn
import pytest

import holdfast.constructs
from holdfast.constructs.aws import AwsProvider
from holdfast.constructs.policies import role

EXPORTED = {name: getattr(holdfast.constructs, name) for name in holdfast.constructs.__all__}
CLASSES = {name: each for name, each in EXPORTED.items() if inspect.isclass(each)}
CONSTRUCTS = [name for name, each in CLASSES.items() if hasattr(each, "node")]


def example(name):
    _, found, code = (inspect.getdoc(CLASSES[name]) or "").partition("Example::\n")
    code = code.partition("\nRaises:")[0]
    return textwrap.dedent(code) if found else None


def test_there_are_constructs_to_check():
    assert {"BackupKey", "ImmutableBucket", "BucketReplication", "EvidenceBucket", "DrillRunner"} <= set(CONSTRUCTS)


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_every_construct_has_an_example(name):
    assert example(name), f"{name} has no Example:: in its docstring"


@pytest.mark.parametrize("name", [name for name in CLASSES if example(name)])
def test_the_example_runs(name):
    stack = cdktn.TerraformStack(cdktn.Testing.app(), "example")
    AwsProvider(stack, "aws", region="us-east-1")

    exec(example(name), {**EXPORTED, "AwsProvider": AwsProvider, "role": role, "stack": stack, "timedelta": timedelta})  # noqa: S102

    synthesized = cdktn.Testing.synth(stack)
    assert name not in CONSTRUCTS or '"resource"' in synthesized
