"""What changed outside Terraform, in plans a real refresh made."""

from __future__ import annotations

import copy

from holdfast.review.finding import Origin, Severity
from holdfast.review.review import Verdict


def test_the_noise_of_a_first_refresh_is_not_found(scenarios, reviewed):
    assert scenarios["drift-noise"]["resource_drift"]

    assert reviewed(scenarios["drift-noise"]).findings == ()


def test_a_weakening_the_plan_puts_right_is_a_warning(scenarios, reviewed):
    result = reviewed(scenarios["drift-restored"])

    (finding,) = result.findings
    assert finding.rule == "s3-versioning-suspended"
    assert finding.origin is Origin.DRIFT
    assert finding.severity is Severity.WARN
    assert finding.message.startswith("Outside Terraform: ")
    assert finding.message.endswith("This plan puts it right.")
    assert result.verdict is Verdict.CLEAN


def test_a_weakening_the_plan_adopts_keeps_its_severity(scenarios, reviewed):
    result = reviewed(scenarios["drift-adopted"])

    (finding,) = result.findings
    assert finding.severity is Severity.BLOCK
    assert result.verdict is Verdict.FINDINGS


def test_a_mirror_of_a_resource_of_its_own_is_found_once(scenarios, reviewed):
    plan = copy.deepcopy(scenarios["drift-adopted"])
    mirrored = next(c for c in plan["resource_drift"] if c["type"] == "aws_s3_bucket")
    mirrored["change"]["before"]["versioning"] = [{"enabled": True, "mfa_delete": False}]
    mirrored["change"]["after"]["versioning"] = [{"enabled": False, "mfa_delete": False}]

    assert [f.rule for f in reviewed(plan).findings] == ["s3-versioning-suspended"]


def test_a_mirror_without_a_resource_of_its_own_is_found(scenarios, reviewed):
    plan = copy.deepcopy(scenarios["drift-adopted"])
    plan["resource_changes"] = [c for c in plan["resource_changes"] if c["type"] == "aws_s3_bucket"]
    plan["resource_drift"] = [c for c in plan["resource_drift"] if c["type"] == "aws_s3_bucket"]
    mirrored = plan["resource_drift"][0]["change"]
    mirrored["before"]["versioning"] = [{"enabled": True, "mfa_delete": False}]
    mirrored["after"]["versioning"] = [{"enabled": False, "mfa_delete": False}]

    assert [f.rule for f in reviewed(plan).findings] == ["s3-legacy-versioning-off"]


def test_what_was_deleted_outside_terraform_is_found(scenarios, reviewed):
    plan = copy.deepcopy(scenarios["drift-noise"])
    gone = next(c for c in plan["resource_changes"] if c["type"] == "aws_s3_bucket_versioning")
    plan["resource_drift"] = [copy.deepcopy(gone)]
    plan["resource_drift"][0]["change"].update(actions=["delete"], after=None)

    (finding,) = reviewed(plan).findings
    assert finding.rule == "s3-versioning-gone"
    assert finding.origin is Origin.DRIFT
