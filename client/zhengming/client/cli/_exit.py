"""How the command ends: the exit codes that scripts rely on, and the errors that carry them."""

from __future__ import annotations

import enum


class Exit(enum.IntEnum):
    """Exit codes, the same for every subcommand."""

    DONE = 0
    """Done. Names that were not found are a result, not a failure."""
    NOT_MATCHED = 1
    """With --strict: at least one name was not matched."""
    USAGE = 2
    """The command or the request is wrong."""
    UNREADABLE = 3
    """An input cannot be read, or an output cannot be written."""
    UNREACHABLE = 4
    """No server answers in time, or it broke."""
    NOT_PERMITTED = 5
    """The server does not permit the call."""
    REJECTED = 6
    """Finished, but some rows or names were rejected."""
    INCONSISTENT = 70
    """The job's own accounting does not add up, or the program has a fault."""
    INTERRUPTED = 130
    """Interrupted by Ctrl-C."""


class CommandError(Exception):
    """Ends the command with a message: one sentence of what happened, one of what to do."""

    def __init__(self, exit_code: Exit, what: str, todo: str) -> None:
        """Make the error.

        Args:
            exit_code: how to end.
            what: one sentence, with full stop.
            todo: one sentence, with full stop.
        """
        super().__init__(f"{what} {todo}")
        self.exit_code = exit_code
        self.what = what
        self.todo = todo
