"""The review as one JSON document (`docs/schemas/review.schema.json`)."""

from __future__ import annotations

import json

from holdfast.review.review import Review


def render(review: Review) -> str:
    """JSON, in ASCII so that no terminal and no pipe can stumble over it."""
    return json.dumps(review.document(), indent=2) + "\n"
