"""An error a service answers with: by the names and codes of its API. No error of Holdfast's."""

from __future__ import annotations


class ServiceAnswer(Exception):
    """An error the service answers with.

    Args:
        code: the error's name, such as `ResourceNotFoundException`.
        message: its text.
        status: HTTP status.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status
