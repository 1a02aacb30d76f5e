"""Under which key the objects of a backup lie, as S3 says, in both Regions."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.second_pass import Patience, run_all
from holdfast.aws.translate import code_of, translated
from holdfast.backupsets.catalog import ROLE, reader_of
from holdfast.backupsets.documents import list_sets
from holdfast.backupsets.entries import Entry
from holdfast.backupsets.layout import folder_of
from holdfast.backupsets.reading import Reader
from holdfast.backupsets.set_view import SetView
from holdfast.drills.checks import Check, CheckKind, compare
from holdfast.drills.context import Drill
from holdfast.drills.lock_reading import keys_needed
from holdfast.drills.lost_key import backup_key
from holdfast.drills.recovery_points import sets_in
from holdfast.drills.restored_tree import Names


def keys_of_objects(drill: Drill, view: SetView, files: Iterable[Entry]) -> Iterator[Check]:
    """In each Region, whether the objects these files are made of lie under that Region's own key.

    The set's own documents and lists are among them; of the content at most 2000 objects, drawn with the drill's seed.

    Raises:
        ServiceError: S3 or KMS refuses or does not answer.
    """
    keys = keys_needed(view, files, drill.rng)
    for region in (drill.environment.regions.primary, drill.environment.regions.recovery):
        yield _in(drill, region, keys)


def _in(drill: Drill, region: str, keys: list[str]) -> Check:
    own = backup_key(drill.sessions, region).names
    s3, reader = drill.sessions.client("s3", region, role=ROLE), reader_of(drill.sessions, region, clock=drill.clock)
    wrong = Names()

    def look(key: str) -> None:
        found = _key_of(s3, reader, key)
        if found not in own:
            wrong.add(key.encode(), f"under {found or 'no key of KMS'}")

    patience = Patience(drill.clock, random.Random())  # noqa: S311  # spreads waits, no secret
    with translated(f"look at the keys of objects in {region}"):
        run_all(keys, look, doing="look at keys", name=lambda key: key, patience=patience)
    return compare(
        f"{region}-objects-under-own-key",
        CheckKind.KEY,
        expected=f"{len(keys)} objects under the Region's own key",
        observed=f"{len(keys) - wrong.count} objects under the Region's own key",
        because=f"not readable with the key of {region} alone: {wrong.words}",
    )


def _key_of(s3: Any, reader: Reader, key: str) -> str | None:
    """The key of the current version, or of the newest one when a delete marker hides it."""
    which: dict[str, str] = {}
    for _ in range(2):
        try:
            found: str | None = s3.head_object(Bucket=reader.bucket, Key=key, **which).get("SSEKMSKeyId")
        except ClientError as error:
            if code_of(error) not in ("404", "NoSuchKey", "405", "MethodNotAllowed"):
                raise
        else:
            return found
        version = next(reader.versions(key, exactly=True), None)
        if version is None:
            break
        which = {"VersionId": version.version_id}
    return "no object at all"


def every_set_has_a_copy(drill: Drill) -> Check:
    """Whether each set of the dataset that is committed in the primary Region counts in the recovery Region as well.

    Which sets are committed there is told by the names of their commits, so nothing is read under the lost key.

    Raises:
        ServiceError: a Region refuses or does not answer.
    """
    regions, spec = drill.environment.regions, drill.spec
    folder = folder_of(drill.environment, str(spec.dataset), spec.tenant)
    with translated("list the sets of the primary Region"):
        there = list_sets(reader_of(drill.sessions, regions.primary, clock=drill.clock), folder.sets)
    committed = {set_id for (_, set_id), versions in there.items() if versions.commit}
    readable = {view.set_id for view in sets_in(drill, regions.recovery) if view.committed and view.folder == folder}
    lost = Names()
    for set_id in sorted(committed - readable):
        lost.add(set_id.encode())
    return compare(
        "every-set-has-a-copy-under-the-other-key",
        CheckKind.KEY,
        expected=f"{len(committed)} sets",
        observed=f"{len(committed) - lost.count} sets",
        because=f"lost with the key: {lost.words}",
    )
