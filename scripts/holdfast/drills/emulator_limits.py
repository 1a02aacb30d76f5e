"""Where the sandbox's emulator is weaker than S3. Each attempt listed here is skipped with its reason when the emulator
accepts it, in an environment marked as a sandbox and nowhere else.
"""

from __future__ import annotations

from holdfast.environments.model import Environment

ACCEPTS = {
    "administrator-suspend-versioning": (
        "the emulator suspends versioning under Object Lock; S3 answers 409 InvalidBucketState"
    ),
}
"""Attempts the emulator accepts and S3 refuses, by id, with what is known of both."""


def limitation(environment: Environment, attack_id: str) -> str | None:
    """Why an accepted attempt says nothing about S3 here; None when it does."""
    return ACCEPTS.get(attack_id) if environment.sandbox else None
