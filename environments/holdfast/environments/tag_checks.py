"""What AWS takes for tags, and which ARNs a dataset may name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from holdfast.environments.datasets import Dataset, DatasetKind
from holdfast.environments.faults import Fault

_KEY, _VALUE, _TAGS = 128, 256, 50
_OURS = 10
"""Tags Holdfast adds itself."""
_CONDITIONS, _ARNS, _PATTERNS = 30, 500, 30

_RESOURCES: Mapping[DatasetKind, tuple[str, str]] = {
    DatasetKind.S3: ("arn:aws:s3:::", ""),
    DatasetKind.RDS: ("arn:aws:rds:", "db:"),
    DatasetKind.AURORA: ("arn:aws:rds:", "cluster:"),
    DatasetKind.DYNAMODB: ("arn:aws:dynamodb:", "table/"),
    DatasetKind.EBS: ("arn:aws:ec2:", "volume/"),
    DatasetKind.EC2: ("arn:aws:ec2:", "instance/"),
    DatasetKind.EFS: ("arn:aws:elasticfilesystem:", "file-system/"),
}
"""How the ARNs of each kind begin, and their resource part."""


def check_tags(tags: Mapping[str, str]) -> Iterator[Fault]:
    """The faults of `tags`, which every resource carries.

    https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
    """
    most = _TAGS - _OURS
    if len(tags) > most:
        hint = f"AWS takes {_TAGS} tags a resource, of which Holdfast keeps {_OURS}"
        yield Fault("tags", "has too many tags", str(len(tags)), f"at most {most}", hint)
    for key, value in tags.items():
        yield from _length("tags", key, value)
        if key.lower().startswith(("aws:", "holdfast:")):
            hint = "aws: belongs to AWS, holdfast: to Holdfast"
            yield Fault(f"tags.{key}", "has a name that is taken", repr(key), "a name without aws: or holdfast:", hint)


def check_select(path: str, dataset: Dataset) -> Iterator[Fault]:
    """The faults of what a dataset selects.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupSelection.html,
    https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-limits.html
    """
    tags, arns = dataset.select.tags, dataset.select.arns
    if len(tags) > _CONDITIONS:
        yield Fault(f"{path}.tags", "has too many tags", str(len(tags)), f"at most {_CONDITIONS}")
    for key, value in tags.items():
        yield from _length(f"{path}.tags", key, value)
    most = _PATTERNS if any("*" in arn for arn in arns) else _ARNS
    if len(arns) > most:
        hint = f"AWS Backup takes {_ARNS} ARNs, or {_PATTERNS} where one of them ends in *"
        yield Fault(f"{path}.arns", "has too many ARNs", str(len(arns)), f"at most {most}", hint)
    for number, arn in enumerate(arns):
        yield from _arn(f"{path}.arns.{number}", arn, dataset.kind)


def _length(path: str, key: str, value: str) -> Iterator[Fault]:
    for what, text, most in (("name", key, _KEY), ("value", value, _VALUE)):
        if not text and what == "name":
            yield Fault(path, "has a tag without a name", "nothing", f"1 to {most} characters")
        if len(text) > most:
            got = f"{len(text)} characters"
            yield Fault(f"{path}.{key[:_KEY]}", f"has too long a {what}", got, f"at most {most} characters")


def _arn(path: str, arn: str, kind: DatasetKind) -> Iterator[Fault]:
    if "*" in arn[:-1]:
        yield Fault(path, "has a * before its end", repr(arn), "* at the end only")
        return
    if kind not in _RESOURCES:
        hint = "what Holdfast pushes is named on the command line, not selected"
        yield Fault(path, f"does nothing for kind {kind}", repr(arn), "no ARNs", hint)
        return
    begins, resource = _RESOURCES[kind]
    parts = arn.split(":", 5)
    if not arn.startswith(begins) or len(parts) < 6 or not parts[5].startswith(resource) or not parts[5]:
        example = begins + ("my-bucket" if kind is DatasetKind.S3 else f"us-east-1:111111111111:{resource}NAME")
        yield Fault(path, f"is no ARN of kind {kind}", repr(arn), f"an ARN such as {example}")
