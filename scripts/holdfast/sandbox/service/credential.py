"""What a signed request says of itself: the access key, the Region and the service in its credential scope.

https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SCOPE = re.compile(
    r"Credential=(?P<key>[^/,\s]+)/[0-9]{8}/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)/aws4_request"
)


@dataclass(frozen=True)
class Scope:
    """A credential scope. `service` is the name the service is signed for, such as `ec2`."""

    access_key: str
    region: str
    service: str


def scope_of(authorization: str) -> Scope | None:
    """The scope in an Authorization header; None for a request that is not signed."""
    found = _SCOPE.search(authorization)
    return Scope(found["key"], found["region"], found["service"]) if found else None
