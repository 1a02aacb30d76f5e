"""AWS Backup's own errors, by the names and codes of its API. They are answers to a caller, not errors of Holdfast's.

https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Operations.html
"""

from __future__ import annotations


class ServiceAnswer(Exception):
    """An error the service answers with.

    Args:
        code: the error's name, such as `ResourceNotFoundException`.
        message: its text.
        status: HTTP status; AWS Backup says 400 for almost everything.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


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


def denied(message: str = "Insufficient privileges to perform this action.") -> ServiceAnswer:
    """IAM or the vault's access policy refuses."""
    return ServiceAnswer("AccessDeniedException", message, 403)
