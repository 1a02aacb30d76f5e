"""Compare the records here with those in the locked bucket, version by version, and look at each lock.

The bucket is what cannot be cut short: a record that is missing here but locked there was removed here, and the other
way round it was never stored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from holdfast.aws.endpoints import endpoints_for
from holdfast.aws.sessions import Sessions
from holdfast.clock import Clock
from holdfast.environments.model import Environment
from holdfast.evidence.chain import Named
from holdfast.evidence.errors import EvidencePathMissing, NothingToVerify
from holdfast.evidence.keys import PublicKey, TrustedKey
from holdfast.evidence.local_store import KEY_NAME, evidence_folder
from holdfast.evidence.locked_store import PREFIX, LockedStore, StoredObject, StoredVersion
from holdfast.evidence.of_environment import locked_store_of
from holdfast.evidence.refusals import KeyFileDamaged, Refusal
from holdfast.evidence.verification import (
    NOTHING_ELSE,
    Finding,
    Trust,
    Verification,
    Wanted,
    verify,
    verify_bytes,
)


class MissingInStore(Refusal):
    """Known here, not in the locked bucket."""

    template = "not in the locked bucket {bucket}"
    hint = "the next record that can be stored takes it along"


class MissingLocally(Refusal):
    """In the locked bucket, not here: the local copy is incomplete."""

    template = "in the locked bucket, but not in the local folder"


class HiddenInStore(Refusal):
    """A delete marker hides a locked record."""

    template = "a delete marker hides it in the bucket"


class OverwrittenInStore(Refusal):
    """A second version lies over a locked record."""

    template = "{count} versions in the bucket; the first one is the record"


class NotLockedInStore(Refusal):
    """The object can be deleted."""

    template = "not locked as it should be: {problem}"


def compare(
    folder: Path,
    locked: LockedStore,
    *,
    keys: Sequence[TrustedKey] = (),
    wanted: Wanted = NOTHING_ELSE,
    clock: Clock,
) -> Verification:
    """Verify every record in the bucket, its lock, those in the folder, and that both hold the same ones.

    Args:
        folder: an environment's evidence folder; it may be empty or missing.
        locked: the bucket.
        keys: the keys to trust. With none, those that lie beside the records here and in the bucket.
        wanted: what else must hold.
        clock: today's; a lock that has ended is a finding.

    Raises:
        ServiceError: the bucket refuses or does not answer.
        NothingToVerify: there is no record on either side.
    """
    versions: dict[str, list[StoredVersion]] = defaultdict(list)
    for version in locked.versions():
        versions[version.name].append(version)
    findings: list[Finding] = []
    objects: dict[str, StoredObject] = {}
    for name, every in sorted(versions.items()):
        stored, refusals = _look_at(name, every, locked, clock)
        findings += [Finding.of(_url(locked, name), refusal) for refusal in refusals]
        if stored:
            objects[name] = stored
    read = [(_url(locked, name), each.data) for name, each in objects.items() if not KEY_NAME.fullmatch(name)]
    trusted = keys or _keys_in(objects)
    there, refused = verify_bytes(read, keys=trusted, clock=clock, environment=wanted.environment)
    here = _verify_here(folder, keys, wanted.environment, clock)
    if not (here.records or here.findings or read or findings):
        raise NothingToVerify(path=_url(locked, ""))
    findings += [*refused, *here.findings, *_difference(here.records, there, locked.bucket)]
    known = {record.digest for _, record in here.records}
    records = (*here.records, *((where, record) for where, record in there if record.digest not in known))
    return Verification(records, (*findings, *wanted.check(records)), here.trust)


def compare_environment(
    environment: Environment, home: Path, *, keys: Sequence[TrustedKey], wanted: Wanted, clock: Clock
) -> Verification:
    """`compare` for an environment, with the credentials of whoever calls.

    Raises:
        HoldfastError: as `compare`, or the sandbox does not run.
    """
    sessions = Sessions(environment, endpoints_for(environment, home), clock=clock)
    name = environment.environment
    wanted, folder = replace(wanted, environment=name), evidence_folder(home, name)
    return compare(folder, locked_store_of(sessions, clock), keys=keys, wanted=wanted, clock=clock)


def _url(locked: LockedStore, name: str) -> str:
    return f"s3://{locked.bucket}/{PREFIX}{name}"


def _look_at(
    name: str, every: Sequence[StoredVersion], locked: LockedStore, clock: Clock
) -> tuple[StoredObject | None, list[Refusal]]:
    """The first version, which is the record, and what is wrong with how it is kept."""
    refusals: list[Refusal] = []
    if any(each.is_delete_marker and each.is_latest for each in every):
        refusals.append(HiddenInStore())
    written = sorted((each for each in every if not each.is_delete_marker), key=lambda each: each.last_modified)
    if len(written) > 1:
        refusals.append(OverwrittenInStore(count=len(written)))
    if not written:
        return None, refusals
    stored = locked.get(name, written[0].version_id)
    if stored.mode not in {locked.mode, "COMPLIANCE"}:
        refusals.append(NotLockedInStore(problem=f"its mode is {stored.mode or 'none'}, not {locked.mode}"))
    elif stored.retain_until is None:
        refusals.append(NotLockedInStore(problem="its lock has no end date"))
    elif stored.retain_until <= clock.now():
        refusals.append(NotLockedInStore(problem=f"its lock ended {stored.retain_until:%Y-%m-%d}"))
    return stored, refusals


def _keys_in(objects: dict[str, StoredObject]) -> list[TrustedKey]:
    keys = []
    for name, stored in objects.items():
        if KEY_NAME.fullmatch(name):
            try:
                keys.append(TrustedKey(PublicKey.from_pem(stored.data)))
            except KeyFileDamaged:
                continue
    return keys


def _verify_here(folder: Path, keys: Sequence[TrustedKey], environment: str | None, clock: Clock) -> Verification:
    try:
        return verify(folder, keys=keys, wanted=Wanted(environment=environment), clock=clock)
    except (NothingToVerify, EvidencePathMissing):
        return Verification((), (), Trust.PASSED if keys else Trust.SAME_FOLDER)


def _difference(here: Sequence[Named], there: Sequence[Named], bucket: str) -> list[Finding]:
    local = {record.digest: where for where, record in here}
    remote = {record.digest: where for where, record in there}
    missing = [Finding.of(local[digest], MissingInStore(bucket=bucket)) for digest in local.keys() - remote.keys()]
    extra = [Finding.of(remote[digest], MissingLocally()) for digest in remote.keys() - local.keys()]
    return sorted(missing + extra, key=lambda finding: finding.where)
