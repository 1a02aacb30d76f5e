"""Account ids."""

from __future__ import annotations

from holdfast.constructs.limits import matches


def check_account(account: str, *, construct: str) -> None:
    """Refuse what is no account id.

    Raises:
        OutsideLimit: it does not have 12 digits.
    """
    matches(
        account,
        r"[0-9]{12}",
        construct=construct,
        field="account",
        allowed="an account id of 12 digits",
        reference="https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html",
    )
