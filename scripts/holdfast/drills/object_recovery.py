"""Restore objects of a backup set, a random sample or all, and show that they are what was backed up."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.backupsets.catalog import ROLE
from holdfast.backupsets.fetch import Entries, fetch_many, open_set
from holdfast.backupsets.layout import NO_TENANT
from holdfast.drills.checks import CheckKind, compare
from holdfast.drills.context import Drill
from holdfast.drills.interface import Cleaned, Nothing, Probed, Restored, Selection, Survey, Verified
from holdfast.drills.lock_reading import locks_and_keys
from holdfast.drills.memory import forget_nothing
from holdfast.drills.recovery_points import (
    choose,
    chosen,
    failure_after,
    members_of,
    opened,
    point_from,
    point_of,
    region_of,
)
from holdfast.drills.restored_tree import compare_tree
from holdfast.drills.sampling import Sampling, draw
from holdfast.environments.model import Environment, Scenario

_NAMED = 20


@dataclass(frozen=True)
class ObjectRecovery:
    """From the recovery Region with the primary one, or its key, out of reach; for `corruption` from the primary one.

    Kinds that restore a backup set and ask more of it build on this one.
    """

    name: str = "object-recovery"
    proves: str = "Files of a dataset come back from a committed backup set bit by bit, in time, still under lock."
    scenarios: tuple[Scenario, ...] = (Scenario.REGION_LOSS, Scenario.CORRUPTION, Scenario.KEY_LOSS)
    restores_dataset: bool = True

    def survey(self, drill: Drill) -> Survey:
        """Who reads, from where, and how far the clocks are apart."""
        region, sessions = region_of(drill), drill.sessions
        bucket = drill.names.bucket_in(region)
        with translated(f"look at {bucket}"):
            sessions.client("s3", region, role=ROLE).head_bucket(Bucket=bucket)
        return Survey(
            principals={ROLE: sessions.caller_arn(ROLE), "caller": sessions.caller_arn()},
            skew_seconds=sessions.server_clock(region, role=ROLE).skew.total_seconds(),
            sources=(f"s3://{bucket}",),
        )

    def select(self, drill: Drill) -> Selection | Nothing:
        """The newest committed set from before the failure, or the one that was named."""
        region = region_of(drill)
        view = choose(drill, region)
        if isinstance(view, Nothing) or view.manifest is None:
            return view if isinstance(view, Nothing) else Nothing(reason=f"backup set {view.set_id} has no manifest")
        entries = open_set(drill.sessions, region, view, clock=drill.clock)
        sampling = _drawn(drill, draw(view.manifest.totals.files, drill.spec.sample, drill.spec.seed), entries)
        members = sampling.members()
        size = view.manifest.totals.bytes
        if members is not None:
            size = sum(entry.size for entry in chosen(entries, members))
        failed_at = failure_after(drill, view, region) if drill.spec.rotate else None
        point = point_from(drill, region, view)
        return Selection(point=point, failed_at=failed_at, sampling=sampling, restore_bytes=size)

    def restore(self, drill: Drill, selection: Selection) -> Restored:
        """Fetch the members into the target; what cannot be had is named and does not keep the others back."""
        entries, _ = opened(drill, point_of(selection))
        members = members_of(selection)
        only = None if members is None else chosen(entries, members)
        fetched = fetch_many(entries, drill.target, only=only, clock=drill.clock)
        return Restored(
            files=fetched.files,
            bytes=fetched.bytes,
            failures=len(fetched.failures),
            failed=tuple(f"{each.path}: {each.because}" for each in fetched.failures[:_NAMED]),
            warned=len(fetched.warnings),
            warnings=tuple(f"{each.path}: {each.because}" for each in fetched.warnings[:_NAMED]),
        )

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """Read manifest and list again from the bucket, every restored byte again from the disk, and the locks."""
        entries, documents = opened(drill, point_of(selection))
        members = members_of(selection)
        wanted = entries if members is None else chosen(entries, members)
        tree = compare_tree(drill.target, wanted, whole=members is None)
        kept = locks_and_keys(drill, entries.reader.region, entries.view, chosen(entries, members))
        manifest, spec = documents.manifest, drill.spec
        if tree.right == tree.expected and not tree.wrong.count:
            proved = (entry.digest for entry in chosen(entries, members))
            forget_nothing(drill.memory, entries.reader.region, manifest.set_id, proved, drill.clock.now())
        checks = (
            compare(
                "restored-without-failure",
                CheckKind.INTEGRITY,
                expected=0,
                observed=restored.failures,
                because="; ".join(restored.failed[:5]),
            ),
            *tree.checks(),
            compare(
                "manifest", CheckKind.CHECKSUM, expected=documents.commit.manifest_sha256, observed=manifest.sha256()
            ),
            compare(
                "scope",
                CheckKind.SCOPE,
                expected=f"{spec.environment}/{spec.dataset}/{spec.tenant or NO_TENANT}",
                observed=f"{manifest.environment}/{manifest.dataset}/{manifest.tenant or NO_TENANT}",
            ),
            *kept,
        )
        return Verified(checks=checks, newest_committed=manifest.captured_at if tree.right else None)

    def probe(self, drill: Drill, selection: Selection) -> Probed:
        """Nothing to probe."""
        return Probed()

    def clean_up(self, drill: Drill) -> Cleaned:
        """Everything it makes is in the scratch folder."""
        return Cleaned()

    def sweep(self, environment: Environment, sessions: Sessions, living: frozenset[str]) -> Cleaned:
        """Nothing of it stays elsewhere."""
        return Cleaned()


def _drawn(drill: Drill, sampling: Sampling, entries: Entries) -> Sampling:
    """The same sample, of what was proved longest ago where that is asked for."""
    if not drill.spec.rotate:
        return sampling
    digests = (entry.digest for entry in entries.files())
    drawn = drill.memory.draw(entries.reader.region, digests, sampling.size, drill.rng)
    return sampling.model_copy(
        update={"chosen": drawn.positions, "never_proved": drawn.never, "oldest_proof": drawn.oldest}
    )
