"""What can be wrong with a game day."""

from __future__ import annotations

from holdfast.errors import InputError


class GameDayFileError(InputError):
    """The file of a game day says something that is not allowed."""

    template = "{field}: {problem} (got {value!r}; allowed: {allowed})"
    hint = "docs/drills.md shows a game day"


class GameDayNeeded(InputError):
    """A game day was asked for and none was given."""

    template = "drill {kind} runs the steps of a file; name it with --file"
    hint = "docs/drills.md shows a game day"


class GameDayNotUsed(InputError):
    """A file of steps was given to a kind that has none."""

    template = "drill {kind} runs no file of steps"
    hint = "leave --file out, or run the kind game-day"


class NotConducted(InputError):
    """A game day was run where it cannot run drills."""

    template = "a game day cannot be run inside another drill"
    hint = "run it by itself: holdfast drill run ENV game-day --file FILE"
