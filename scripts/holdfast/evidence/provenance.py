"""What a record was made from: the commit, and the digest of the resolved environment."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

from holdfast.environments.model import Environment
from holdfast.evidence.strict_json import canonical

_GIT_SECONDS = 10


@dataclass(frozen=True)
class Commit:
    """A git commit, and whether tracked files differ from it."""

    id: str
    changed: bool


def commit_of(folder: Path) -> Commit | None:
    """The commit checked out in `folder`; None where git is not installed, does not answer, or knows no commit."""
    head = _git(folder, "rev-parse", "--verify", "HEAD")
    status = _git(folder, "status", "--porcelain", "--untracked-files=no")
    if head is None or status is None:
        return None
    return Commit(id=head.strip(), changed=bool(status.strip()))


def digest_of(environment: Environment) -> str:
    """SHA-256 of an environment with everything resolved, the same on every machine."""
    return hashlib.sha256(canonical(environment.document())).hexdigest()


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
