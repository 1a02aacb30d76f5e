"""From Terraform's diagnostics to the one error a user sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.terraform.errors import NoSpaceLeft, ProviderNotFound, StateIsLocked, TerraformFailed, TerraformKilled
from holdfast.terraform.events import Diagnostic, as_diagnostic, as_event, parse_line
from holdfast.terraform.failures import failure
from holdfast.terraform.running import Call, Outcome
from holdfast.terraform.stopping import Level


def fail(tmp_path: Path, *diagnostics: Diagnostic, code: int = 1, log: str = ""):
    (tmp_path / "apply.log").write_text(log)
    call = Call("dev-a", "apply", ["terraform"], tmp_path, {}, tmp_path / "apply.log")
    return failure(call, Outcome(code, diagnostics, Level.RUN), "the registry")


def test_summary_address_and_detail_are_told(tmp_path: Path) -> None:
    error = fail(tmp_path, Diagnostic("error", "creating S3 Bucket", "AccessDenied: no\n\nmore", "aws_s3_bucket.b"))

    assert isinstance(error, TerraformFailed)
    assert error.message == (
        "terraform apply of dev-a failed: creating S3 Bucket (aws_s3_bucket.b)\n  AccessDenied: no\n  more"
    )
    assert "apply.log" in error.hint


def test_a_warning_is_not_the_reason(tmp_path: Path) -> None:
    error = fail(tmp_path, Diagnostic("warning", "deprecated"), Diagnostic("error", "broken"))

    assert "broken" in error.message
    assert "deprecated" not in error.message


def test_a_very_long_detail_is_cut(tmp_path: Path) -> None:
    error = fail(tmp_path, Diagnostic("error", "broken", "\n".join(f"line {number}" for number in range(500))))

    assert len(error.message.splitlines()) < 20


@pytest.mark.parametrize(
    ("diagnostic", "kind"),
    [
        (Diagnostic("error", "Failed to query available provider packages", "no such host"), ProviderNotFound),
        (Diagnostic("error", "Failed to install provider", "checksum"), ProviderNotFound),
        (Diagnostic("error", "Error acquiring the state lock", "ID: 7"), StateIsLocked),
        (Diagnostic("error", "Failed to persist state", "write x: no space left on device"), NoSpaceLeft),
    ],
)
def test_what_has_a_remedy_of_its_own_has_an_error_of_its_own(tmp_path: Path, diagnostic, kind) -> None:
    assert type(fail(tmp_path, diagnostic)) is kind


def test_a_crash_without_a_diagnostic_shows_the_end_of_what_was_printed(tmp_path: Path) -> None:
    error = fail(tmp_path, log='{"type":"version"}\npanic: runtime error\n\ngoroutine 1\n', code=2)

    assert "exit status 2" in error.message
    assert "panic: runtime error" in error.message
    assert '"type"' not in error.message


def test_a_full_disk_is_seen_in_plain_text_too(tmp_path: Path) -> None:
    assert isinstance(fail(tmp_path, log="open plan.bin: no space left on device\n"), NoSpaceLeft)


def test_a_signal_is_told(tmp_path: Path) -> None:
    assert isinstance(fail(tmp_path, code=-9), TerraformKilled)


def test_a_lost_log_hides_nothing_else(tmp_path: Path) -> None:
    call = Call("dev-a", "apply", ["terraform"], tmp_path, {}, tmp_path / "gone.log")

    assert "exit status 1" in failure(call, Outcome(1, (), Level.RUN), "the registry").message


@pytest.mark.parametrize("line", ["", "{", "null", "[]", "7", '"text"', "{}", '{"@message": "no type"}'])
def test_a_line_that_is_no_event_is_passed_over(line: str) -> None:
    assert parse_line(line) is None


@pytest.mark.parametrize(
    "line",
    [
        '{"type": "apply_start"}',
        '{"type": "apply_start", "hook": null}',
        '{"type": "apply_complete", "hook": {"resource": "odd", "elapsed_seconds": null}}',
        '{"type": "diagnostic"}',
        '{"type": "diagnostic", "diagnostic": []}',
        '{"type": "something new"}',
        '{"type": "planned_change", "change": {"resource": {"addr": 7}}}',
    ],
)
def test_an_event_that_lacks_parts_breaks_nothing(line: str) -> None:
    document = parse_line(line)
    assert document is not None
    as_event(document, "dev-a", "apply")
    as_diagnostic(document)


def test_the_environment_of_a_call_is_in_no_repr(tmp_path: Path) -> None:
    call = Call("dev-a", "apply", ["terraform"], tmp_path, {"AWS_SECRET_ACCESS_KEY": "very secret"}, tmp_path / "log")

    assert "very secret" not in repr(call)
