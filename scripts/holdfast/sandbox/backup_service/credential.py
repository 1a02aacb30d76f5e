"""What a signed request says of itself: the access key and the Region in its credential scope.

https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""

from __future__ import annotations

import re

_SCOPE = re.compile(
    r"Credential=(?P<key>[^/,\s]+)/[0-9]{8}/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)/aws4_request"
)


def access_key(authorization: str) -> str:
    """The access key a request is signed with; empty for one that is not signed."""
    found = _SCOPE.search(authorization)
    return found["key"] if found else ""


def region(authorization: str) -> str | None:
    """The Region a request is for; None for one that is not signed for AWS Backup."""
    found = _SCOPE.search(authorization)
    return found["region"] if found and found["service"] == "backup" else None
