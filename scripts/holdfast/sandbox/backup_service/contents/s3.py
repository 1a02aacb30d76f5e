"""A bucket's current objects, captured and restored.

AWS Backup asks for versioning on the bucket, restores the current version of each object with its metadata and tags,
and never into a bucket that has no versioning.
https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html
https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-s3.html
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

from botocore.exceptions import ClientError

from holdfast.sandbox.backup_service.arns import resource_name
from holdfast.sandbox.backup_service.contents.content import Content, Part
from holdfast.sandbox.backup_service.contents.errors import JobFailure
from holdfast.sandbox.service.blobs import Blobs

_WORKERS = 8
_KEPT = ("ContentType", "ContentEncoding", "ContentLanguage", "ContentDisposition", "CacheControl", "Metadata")


def capture(s3: Any, blobs: Blobs, arn: str) -> Content:
    """Read every current object of a bucket.

    Raises:
        JobFailure: no such bucket, no versioning, or an object cannot be read.
    """
    bucket = resource_name(arn)
    _require_versioning(s3, bucket)
    with ThreadPoolExecutor(_WORKERS) as pool:
        parts = tuple(pool.map(lambda key: _object(s3, blobs, bucket, key), _keys(s3, bucket)))
    return Content("S3", parts, {"bucket": bucket})


def restore(s3: Any, blobs: Blobs, content: Content, metadata: dict[str, str], region: str) -> str:
    """Write the objects into the destination bucket, a new one where the metadata says so; returns its ARN.

    Raises:
        JobFailure: the metadata names no destination, or it cannot be written.
    """
    bucket = metadata.get("DestinationBucketName", "")
    if not bucket:
        raise JobFailure("DestinationBucketName is required to restore S3")
    if metadata.get("NewBucket", "false").lower() == "true":
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        _call(s3.create_bucket, Bucket=bucket, **where)
        _call(s3.put_bucket_versioning, Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    _require_versioning(s3, bucket)
    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(lambda part: _put(s3, blobs, bucket, part), content.parts))
    return f"arn:aws:s3:::{bucket}"


def metadata_of(content: Content) -> dict[str, str]:
    """What a restore of it may be asked with."""
    return {"DestinationBucketName": content.setting["bucket"], "NewBucket": "false", "Encrypted": "false"}


def _keys(s3: Any, bucket: str) -> Iterator[str]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        yield from (each["Key"] for each in page.get("Contents", []))


def _object(s3: Any, blobs: Blobs, bucket: str, key: str) -> Part:
    found = _call(s3.get_object, Bucket=bucket, Key=key)
    body = found["Body"].read()
    about = {name: found[name] for name in _KEPT if found.get(name)}
    tags = _call(s3.get_object_tagging, Bucket=bucket, Key=key).get("TagSet", [])
    if tags:
        about["Tagging"] = urlencode({each["Key"]: each["Value"] for each in tags})
    return Part(key, blobs.put(body), len(body), about)


def _put(s3: Any, blobs: Blobs, bucket: str, part: Part) -> None:
    _call(s3.put_object, Bucket=bucket, Key=part.name, Body=blobs.get(part.digest), **part.about)


def _require_versioning(s3: Any, bucket: str) -> None:
    if _call(s3.get_bucket_versioning, Bucket=bucket).get("Status") != "Enabled":
        raise JobFailure(f"Versioning is not enabled on {bucket}")


def _call(method: Any, **given: Any) -> Any:
    try:
        return method(**given)
    except ClientError as error:
        answer = error.response.get("Error", {})
        raise JobFailure(f"{error.operation_name}: {answer.get('Code')}: {answer.get('Message')}") from error
