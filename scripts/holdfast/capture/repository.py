"""The git repository the environment is declared in, as one bundle: `git clone configuration.bundle` brings it back.

What is committed is in it, all branches and tags; what is not committed is not, and is told.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from holdfast.evidence.provenance import commit_of

BUNDLE = "repository/repository.bundle"
ABOUT = "repository/repository.json"
_SECONDS = 600


@dataclass(frozen=True)
class Repository:
    """A repository at one moment.

    Args:
        root: its folder.
        head: the commit checked out.
        changed: whether tracked files differ from it.
    """

    root: Path
    head: str
    changed: bool

    def bundle(self, target: Path) -> str | None:
        """Write the bundle; why it could not be written, if it could not."""
        return _problem(["git", "-C", str(self.root), "bundle", "create", "--quiet", str(target), "--all", "HEAD"])


def repository_of(folder: Path) -> Repository | None:
    """The repository a folder lies in; None outside of one, and where git is not installed."""
    commit = commit_of(folder)
    root = _output(["git", "-C", str(folder), "rev-parse", "--show-toplevel"])
    if commit is None or root is None:
        return None
    return Repository(Path(root), commit.id, commit.changed)


def bundle_problem(bundle: Path, head: str, scratch: Path) -> str | None:
    """Why a bundle does not give back the commit, if it does not: it is cloned into an empty folder to see.

    Args:
        bundle: the file.
        head: the commit that must be in it.
        scratch: a folder that does not exist yet.
    """
    cloned = _problem(["git", "clone", "--quiet", "--bare", str(bundle), str(scratch)])
    if cloned:
        return cloned
    return _problem(["git", "-C", str(scratch), "cat-file", "-e", f"{head}^{{commit}}"]) and f"it lacks {head[:12]}"


def _problem(command: list[str]) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except FileNotFoundError:
        return "git is not installed"
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"git did not end: {type(error).__name__}"
    if done.returncode == 0:
        return None
    lines = done.stderr.strip().splitlines()
    return f"git refuses: {lines[-1] if lines else done.returncode}"


def _output(command: list[str]) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
