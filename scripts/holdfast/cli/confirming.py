"""Asking for an environment's name before it is changed."""

from __future__ import annotations

import sys

import click

from holdfast.errors import InputError


class NotConfirmed(InputError):
    """What was typed or passed is not the environment's name."""

    template = "not confirmed: {given!r} is not {environment!r}; nothing was changed"


class NeedsConfirmation(InputError):
    """Nobody is there to be asked."""

    template = "applying {environment!r} needs its name, and there is no terminal to ask on; nothing was changed"
    hint = "pass --confirm {environment}"


def confirmed(environment: str, given: str | None) -> None:
    """Return only when the environment's name was passed, or is typed now.

    Raises:
        NotConfirmed, NeedsConfirmation.
    """
    if given is None:
        if not sys.stdin.isatty():
            raise NeedsConfirmation(environment=environment)
        given = click.prompt("type the environment's name to apply this", err=True, default="", show_default=False)
    if given.strip() != environment:
        raise NotConfirmed(given=given, environment=environment)
