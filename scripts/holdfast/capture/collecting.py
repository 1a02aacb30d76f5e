"""One capture: everything an environment is set up as, in a folder of its own, with an index of what is there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from holdfast.aws.sessions import Sessions
from holdfast.capture.canonical import written
from holdfast.capture.errors import CaptureNotWritten
from holdfast.capture.live import Live, NotCaptured, ask_aws
from holdfast.capture.repository import ABOUT, BUNDLE, repository_of
from holdfast.capture.sources import Sources, files_of, states_of
from holdfast.capture.terraform_state import redacted_state

INDEX = "index.json"
INDEX_SCHEMA = "holdfast.configuration-index/1"
ENVIRONMENTS = "environments"
STATES = "terraform-state"


@dataclass
class Captured:
    """What was written.

    Args:
        files: SHA-256 of each file, by path.
        resources: how many resources each file of AWS holds.
        missing: what should be there and is not: the capture is partial.
        notes: what a reader should know.
    """

    environment: str
    account: str
    captured_by: str
    captured_at: datetime
    files: dict[str, str] = field(default_factory=dict)
    resources: dict[str, int] = field(default_factory=dict)
    missing: list[NotCaptured] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def partial(self) -> bool:
        """Whether something that should be there is not."""
        return bool(self.missing)

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "environment": self.environment,
            "account": self.account,
            "captured_by": self.captured_by,
            "captured_at": self.captured_at.isoformat(),
            "files": dict(sorted(self.files.items())),
            "resources": dict(sorted(self.resources.items())),
            "not_captured": [each.document() for each in self.missing],
            "notes": self.notes,
        }


def capture(
    sessions: Sessions, sources: Sources, target: Path, *, say: Callable[[str], None] = lambda _: None
) -> Captured:
    """Write everything below an empty folder.

    Args:
        sessions: AWS, asked as the caller: nobody else may look at everything.
        sources: where the rest lies.
        target: the folder; it should be the owner's only.
        say: told each part.

    Raises:
        ServiceError: AWS does not answer at all.
        StateUnreadable: a state file cannot be read, so nobody knows what in it is secret.
        CaptureNotWritten: the folder cannot be written.
    """
    environment = sessions.environment
    caller = sessions.caller_arn()
    account = caller.split(":")[4]
    captured = Captured(environment.environment, account, caller, sessions.clock.now())
    live = ask_aws(sessions, account, say=say)
    _note(captured, live)
    for path, document in live.documents.items():
        _write(captured, target, path, written(document))
    say("copy the environment files and the Terraform state")
    for name, content in files_of(environment.environment, sources.environment_files).items():
        _write(captured, target, f"{ENVIRONMENTS}/{name}", content)
    for stack, state in states_of(sessions, sources.local_states).items():
        if state is None:
            captured.notes.append(f"stack {stack} has no Terraform state: it is not applied from here")
        else:
            _write(captured, target, f"{STATES}/{stack}.json", written(redacted_state(stack, state)))
    _repository(captured, target, sources.environment_files, say)
    _write(captured, target, INDEX, written({"schema": INDEX_SCHEMA, **captured.document()}))
    return captured


def _note(captured: Captured, live: Live) -> None:
    captured.missing += live.missing
    captured.missing += [NotCaptured(path, "its Region is taken for lost") for path in live.lost]
    captured.resources |= {path: len(each["resources"]) for path, each in live.documents.items()}


def _repository(captured: Captured, target: Path, folder: Path, say: Callable[[str], None]) -> None:
    repository = repository_of(folder)
    if repository is None:
        captured.notes.append(f"{folder} is in no git repository, so there is no bundle")
        return
    say("bundle the repository")
    path = target / BUNDLE
    _make_folder(path)
    problem = repository.bundle(path)
    if problem:
        captured.missing.append(NotCaptured(BUNDLE, problem))
        return
    if repository.changed:
        captured.notes.append("tracked files differ from the commit; the bundle holds what is committed")
    with path.open("rb") as file:
        captured.files[BUNDLE] = hashlib.file_digest(file, "sha256").hexdigest()
    about: Mapping[str, Any] = {"head": repository.head, "changed": repository.changed}
    _write(captured, target, ABOUT, written(about))


def _write(captured: Captured, target: Path, path: str, content: bytes) -> None:
    file = target / path
    _make_folder(file)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise CaptureNotWritten(path=file, problem=error.strerror or error) from error
    if path != INDEX:
        captured.files[path] = hashlib.sha256(content).hexdigest()


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CaptureNotWritten(path=file.parent, problem=error.strerror or error) from error
