"""EC2's filters: a value matches one of several patterns, `tag:KEY` and `tag-key` look at tags.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.text import write_text
from holdfast.sandbox.service.values import Values


def matching(rows: Sequence[Values], filters: Sequence[Values], names: Mapping[str, str]) -> list[Values]:
    """The rows that match every filter.

    Args:
        names: member of a row by the filter's name.

    Raises:
        ServiceAnswer: there is no such filter.
    """
    return [row for row in rows if all(_matches(row, each, names) for each in filters)]


def _matches(row: Values, asked: Values, names: Mapping[str, str]) -> bool:
    name, patterns = str(asked.get("Name", "")), [str(each) for each in asked.get("Values", [])]
    tags = {each["Key"]: each["Value"] for each in row.get("Tags") or []}
    if name.startswith("tag:"):
        values = [tags[name[4:]]] if name[4:] in tags else []
    elif name == "tag-key":
        values = list(tags)
    elif name in names:
        value = row.get(names[name])
        values = [] if value is None else [write_text(value)]
    else:
        raise ServiceAnswer("InvalidParameterValue", f"The filter '{name}' is invalid")
    return any(fnmatchcase(value, pattern) for value in values for pattern in patterns)
