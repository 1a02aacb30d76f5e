"""Whether the parts of a restored capture can be used for what they are kept for."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from holdfast.capture.collecting import ENVIRONMENTS, STATES
from holdfast.capture.repository import ABOUT, BUNDLE, bundle_problem
from holdfast.drills.checks import Check, CheckKind, compare, failed, passed, skipped
from holdfast.drills.configuration.reading import read_index, read_json
from holdfast.drills.context import Drill
from holdfast.environments.loading import load_environment
from holdfast.environments.model import Environment
from holdfast.environments.provenance import leaves
from holdfast.errors import EnvironmentFileError, InputError


def usable(drill: Drill, *, whole: bool) -> Iterator[Check]:
    """The environment files resolve to what is declared now, the bundle can be cloned, the states can be read."""
    yield from _completeness(drill.target)
    folder = drill.target / ENVIRONMENTS
    if whole or (folder / f"{drill.spec.environment}.yaml").is_file():
        yield _environment(folder, drill)
    if whole or (drill.target / BUNDLE).is_file():
        yield from _bundle(drill)
    for path in sorted((drill.target / STATES).glob("*.json")):
        found = read_json(path)
        id_ = f"state:{path.stem}"
        if found is None or found.get("version") != 4 or not isinstance(found.get("resources"), list):
            yield failed(id_, CheckKind.INTEGRITY, "it is no Terraform state any more")
        else:
            yield passed(id_, CheckKind.INTEGRITY, observed=f"{len(found['resources'])} resources")


def _completeness(target: Path) -> Iterator[Check]:
    """What the capture itself says it could not get: a partial capture is no proof of the rest."""
    index = read_index(target)
    for each in (index or {}).get("not_captured") or ():
        reason = f"the capture is partial: {each.get('because')}"
        yield skipped(f"captured:{each.get('path')}", CheckKind.INTEGRITY, reason, essential=True)


def _environment(folder: Path, drill: Drill) -> Check:
    id_ = "environment-files"
    try:
        restored = load_environment(drill.spec.environment, folder).environment
    except (EnvironmentFileError, InputError) as error:
        return failed(id_, CheckKind.INTEGRITY, f"they cannot be loaded: {error.message}")
    different = _different(restored, drill.environment)
    return compare(
        id_,
        CheckKind.DRIFT,
        expected="0 values differ",
        observed=f"{len(different)} values differ",
        because=f"declared otherwise since the capture: {', '.join(different[:5])}",
    )


def _different(restored: Environment, declared: Environment) -> list[str]:
    then = {leaf.path: leaf.value for leaf in leaves(restored.document(), {})}
    now = {leaf.path: leaf.value for leaf in leaves(declared.document(), {})}
    return [path for path in sorted({*then, *now}) if then.get(path) != now.get(path)]


def _bundle(drill: Drill) -> Iterator[Check]:
    about = read_json(drill.target / ABOUT)
    bundle = drill.target / BUNDLE
    if about is None and not bundle.exists():
        reason = "the environment files were in no git repository when they were captured"
        yield skipped("repository", CheckKind.INTEGRITY, reason, essential=False)
        return
    head = str((about or {}).get("head") or "")
    with tempfile.TemporaryDirectory(prefix="cloned-", dir=drill.target.parent) as scratch:
        no_head = "it does not say which commit was checked out"
        problem = bundle_problem(bundle, head, Path(scratch, "bare")) if head else no_head
    if problem:
        yield failed("repository", CheckKind.INTEGRITY, problem)
    else:
        yield passed("repository", CheckKind.INTEGRITY, expected=head[:12], observed=head[:12])
