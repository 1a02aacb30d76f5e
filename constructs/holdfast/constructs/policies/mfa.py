"""Trust that asks for a second factor, given a moment ago.

A role's own policy cannot ask for it: credentials from `AssumeRole` say nothing of MFA, so `aws:MultiFactorAuthPresent`
is never true in a role's session, nor where one role takes on another. Only whoever takes on the role can be asked, and
only with the credentials of an IAM user, or of a user's `GetSessionToken`
(https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html).
"""

from __future__ import annotations

from datetime import timedelta

from holdfast.constructs.policies.document import Conditions, Statement, allow
from holdfast.constructs.principals import Principals

RESTORE_AGE = timedelta(minutes=15)
"""How long a second factor counts for a restore, unless said otherwise."""
EMERGENCY_AGE = timedelta(minutes=5)
"""How long it counts for break-glass."""
TENANT = "tenant"
"""The session tag that says whose data a session may touch."""


def trust(trusted: Principals, age: timedelta) -> Statement:
    """Threat: a stolen access key, or a laptop left open, that takes on the role. A code given at most `age` ago."""
    return allow("TakeOnTheRoleWithMfa", ["sts:AssumeRole"], on=(), to=trusted, when=_fresh(age))


def trust_for_one_tenant(trusted: Principals, age: timedelta) -> Statement:
    """Threat: a session for all tenants at once. Besides MFA it names one tenant by a session tag, and no other tag.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
    """
    when: Conditions = {
        **_fresh(age),
        "StringLike": {f"aws:RequestTag/{TENANT}": "?*"},
        "ForAllValues:StringEquals": {"aws:TagKeys": [TENANT]},
    }
    return allow("TakeOnTheRoleForOneTenant", ["sts:AssumeRole", "sts:TagSession"], on=(), to=trusted, when=when)


def _fresh(age: timedelta) -> Conditions:
    return {
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "NumericLessThan": {"aws:MultiFactorAuthAge": str(int(age.total_seconds()))},
    }
