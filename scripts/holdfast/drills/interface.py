"""What a kind of drill implements, and the values that pass between it and the engine.

Every value is journalled when its phase ends, so a resumed drill goes on from values and never from memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from holdfast.aws.sessions import Sessions
from holdfast.drills.checks import Check, Probe
from holdfast.drills.context import Drill
from holdfast.drills.sampling import Sampling
from holdfast.environments.model import Environment, Scenario


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Survey(_Value):
    """What preflight must know and only the kind can find out.

    Args:
        principals: who the drill acts as, ARN by purpose.
        skew_seconds: how far the clock that stamps recovery points is ahead of this host's; None when nobody can say.
        sources: local folders and URLs the drill reads from.
    """

    principals: dict[str, str]
    skew_seconds: float | None
    sources: tuple[str, ...] = ()


class CopyTimed(_Value):
    """The job that copied a recovery point to the recovery Region, and how long it took.

    Args:
        job: its id.
        region: the Region that keeps the job.
        began_at: when it was created.
        ended_at: when it was complete.
    """

    job: str
    region: str
    began_at: datetime
    ended_at: datetime

    @property
    def seconds(self) -> float:
        """From one to the other; 0 where the service's clock ran back."""
        return max(0.0, (self.ended_at - self.began_at).total_seconds())


class RecoveryPoint(_Value):
    """The copy a drill restores from.

    Args:
        captured_at: server time at which the capture began: nothing younger is in it.
        committed_at: when it became usable.
        digest: SHA-256 of the one file that tells of all the others.
        subject: key of that file; of a backup set's manifest when None.
        type: what it is, in the words of a record.
        copied: the job that copied it, where a drill found out.
    """

    id: str
    resource: str
    region: str
    account: str
    captured_at: datetime
    committed_at: datetime
    files: int
    bytes: int
    digest: str
    subject: str | None = None
    type: str = "backup set"
    kms_key: str | None = None
    lock_mode: str | None = None
    locked_until: datetime | None = None
    lock_read_at: datetime | None = None
    copied: CopyTimed | None = None


class Selection(_Value):
    """The recovery point, and how much of it is restored; both are missing for a kind that restores nothing.

    Args:
        failed_at: when the disaster is supposed to have happened instead, for a point that is not the newest one.
    """

    point: RecoveryPoint | None = None
    failed_at: datetime | None = None
    sampling: Sampling | None = None
    restore_bytes: int = 0


class Nothing(_Value):
    """There is no recovery point, and why."""

    reason: str


class Restored(_Value):
    """What was written into the target.

    Args:
        failed: what could not be restored, and why; at most some are named, `failures` counts all.
        warnings: what was restored, but not at the first attempt or not from where it should be; likewise.
        location: where it was restored to, when that is not the drill's folder.
        isolation: what keeps that place apart, in words; of the drill's folder when empty.
    """

    files: int
    bytes: int
    failures: int = 0
    failed: tuple[str, ...] = ()
    warned: int = 0
    warnings: tuple[str, ...] = ()
    location: str | None = None
    isolation: tuple[str, ...] = ()


class Verified(_Value):
    """What the checks say of the target.

    Args:
        newest_committed: server time of the newest committed data found in what was restored.
    """

    checks: tuple[Check, ...]
    newest_committed: datetime | None = None


class Probed(_Value):
    """The probes of a drill and what follows from them."""

    probes: tuple[Probe, ...] = ()
    checks: tuple[Check, ...] = ()


class Left(_Value):
    """Something a drill made and cannot take away yet."""

    resource: str
    because: str
    until: datetime | None = None


class Cleaned(_Value):
    """What became of everything a drill made.

    Args:
        removed: what is gone.
        left: what stays on purpose until a date.
        orphaned: what should be gone and is not.
    """

    created: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    left: tuple[Left, ...] = ()
    orphaned: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """The clean-up as a record states it."""
        return self.model_dump(mode="json")


def together(parts: Iterable[Cleaned]) -> Cleaned:
    """Several clean-ups as one."""
    every = list(parts)
    return Cleaned(
        created=tuple(each for part in every for each in part.created),
        removed=tuple(each for part in every for each in part.removed),
        left=tuple(each for part in every for each in part.left),
        orphaned=tuple(each for part in every for each in part.orphaned),
    )


class Provenance(_Value):
    """What a drill speaks of, read when it is measured, so that a drill killed while it is recorded says the same.

    Args:
        commit: the git commit of the environment files; None outside a repository.
        commit_changed: whether files differ from it.
        configuration: SHA-256 of the resolved environment.
        files: SHA-256 of the synthesized stacks and their plans, by name.
    """

    tool_version: str
    commit: str | None = None
    commit_changed: bool | None = None
    configuration: str
    files: dict[str, str] = {}


class Kind(Protocol):
    """One way to drill. Each method may be called again after a crash and must then do the same thing once more."""

    @property
    def name(self) -> str:
        """What users call it."""

    @property
    def proves(self) -> str:
        """What a pass shows, in one sentence."""

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios it can simulate, its default first; empty when it has none."""

    @property
    def restores_dataset(self) -> bool:
        """Whether it restores one dataset (and maybe one tenant), or works on the whole environment."""

    def survey(self, drill: Drill) -> Survey:
        """Find out what preflight must know. Errors refuse the drill."""

    def select(self, drill: Drill) -> Selection | Nothing:
        """Choose the recovery point and the members to restore."""

    def restore(self, drill: Drill, selection: Selection) -> Restored:
        """Write the selection into `drill.target`, which is empty."""

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """Ask what was restored whether it is right, reading it anew."""

    def probe(self, drill: Drill, selection: Selection) -> Probed:
        """Try what must be refused; nothing for kinds without probes."""

    def clean_up(self, drill: Drill) -> Cleaned:
        """Take away what the kind made outside the scratch folder, going by the journal alone."""

    def sweep(self, environment: Environment, sessions: Sessions, living: frozenset[str]) -> Cleaned:
        """Take away what earlier drills had to leave until a date that is past; `living` are ids to keep off."""
