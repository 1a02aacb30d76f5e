"""Reaching for other tenants with a session that may read one: IAM has to refuse every time.

The session is the drill runner's, narrowed by a session policy to the tenant's own folders, in the same patterns that
the restore operator's role has for its session tag. AWS and the emulator evaluate it as they evaluate the role.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.elevation import Task, elevate
from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import code_of, translated
from holdfast.backupsets.catalog import ROLE, reader_of
from holdfast.backupsets.layout import NO_TENANT
from holdfast.drills.checks import Outcome, Probe
from holdfast.drills.context import Drill
from holdfast.drills.refusals import DENIED, refusal_of
from holdfast.drills.tenant.leaks import other_tenants
from holdfast.errors import ServiceError

_MOST = 20
"""So many other tenants are reached for."""


def reach_for_others(drill: Drill, region: str) -> tuple[Probe, ...]:
    """Read, list, write and delete what is another tenant's; and, as a control, read what is one's own.

    Raises:
        ServiceError: the narrowed session is not given out, or S3 does not answer.
    """
    scoped = scoped_sessions(drill, region)
    s3, bucket = scoped.client("s3", region), drill.names.bucket_in(region)
    principal = scoped.caller_arn()
    probes = [_own(drill, region, s3, bucket, principal)]
    for tenant in [*sorted(other_tenants(drill))[:_MOST], NO_TENANT]:
        for call, key, act in _attempts(drill, region, s3, bucket, tenant):
            probes.append(_tried(call, tenant, key, bucket, principal, act))
    return tuple(probes)


def scoped_sessions(drill: Drill, region: str) -> Sessions:
    """Sessions of the drill runner that may touch one tenant of one dataset and nothing else.

    Raises:
        ServiceError: STS refuses or does not answer.
    """
    policy = tenant_policy(drill.names.bucket_in(region), str(drill.spec.dataset), str(drill.spec.tenant))
    tasks = [Task(ROLE, policy=policy)]
    return elevate(drill.sessions, tasks, region=region, factor=None, name=f"holdfast-{drill.spec.tenant}")[0]


def tenant_policy(bucket: str, dataset: str, tenant: str) -> dict[str, Any]:
    """What a session for one tenant may do at most."""
    arn = f"arn:aws:s3:::{bucket}"
    prefixes = [f"objects/{dataset}/{tenant}/*", f"sets/{dataset}/{tenant}/*"]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["kms:Decrypt", "sts:GetCallerIdentity"], "Resource": "*"},
            {"Effect": "Allow", "Action": ["s3:Get*"], "Resource": [f"{arn}/{prefix}" for prefix in prefixes]},
            {
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:ListBucketVersions"],
                "Resource": [arn],
                "Condition": {"StringLike": {"s3:prefix": prefixes}},
            },
        ],
    }


def _attempts(drill: Drill, region: str, s3: Any, bucket: str, tenant: str) -> Iterator[tuple[str, str, Any]]:
    folder = f"{drill.spec.dataset}/{tenant}"
    key = _some_key(drill, region, f"sets/{folder}/") or f"sets/{folder}/none/manifest.json"
    content = _some_key(drill, region, f"objects/{folder}/") or f"objects/{folder}/00/{'0' * 64}"
    yield "GetObject", key, lambda: s3.get_object(Bucket=bucket, Key=key)
    yield "GetObject", content, lambda: s3.get_object(Bucket=bucket, Key=content)
    yield "HeadObject", content, lambda: s3.head_object(Bucket=bucket, Key=content)
    yield (
        "ListObjectVersions",
        f"sets/{folder}/",
        lambda: s3.list_object_versions(Bucket=bucket, Prefix=f"sets/{folder}/"),
    )
    planted = f"sets/{folder}/written-by-another-tenant"
    yield "PutObject", planted, lambda: s3.put_object(Bucket=bucket, Key=planted, Body=b"")
    yield "DeleteObject", planted, lambda: s3.delete_object(Bucket=bucket, Key=planted)


def _some_key(drill: Drill, region: str, prefix: str) -> str | None:
    with translated("look for something of another tenant"):
        found = next(reader_of(drill.sessions, region, clock=drill.clock).versions(prefix), None)
    return found.key if found else None


def _own(drill: Drill, region: str, s3: Any, bucket: str, principal: str) -> Probe:
    """The control: a session that is refused everything would make every refusal worthless."""
    prefix = f"sets/{drill.spec.dataset}/{drill.spec.tenant}/"
    key = _some_key(drill, region, prefix) or f"{prefix}none"
    outcome, reason = Outcome.PASSED, ""
    try:
        with translated("read the tenant's own set"):
            s3.get_object(Bucket=bucket, Key=key)
    except ServiceError as error:
        outcome, reason = Outcome.FAILED, error.message
    return Probe(
        id="own-set-is-readable",
        call="GetObject",
        principal=principal,
        resource=f"s3://{bucket}/{key}",
        expected="nobody",
        outcome=outcome,
        refused_by="nobody" if outcome is Outcome.PASSED else "unknown",
        reason=reason,
    )


def _tried(call: str, tenant: str, key: str, bucket: str, principal: str, act: Any) -> Probe:
    by, code, sentence = "nobody", None, None
    outcome, reason = Outcome.FAILED, "it was accepted"
    with translated(f"try {call}"):
        try:
            act()
        except ClientError as error:
            status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
            refusal, code = refusal_of(error), code_of(error)
            if code in DENIED:
                by, sentence, outcome, reason = "IAM", refusal.message_class, Outcome.PASSED, ""
            elif status < 500:
                reason = f"IAM let it pass; S3 answers {code}"
            else:
                raise
    kind = "content" if key.startswith("objects/") else "sets"
    return Probe(
        id=f"{'whole-dataset' if tenant == NO_TENANT else tenant}-{kind}-{call}",
        call=call,
        principal=principal,
        resource=f"s3://{bucket}/{key}",
        expected="IAM",
        outcome=outcome,
        refused_by=by,
        error_code=code,
        message_class=sentence,
        reason=reason,
    )
