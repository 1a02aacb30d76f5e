"""Captured settings against live ones, each sort of resource as one check."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.capture.drift import drift
from holdfast.capture.live import Live, ask_aws, paths_of
from holdfast.drills.checks import Check, CheckKind, compare, failed, skipped
from holdfast.drills.configuration.reading import read_document, read_index
from holdfast.drills.context import Drill
from holdfast.drills.restored_tree import Names


def compare_with_live(drill: Drill, *, whole: bool) -> Iterator[Check]:
    """Ask AWS now and compare, as the caller, with what was restored.

    Args:
        drill: with the restored capture in its target.
        whole: whether everything was restored; of a sample, only what is there is compared.

    Raises:
        ServiceError: AWS does not answer.
    """
    index = read_index(drill.target)
    if index is None and whole:
        yield failed("index", CheckKind.INTEGRITY, "the capture has no index of what is in it")
        return
    caller = drill.sessions.caller_arn()
    account = caller.split(":")[4]
    if index is not None:
        yield compare("account", CheckKind.SCOPE, expected=account, observed=index.get("account"))
        yield compare(
            "environment", CheckKind.SCOPE, expected=drill.spec.environment, observed=index.get("environment")
        )
    live = ask_aws(drill.sessions, account, say=drill.say)
    for path in paths_of(drill.sessions):
        check = _of(drill, path, live, whole=whole)
        if check is not None:
            yield check


def _of(drill: Drill, path: str, live: Live, *, whole: bool) -> Check | None:
    """What became of one file; None when it is not in the sample."""
    id_ = f"as-live:{path.removesuffix('.json')}"
    captured = read_document(drill.target, path)
    if captured is None and not whole:
        return None
    if path in live.lost:
        return skipped(id_, CheckKind.INTEGRITY, "its Region is taken for lost", essential=False)
    missing = next((each.because for each in live.missing if each.path == path), None)
    if missing is not None:
        return skipped(id_, CheckKind.INTEGRITY, f"it cannot be asked for now: {missing}", essential=True)
    now = live.documents[path]
    if captured is None:
        reason = "it was not captured, or what was captured is no such file"
        return failed(id_, CheckKind.INTEGRITY, reason, expected=f"{len(now['resources'])} resources")
    found = Names()
    for each in drift(path, captured, now):
        found.add(each.words.removeprefix(f"{path}: ").encode("utf-8", "surrogatepass"))
    return compare(
        id_,
        CheckKind.DRIFT,
        expected="0 differences",
        observed=f"{found.count} differences",
        because=f"changed since the capture: {found.words}",
    )
