"""Open exactly the backup set a plan names, under whatever role restores."""

from __future__ import annotations

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.backupsets.catalog import reader_of
from holdfast.backupsets.documents import NotCommitted, list_sets, read_documents
from holdfast.backupsets.errors import InvalidSetDocument
from holdfast.backupsets.fetch import Entries
from holdfast.backupsets.set_view import SetView
from holdfast.clock import Clock
from holdfast.restore.plan import Item


def open_item(sessions: Sessions, region: str, item: Item, *, role: str | None, clock: Clock) -> Entries:
    """The set of one item, read from the bucket anew.

    Args:
        sessions: whose role may read it.
        region: which copy.
        item: which set, with the digest of its manifest.
        role: purpose of the role to read as; None for whoever holds `sessions`.
        clock: for waiting.

    Raises:
        InvalidSetDocument: it does not count, or its manifest is not the one that was planned.
        ServiceError: the Region refuses or does not answer.
    """
    reader = reader_of(sessions, region, role=role, clock=clock)
    what = f"backup set {item.set_id}"
    with translated("open the backup set"):
        versions = list_sets(reader, f"{item.folder.sets}{item.set_id}/").get((item.folder, item.set_id))
        try:
            documents = read_documents(reader, item.folder, item.set_id, versions)
        except NotCommitted as error:
            raise InvalidSetDocument(what=what, problem=error) from error
    if documents.commit.manifest_sha256 != item.manifest_sha256:
        raise InvalidSetDocument(what=what, problem="it is no longer the one that was planned")
    view = SetView(
        item.folder,
        item.set_id,
        (region,),
        committed=True,
        manifest=documents.manifest,
        commit=documents.commit,
        notes=documents.notes,
    )
    return Entries(reader, view, documents.manifest)
