"""AWS Backup's own errors, by the names and codes of its API. They are answers to a caller, not errors of Holdfast's.

https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Operations.html
"""

from __future__ import annotations

from holdfast.sandbox.service.errors import ServiceAnswer


def not_found(message: str) -> ServiceAnswer:
    """What was named is not there."""
    return ServiceAnswer("ResourceNotFoundException", message)


def already_exists(message: str) -> ServiceAnswer:
    """There is one of that name."""
    return ServiceAnswer("AlreadyExistsException", message)


def invalid_parameter(message: str) -> ServiceAnswer:
    """A value is outside what is allowed."""
    return ServiceAnswer("InvalidParameterValueException", message)


def missing_parameter(message: str) -> ServiceAnswer:
    """A required value was left out."""
    return ServiceAnswer("MissingParameterValueException", message)


def invalid_request(message: str) -> ServiceAnswer:
    """The request cannot be carried out in the state things are in."""
    return ServiceAnswer("InvalidRequestException", message)
