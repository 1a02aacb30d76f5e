"""Compare the files a record speaks of with those that lie in a folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from holdfast.evidence.errors import EvidenceUnreadable
from holdfast.evidence.record import Subject
from holdfast.evidence.refusals import Refusal

_SHORT = 12


class SubjectMissing(Refusal):
    """A file the record speaks of is not there."""

    template = "subject {name}: no such file"


class SubjectNotFile(Refusal):
    """A link, a folder or a device lies where a file the record speaks of should be."""

    template = "subject {name}: not a regular file in the folder itself"


class SubjectMismatch(Refusal):
    """A file is not the one the record speaks of."""

    template = "subject {name}: SHA-256 is {got}…, recorded was {expected}…"


def check_subjects(subjects: tuple[Subject, ...], folder: Path) -> Iterator[Refusal]:
    """What differs between the recorded digests and the files of these names below `folder`.

    Names are plain relative paths (the record's format allows no others), and no link below `folder` is followed.

    Raises:
        EvidenceUnreadable: the system refuses to read a file.
    """
    for subject in subjects:
        path, expected = folder / subject.name, subject.digest.sha256
        steps = [path, *path.parents[: subject.name.count("/")]]
        if not os.path.lexists(path):
            yield SubjectMissing(name=subject.name)
        elif any(step.is_symlink() for step in steps) or not path.is_file():
            yield SubjectNotFile(name=subject.name)
        elif (got := _digest(path)) != expected:
            yield SubjectMismatch(name=subject.name, got=got[:_SHORT], expected=expected[:_SHORT])


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EvidenceUnreadable(path=path, reason=error.strerror) from error
