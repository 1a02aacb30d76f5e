"""How long a second factor counts."""

from __future__ import annotations

from datetime import timedelta

from holdfast.constructs.limits import require


def require_fresh(age: timedelta, *, construct: str) -> None:
    """Refuse an age of MFA in which nobody can type a code, or that no longer says who sits there.

    Raises:
        OutsideLimit: it is not between one minute and one hour.
    """
    require(
        timedelta(minutes=1) <= age <= timedelta(hours=1),
        construct=construct,
        field="mfa_age",
        value=str(age),
        allowed="one minute to one hour",
        reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html",
    )
