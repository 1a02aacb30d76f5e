"""Put what was checked in a bucket, one PutObject a file; harmless to repeat. Written as whoever runs the restore."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.translate import code_of, translated
from holdfast.backupsets.entries import Kind
from holdfast.restore.differing import SHA256, head, key_of
from holdfast.restore.errors import StagedContentLost, StagingNotUsable, TargetChanged
from holdfast.restore.expected import Name
from holdfast.restore.placing import Placed
from holdfast.restore.target import BucketTarget

RESTORE = "holdfast-restore"
"""Metadata of an object a restore wrote: id of the restore."""


def upload(
    s3: Any, staged: Path, target: BucketTarget, names: Iterable[Name], *, restore_id: str, overwrite: bool
) -> Placed:
    """Write files below the prefix; what is there with the same digest is left.

    Raises:
        TargetChanged: a key was taken since the plan, by other content.
        StagedContentLost: a file is neither staged nor there.
        ServiceError: S3 refuses or does not answer.
    """
    done = Placed()
    for name in names:
        key = key_of(target, name.path)
        if name.kind is not Kind.FILE or key is None:
            continue
        there = head(s3, target.bucket, key)
        if there is not None and there.get("Metadata", {}).get(SHA256) == name.digest:
            done.there += 1
            continue
        if there is not None and not overwrite:
            raise TargetChanged(target=f"s3://{target.bucket}/{key}", what="another object has the key")
        _put(s3, staged, target, name, key, restore_id, overwrite=overwrite)
        done.moved += 1
    return done


def is_uploaded(s3: Any, target: BucketTarget, name: Name) -> str | None:
    """What is wrong with an object, read back as a whole; None when it is as it was checked."""
    key = key_of(target, name.path)
    with translated("read back what was restored"):
        try:
            body = s3.get_object(Bucket=target.bucket, Key=key)["Body"]
        except ClientError as error:
            if code_of(error) in ("NoSuchKey", "404"):
                return "it is missing"
            raise
        digest = hashlib.sha256()
        for piece in body.iter_chunks(1024 * 1024):
            digest.update(piece)
    found = digest.hexdigest()
    return None if found == name.digest else f"SHA-256 {found[:12]}… where {name.digest[:12]}… was checked"


def _put(
    s3: Any, staged: Path, target: BucketTarget, name: Name, key: str, restore_id: str, *, overwrite: bool
) -> None:
    path = os.fsencode(staged) + b"/" + name.path
    condition = {} if overwrite else {"IfNoneMatch": "*"}
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise StagedContentLost(path=name.text) from None
    except OSError as error:
        raise StagingNotUsable(path=staged, problem=error.strerror or error) from error
    with os.fdopen(handle, "rb") as file, translated("restore"):
        try:
            s3.put_object(
                Bucket=target.bucket,
                Key=key,
                Body=file,
                ChecksumSHA256=base64.b64encode(bytes.fromhex(name.digest)).decode(),
                Metadata={SHA256: name.digest, RESTORE: restore_id},
                **condition,
            )
        except ClientError as error:
            if code_of(error) in ("PreconditionFailed", "412"):
                raise TargetChanged(target=f"s3://{target.bucket}/{key}", what="another object has the key") from None
            raise
