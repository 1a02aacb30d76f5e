"""Write `corpus/schema/aws-<version>.json`: the attribute names of the guarded types, out of the real provider."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from generate import CORPUS
from real_plans import Json, Workshop

from holdfast.review.rules import guarded_types

VERSION = "5.100.0"


def names(block: Json) -> Json:
    """The attributes and nested blocks of a block."""
    result: dict[str, Any] = {"attributes": sorted(block.get("attributes", {}))}
    blocks = {name: names(inner["block"]) for name, inner in sorted(block.get("block_types", {}).items())}
    return {**result, "blocks": blocks} if blocks else result


def main() -> None:
    """Write the file."""
    with tempfile.TemporaryDirectory() as folder:
        schemas = Workshop(Path(folder)).schemas()
    document = {type_: names(schemas[type_]["block"]) for type_ in sorted(guarded_types()) if type_ in schemas}
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in document.items())
    (CORPUS / "schema").mkdir(exist_ok=True)
    (CORPUS / "schema" / f"aws-{VERSION}.json").write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
