"""Where a restore puts things: a directory on this machine, or a prefix of a bucket. And what it may never be."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from holdfast.environments.names import Names
from holdfast.restore.errors import BadTarget, TargetOutsideTenant

_URL = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(/(?P<prefix>.*))?", re.ASCII | re.DOTALL)
_FORMS = "a directory, or s3://bucket/prefix"


class _Target(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DirectoryTarget(_Target):
    """A directory; absolute, links resolved."""

    kind: Literal["directory"] = "directory"
    path: str

    @property
    def name(self) -> str:
        """For people."""
        return self.path

    @property
    def last(self) -> str:
        """The last part of it."""
        return Path(self.path).name


class BucketTarget(_Target):
    """A bucket and a prefix; the prefix is empty or ends in a slash."""

    kind: Literal["bucket"] = "bucket"
    bucket: str
    prefix: str
    region: str

    @property
    def name(self) -> str:
        """For people."""
        return f"s3://{self.bucket}/{self.prefix}"

    @property
    def last(self) -> str:
        """The last part of it."""
        return self.prefix.rstrip("/").rpartition("/")[2]


Target = Annotated[DirectoryTarget | BucketTarget, Field(discriminator="kind")]


def parse_target(text: str, *, region: str) -> DirectoryTarget | BucketTarget:
    """Read what was passed to `--to`.

    Args:
        text: a path or `s3://bucket/prefix`.
        region: where the bucket is.

    Raises:
        BadTarget: neither, or a prefix with parts that lead elsewhere.
    """
    if "://" not in text:
        return _directory(text)
    match = _URL.fullmatch(text)
    if match is None:
        raise BadTarget(target=text, problem="this is no address of a bucket", allowed=_FORMS)
    prefix = (match["prefix"] or "").rstrip("/")
    parts = prefix.split("/") if prefix else []
    if any(part in ("", ".", "..") for part in parts) or not prefix.isprintable():
        raise BadTarget(target=text, problem="the prefix has empty, dotted or unprintable parts", allowed=_FORMS)
    return BucketTarget(bucket=match["bucket"], prefix=f"{prefix}/" if prefix else "", region=region)


def check_target(target: DirectoryTarget | BucketTarget, names: Names, home: Path, tenant: str | None) -> None:
    """Refuse a target that is a source, is ours, leads elsewhere, or is not the tenant's.

    Raises:
        BadTarget, TargetOutsideTenant.
    """
    if isinstance(target, BucketTarget):
        _check_bucket(target, names)
    else:
        _check_directory(target, home)
    if tenant is not None and target.last != tenant:
        raise TargetOutsideTenant(target=target.name, tenant=tenant)


def _directory(text: str) -> DirectoryTarget:
    if not text or "\0" in text:
        raise BadTarget(target=repr(text), problem="this is no path", allowed=_FORMS)
    return DirectoryTarget(path=str(Path(os.path.realpath(text))))


def _check_bucket(target: BucketTarget, names: Names) -> None:
    if target.bucket in names.buckets:
        raise BadTarget(
            target=target.name,
            problem="it is a bucket of backups, evidence or logs",
            allowed="a bucket that is no source of restores",
        )


def _check_directory(target: DirectoryTarget, home: Path) -> None:
    path, ours = Path(target.path), home.resolve()
    if path == Path(path.anchor):
        raise BadTarget(target=path, problem="it is the root of the file system", allowed="a directory of its own")
    if path == ours or path in ours.parents or ours in path.parents:
        problem = "it is, holds or lies in Holdfast's own folder"
        raise BadTarget(target=path, problem=problem, allowed="a directory elsewhere")
    if os.path.realpath(path) != str(path):
        raise BadTarget(target=path, problem="a link on the way leads elsewhere", allowed="a path without links")
    if path.exists() and not path.is_dir():
        raise BadTarget(target=path, problem="it is not a directory", allowed="a directory, new or existing")
