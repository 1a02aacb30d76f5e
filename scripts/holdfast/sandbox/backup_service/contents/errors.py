"""Why a job could not read or write a resource: the status message the job ends with."""

from __future__ import annotations


class JobFailure(Exception):
    """A job ends with this message.

    Args:
        message: the status message.
        state: the state it ends in.
    """

    def __init__(self, message: str, state: str = "FAILED") -> None:
        super().__init__(message)
        self.message, self.state = message, state
