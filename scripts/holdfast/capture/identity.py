"""Who may do what: users, groups, roles and the policies that are the account's own."""

from __future__ import annotations

from typing import Any

from holdfast.capture.canonical import Resources, without

_CHANGING = ("RoleLastUsed",)
_LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
_OWN = ["User", "Role", "Group", "LocalManagedPolicy"]
"""AWS's own managed policies are AWS's to keep."""


def account_authorization(iam: Any) -> Resources:
    """Everything IAM says of the account's identities, by ARN. It holds policies, and no credential of anybody.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
    """
    found: Resources = {}
    for page in iam.get_paginator("get_account_authorization_details").paginate(Filter=_OWN):
        for each in (each for name in _LISTS for each in page.get(name, ())):
            arn = str(each["Arn"])
            if not arn.startswith("arn:aws:iam::aws:"):
                found[arn] = without(_CHANGING, each)
    return found
