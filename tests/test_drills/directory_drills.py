"""A kind of drill that copies a local folder, for tests of the engine: everything it does is real but AWS."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from holdfast.aws.endpoints import Endpoints
from holdfast.aws.sessions import Sessions
from holdfast.clock import Clock, SystemClock
from holdfast.drills.checks import CheckKind, compare
from holdfast.drills.interface import (
    Cleaned,
    Nothing,
    Probed,
    Provenance,
    RecoveryPoint,
    Restored,
    Selection,
    Survey,
    Verified,
)
from holdfast.drills.result import DrillResult
from holdfast.drills.sampling import draw
from holdfast.drills.surroundings import Surroundings
from holdfast.environments.loading import load_environment
from holdfast.environments.model import Environment, Scenario
from holdfast.evidence.environment_records import Recorded

REPOSITORY = Path(__file__).parents[2]


@dataclass
class DirectoryKind:
    """Restores `source` by copying it; the manifest is the source itself.

    Args:
        at: called with the name of each method when it is entered, to break things there.
    """

    source: Path
    skew: float | None = 0.0
    age: timedelta = timedelta(minutes=10)
    at: Callable[[str], None] = lambda _: None
    name: str = "directory"
    proves: str = "that a folder can be copied"
    scenarios: tuple[Scenario, ...] = (Scenario.CORRUPTION, Scenario.REGION_LOSS)
    restores_dataset: bool = True

    def survey(self, drill):
        self.at("survey")
        return Survey(
            principals={"caller": "arn:aws:iam::000000000000:root"}, skew_seconds=self.skew, sources=(str(self.source),)
        )

    def select(self, drill):
        self.at("select")
        files = self._files()
        if not files:
            return Nothing(reason=f"{self.source.name} is empty")
        captured = drill.failed_at - self.age
        size = sum(len(content) for content in files.values())
        point = RecoveryPoint(
            id="point-1",
            resource=f"file://{self.source}",
            region="us-west-2",
            account="000000000000",
            captured_at=captured,
            committed_at=captured + timedelta(minutes=1),
            files=len(files),
            bytes=size,
            digest=hashlib.sha256(json.dumps(sorted(files)).encode()).hexdigest(),
        )
        sampling = draw(len(files), drill.spec.sample, drill.spec.seed)
        return Selection(point=point, sampling=sampling, restore_bytes=size)

    def restore(self, drill, selection):
        self.at("restore")
        for name, content in self._sample(selection).items():
            with drill.step("copy", name=name) as step:
                (drill.target / name).write_bytes(content)
                step.done(bytes=len(content))
        return Restored(files=selection.sampling.size, bytes=selection.restore_bytes)

    def verify(self, drill, selection, restored):
        self.at("verify")
        expected = {name: _digest(content) for name, content in self._sample(selection).items()}
        found = {path.name: _digest(path.read_bytes()) for path in drill.target.iterdir()}
        check = compare("every-file", CheckKind.CHECKSUM, expected=expected, observed=found)
        return Verified(checks=(check,), newest_committed=selection.point.captured_at)

    def probe(self, drill, selection):
        self.at("probe")
        return Probed()

    def clean_up(self, drill):
        self.at("clean_up")
        return Cleaned()

    def sweep(self, environment, sessions, living):
        return Cleaned()

    def _files(self):
        return {path.name: path.read_bytes() for path in sorted(self.source.iterdir())}

    def _sample(self, selection):
        files = self._files()
        members = selection.sampling.members()
        return {name: content for n, (name, content) in enumerate(files.items()) if members is None or n in members}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class FileRecorder:
    """Keeps results as files, one a drill."""

    folder: Path

    def provenance(self) -> Provenance:
        return Provenance(tool_version="0", configuration="0" * 64)

    def record(self, result: DrillResult) -> Recorded:
        self.folder.mkdir(parents=True, exist_ok=True)
        path, text = self.folder / f"{result.drill_id}.json", json.dumps(result.document())
        if path.exists():
            assert path.read_text() == text, "the same drill is recorded twice, differently"
        else:
            path.write_text(text)
        return self._recorded(path)

    def _recorded(self, path: Path) -> Recorded:
        return Recorded(path=str(path), digest=_digest(path.read_bytes()))

    def verdicts(self) -> list[str]:
        return [json.loads(path.read_text())["verdict"] for path in sorted(self.folder.glob("*.json"))]


@dataclass
class Ground:
    """A home folder, a source with three files, and the surroundings of drills there."""

    home: Path
    clock: Clock = field(default_factory=SystemClock)
    environment: Environment = field(
        default_factory=lambda: load_environment("sandbox", REPOSITORY / "environments").environment
    )

    def __post_init__(self) -> None:
        self.source = self.home.parent / "source"
        self.source.mkdir(exist_ok=True)
        for number in range(3):
            (self.source / f"file-{number}").write_bytes(bytes([number]) * 100)
        self.kind = DirectoryKind(self.source)
        self.recorder = FileRecorder(self.home / "evidence")
        self.said: list[str] = []
        self.run: str | None = None
        self.rng = random.SystemRandom()

    @property
    def surroundings(self) -> Surroundings:
        nowhere = Endpoints(default="http://127.0.0.1:9", access_key="000000000000", secret_key="none", run=self.run)
        return Surroundings(
            environment=self.environment,
            home=self.home,
            sessions=Sessions(self.environment, nowhere, clock=self.clock),
            recorder=self.recorder,
            kinds={"directory": self.kind},
            clock=self.clock,
            rng=self.rng,
            say=self.said.append,
        )

    def leftovers(self) -> list[str]:
        """Everything below the scratch folder."""
        scratch = self.home / "scratch"
        return sorted(path.name for path in scratch.iterdir()) if scratch.exists() else []


START = datetime(2026, 11, 22, 12, tzinfo=UTC)
