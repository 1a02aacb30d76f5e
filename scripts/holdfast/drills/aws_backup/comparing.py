"""What was restored against its baseline: every member by name and SHA-256."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from holdfast.drills.aws_backup.baseline import Baseline, Member
from holdfast.drills.checks import Check, CheckKind, compare

_NAMED = 5


@dataclass
class Comparison:
    """What the comparison found.

    Args:
        expected: members the baseline knows.
        found: members that were restored.
        right: members that hold what they should.
        missing, extra, wrong: by name.
        newest: when the newest member that is right was committed, where the baseline knows.
        bytes: what was restored.
    """

    expected: int = 0
    found: int = 0
    right: int = 0
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    newest: datetime | None = None
    bytes: int = 0

    @property
    def is_right(self) -> bool:
        """Whether everything is there as it was, and nothing else."""
        return self.right > 0 and not (self.missing or self.extra or self.wrong)

    def checks(self) -> tuple[Check, ...]:
        """One check for each question; every kind of damage fails at least one."""
        content = CheckKind.CHECKSUM
        return (
            compare("members", CheckKind.COUNT, expected=self.expected, observed=self.found),
            compare("content", content, expected=0, observed=len(self.wrong), because=_words("differs", self.wrong)),
            compare(
                "nothing-missing",
                CheckKind.INTEGRITY,
                expected=0,
                observed=len(self.missing),
                because=_words("missing", self.missing),
            ),
            compare(
                "nothing-extra",
                CheckKind.INTEGRITY,
                expected=0,
                observed=len(self.extra),
                because=_words("was never there", self.extra),
            ),
        )


def compare_members(baseline: Baseline, restored: Iterable[Member]) -> Comparison:
    """Compare what was restored with the baseline; a member that may be absent and is counts as neither."""
    there = {member.name: member.states[0] for member in restored}
    result = Comparison(found=len(there), bytes=sum(state.size for state in there.values()))
    for member in baseline.members:
        state = there.pop(member.name, None)
        if state is None:
            if not member.may_be_absent:
                result.expected += 1
                result.missing.append(member.name)
            continue
        result.expected += 1
        same = next((each for each in member.states if (each.sha256, each.size) == (state.sha256, state.size)), None)
        if same is None:
            result.wrong.append(member.name)
            continue
        result.right += 1
        if same.committed_at and (result.newest is None or same.committed_at > result.newest):
            result.newest = same.committed_at
    result.extra = sorted(there)
    return result


def _words(problem: str, names: list[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    return f"{problem}: {shown}" + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
