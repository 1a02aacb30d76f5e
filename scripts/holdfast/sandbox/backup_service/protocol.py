"""AWS Backup's protocol, and what it calls the errors every service has.

https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Operations.html
"""

from __future__ import annotations

from holdfast.sandbox.service.protocol import Codes
from holdfast.sandbox.service.rest_json import RestJson

CODES = Codes(missing="MissingParameterValueException", invalid="InvalidParameterValueException")


def aws_backup() -> RestJson:
    """The protocol of AWS Backup."""
    return RestJson("backup", CODES)
