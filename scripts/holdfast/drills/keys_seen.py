"""Under which keys objects were seen to lie: only keys of their own Region and account are ours to read with.

Whoever writes an object again under a key of an account of theirs can have it read until they take the key away: the
content is right until then. Another key of the same account is refused when it is written, by the bucket's policy;
which key exactly it is `key-loss` asks KMS.
"""

from __future__ import annotations

from holdfast.drills.checks import Check, CheckKind, compare, skipped
from holdfast.drills.context import Drill
from holdfast.drills.restored_tree import Names

NOT_IN_SANDBOX = "the emulator puts no default key on what is uploaded without one; S3 does"
_ARN_PARTS = 6


class KeysSeen:
    """Collects the keys of objects of one Region; several threads may add."""

    def __init__(self, drill: Drill, region: str) -> None:
        accounts, regions = drill.environment.accounts, drill.environment.regions
        self._account = accounts.workload if region == regions.primary else accounts.backup
        self._region, self._sandbox = region, drill.environment.sandbox
        self._wrong, self._none, self._right = Names(), Names(), Names()

    def add(self, name: str, key: str | None) -> None:
        """An object, and the KMS key S3 names with it; an id without Region and account is of the bucket's own."""
        parts = (key or "").split(":")
        foreign = len(parts) >= _ARN_PARTS and parts[3:5] != [self._region, self._account]
        seen = self._none if key is None else self._wrong if foreign else self._right
        seen.add(name.encode(), f"under {key}" if foreign else "under no key of KMS")

    def check(self) -> Check:
        """Whether all of them lie under keys of the Region and of the account that holds them."""
        whose = f"a key of {self._region} in account {self._account}"
        wrong, none = self._wrong.count, self._none.count
        expected = f"{wrong + none + self._right.count} objects under {whose}"
        observed = f"{self._right.count} objects under {whose}"
        if not (wrong or none or self._right.count):
            return skipped("keys", CheckKind.KEY, "no object told its key", essential=False, expected=expected)
        if none and not wrong and self._sandbox:
            return skipped("keys", CheckKind.KEY, NOT_IN_SANDBOX, essential=False, expected=expected, observed=observed)
        words = "; ".join(each.words for each in (self._wrong, self._none) if each.count)
        return compare(
            "keys", CheckKind.KEY, expected=expected, observed=observed, because=f"not under {whose}: {words}"
        )
