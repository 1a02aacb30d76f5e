"""Read a JSON file Holdfast or Terraform wrote, and say in plain words why it cannot be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def read_json(path: Path) -> Any:
    """The value in a file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it cannot be read, is not UTF-8 or not JSON; its text says which, and where.
    """
    try:
        text = path.read_bytes().decode("utf-8")
        return json.loads(text)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ValueError(f"it cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start} is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON: {error.msg} on line {error.lineno}, column {error.colno}") from None
    except (RecursionError, ValueError):
        raise ValueError("it is no JSON of ours: nested too deeply, or with a number that is too long") from None
