"""The verdict, told to AWS Backup once. It keeps it with the restore job and lets nobody change it.

https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutRestoreValidationResult.html
"""

from __future__ import annotations

from holdfast.aws.translate import translated
from holdfast.drills.aws_backup.restoring import JOB
from holdfast.drills.context import Drill
from holdfast.drills.verdict import Verdict
from holdfast.environments.names import DRILL_RESTORER
from holdfast.errors import ServiceError

ANSWER = "put-restore-validation-result"
_LONGEST_MESSAGE = 1024
_STATUS = {Verdict.PASSED: "SUCCESSFUL", Verdict.FAILED: "FAILED", Verdict.INCONCLUSIVE: "FAILED"}
"""What was not shown to be right is not successful."""


def answer(drill: Drill, verdict: Verdict, reasons: tuple[str, ...]) -> None:
    """Put the validation result of the drill's restore job, unless there is none or it is put already.

    Raises:
        ServiceError: AWS Backup does not take it.
    """
    begun = next((each for each in reversed(drill.steps(JOB)) if each.outcome), None)
    if begun is None or begun.outcome is None or any(each.outcome for each in drill.steps(ANSWER)):
        return
    job, region = begun.outcome["job"], begun.announced["region"]
    backup = drill.sessions.client("backup", region, role=DRILL_RESTORER)
    with drill.step(ANSWER, job=job, verdict=verdict.value) as step, translated("put the validation result"):
        told = backup.describe_restore_job(RestoreJobId=job)
        if told["Status"] != "COMPLETED":
            step.done(put=False, because=told["Status"])
            return
        status, message = (
            _STATUS[verdict],
            f"{drill.drill_id}: {verdict.value}" + "".join(f"; {each}" for each in reasons),
        )
        if told.get("ValidationStatus") not in (None, status):
            raise ServiceError(message=f"restore job {job} is validated as {told['ValidationStatus']} already")
        if told.get("ValidationStatus") is None:
            backup.put_restore_validation_result(
                RestoreJobId=job, ValidationStatus=status, ValidationStatusMessage=message[:_LONGEST_MESSAGE]
            )
        step.done(put=True, status=status)
