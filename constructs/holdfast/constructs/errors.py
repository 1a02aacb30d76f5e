"""What can be wrong with what a construct is given."""

from __future__ import annotations

from holdfast.errors import ConstructError


class OutsideLimit(ConstructError):
    """A value is outside a limit of the service the construct declares."""


class PolicyTooLarge(ConstructError):
    """A policy document is longer than the service accepts."""

    template = "{construct}: the {field} is {value} bytes long; allowed: {allowed}"


class PrincipalWithoutAccount(ConstructError):
    """A principal pattern does not say which account it is of."""
