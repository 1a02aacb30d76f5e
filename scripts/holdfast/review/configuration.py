"""What the `configuration` of a plan says of providers and resource blocks, as far as a review asks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from holdfast.review.finding import Json
from holdfast.review.plan import Provider

_OWNED_BY = ("bucket", "backup_vault_name", "target_bucket", "s3_bucket_name", "target_key_id", "key_id")
"""Arguments that name another resource; its id is unknown until it is created, its address is not."""


@dataclass(frozen=True, slots=True)
class Block:
    """One resource block of the configuration."""

    address: str
    provider: str
    arguments: frozenset[str]
    owner: str | None


def providers(config: Json) -> dict[str, Provider]:
    """Region and kind of each provider, where they are written out."""
    result = {}
    for key, item in _object(config).items():
        expressions = _object(_object(item).get("expressions"))
        region = _object(expressions.get("region")).get("constant_value")
        lax = _object(expressions.get("skip_credentials_validation")).get("constant_value")
        result[key] = Provider(region=region if isinstance(region, str) else None, emulated=lax is True)
    return result


def configured_blocks(root_module: Json) -> list[Block]:
    """The resource blocks of all modules."""
    return list(_blocks(_object(root_module), ""))


def _blocks(module: dict[str, Json], prefix: str) -> Iterator[Block]:
    resources = module.get("resources")
    for item in resources if isinstance(resources, list) else ():
        address = _object(item).get("address")
        if isinstance(address, str):
            expressions = _object(item.get("expressions"))
            arguments = frozenset(sys.intern(name) for name in expressions)
            owner = _owner(expressions)
            key = str(item.get("provider_config_key") or "")
            yield Block(prefix + address, sys.intern(key), arguments, prefix + owner if owner else None)
    for name, call in _object(module.get("module_calls")).items():
        yield from _blocks(_object(_object(call).get("module")), f"{prefix}module.{name}.")


def _owner(expressions: dict[str, Json]) -> str | None:
    for name in _OWNED_BY:
        references = _object(expressions.get(name)).get("references")
        if isinstance(references, list) and references and isinstance(references[-1], str):
            return references[-1]
    return None


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
