"""Whatever a restore reads, a drill reads: no single damage to any object of a set breaks a restore and passes a drill.

The objects are really damaged where they lie, in one version or in all; the restore that is compared is the one
`holdfast restore` fetches with. HOLDFAST_EXAMPLES says how many damages are tried.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta

import pytest
from applied_ground import PRIMARY, RECOVERY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kinds_ground import WEAK, begun, ready, spec_for

from holdfast.backupsets.fetch import fetch_many, open_set
from holdfast.clock import SystemClock
from holdfast.drills.interface import Selection
from holdfast.drills.recovery_points import choose
from holdfast.drills.verdict import Verdict, judge
from holdfast.errors import HoldfastError

pytestmark = pytest.mark.sandbox
EXAMPLES = int(os.environ.get("HOLDFAST_EXAMPLES", "25"))
SCENARIO = {RECOVERY: "region_loss", PRIMARY: "corruption"}


@dataclass(frozen=True)
class Damage:
    """What is done to one object.

    Args:
        which: the object, as a share of the list of all of a Region's.
        other: whose content it gets, where it is exchanged; the same kind of share.
        where: place of what is changed, as a share of its length.
        shadowed: a new version is written over it; otherwise all versions are replaced.
    """

    region: str
    which: float
    how: str
    where: float
    other: float
    shadowed: bool


share = st.floats(0, 1, exclude_max=True)
damages = st.builds(
    Damage,
    region=st.sampled_from((RECOVERY, PRIMARY)),
    which=share,
    how=st.sampled_from(("bit", "cut", "longer", "zeros", "exchanged", "empty", "deleted", "gone")),
    where=share,
    other=share,
    shadowed=st.booleans(),
)


class Vault:
    """Every object of one set in one Region, under a lock tests may bypass."""

    def __init__(self, applied, region):
        self.applied, self.region = applied, region
        self.s3, self.bucket = applied.s3(region), applied.bucket(region)
        self.keys = sorted({each["Key"] for each in applied.versions("", region)})
        self.right = {key: self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in self.keys}

    def at(self, place):
        return self.keys[int(place * len(self.keys))]

    def damage(self, damage):
        """Do it; the key it was done to."""
        key, content = self.at(damage.which), bytearray(self.right[self.at(damage.which)])
        place = int(damage.where * len(content))
        if damage.how == "bit":
            content[place] ^= 1 << int(damage.other * 8)
        changed = {
            "bit": bytes(content),
            "cut": bytes(content[:place]),
            "longer": bytes(content) + b"\0",
            "zeros": bytes(len(content)),
            "exchanged": self.right[self.at(damage.other)],
            "empty": b"",
        }.get(damage.how)
        if damage.how == "deleted":
            self.s3.delete_object(Bucket=self.bucket, Key=key)
        elif damage.how == "gone" or not damage.shadowed:
            self.remove(key)
        if changed is not None:
            self.put(key, changed)
        return key

    def remove(self, key):
        """Every version and delete marker of it."""
        page = self.s3.list_object_versions(Bucket=self.bucket, Prefix=key)
        for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            where = {"Bucket": self.bucket, "Key": key, "VersionId": each["VersionId"]}
            self.s3.delete_object(**where, BypassGovernanceRetention=True)

    def put(self, key, content):
        names = self.applied.names
        self.s3.put_object(
            Bucket=self.bucket,
            Key=key,
            Body=content,
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=names.alias_arn(names.key_alias, account="000000000000", region=self.region),
            ObjectLockMode="GOVERNANCE",
            ObjectLockRetainUntilDate=SystemClock().now() + timedelta(days=3),
        )

    def mend(self, key):
        self.remove(key)
        self.put(key, self.right[key])


@pytest.fixture(scope="module")
def applied(emulator, tmp_path_factory):
    made = ready(emulator, tmp_path_factory.mktemp("vault"), lock=WEAK)
    made.push()
    made.vaults = {region: Vault(made, region) for region in SCENARIO}
    made.count = iter(range(10**6))
    return made


def tree(folder):
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def restores(applied, region) -> bool:
    """Whether a restore brings everything back as it was."""
    target = applied.folder / f"back-{next(applied.count)}"
    try:
        with begun(applied, spec_for(applied, "object-recovery", dataset="project", scenario=SCENARIO[region])) as (
            _,
            drill,
        ):
            view = choose(drill, region)
        fetched = fetch_many(open_set(applied.sessions, region, view), target)
    except (HoldfastError, AttributeError):  # there is no set to be had
        return False
    return fetched.is_complete and tree(target) == tree(applied.source)


def passes(applied, region) -> bool:
    """Whether a drill passes, up to its verdict."""
    with begun(applied, spec_for(applied, "object-recovery", dataset="project", scenario=SCENARIO[region])) as (
        kind,
        drill,
    ):
        try:
            selection = kind.select(drill)
            if not isinstance(selection, Selection):
                return False
            checks = kind.verify(drill, selection, kind.restore(drill, selection)).checks
        except HoldfastError:
            return False
    return judge(checks).verdict is Verdict.PASSED


def test_undamaged_it_restores_and_passes(applied):
    assert all(restores(applied, region) and passes(applied, region) for region in SCENARIO)


@pytest.mark.parametrize("how", ["bit", "cut", "exchanged", "empty", "gone"])
def test_such_damage_does_break_restores(applied, how):
    """Otherwise what follows would show nothing."""
    vault = applied.vaults[RECOVERY]
    place = next(number for number, key in enumerate(vault.keys) if key.startswith("objects/")) / len(vault.keys)
    key = vault.damage(Damage(RECOVERY, place + 1e-9, how, 0.5, 0.99, shadowed=False))
    try:
        assert not restores(applied, RECOVERY)
    finally:
        vault.mend(key)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=damages)
def test_no_single_damage_breaks_a_restore_and_passes_a_drill(applied, damage):
    vault = applied.vaults[damage.region]
    key = vault.damage(damage)
    try:
        assert restores(applied, damage.region) or not passes(applied, damage.region), f"{key} was damaged"
    finally:
        vault.mend(key)
