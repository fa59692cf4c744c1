"""What becomes of the parts of a finished CSV job. Each step may be repeated after a kill, also without its part."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from zhengming.client.csv_checkpoint import Checkpoint
from zhengming.client.csv_outputs import make_from_spool
from zhengming.client.csv_review import write_review
from zhengming.client.csv_sinks import remove_old_rejects

Publish = Callable[[Path, Checkpoint], None]
"""Puts a finished part in its place."""


def moves_to(path: Path) -> Publish:
    """The part is the result."""

    def publish(part: Path, checkpoint: Checkpoint) -> None:
        if part.exists():
            os.replace(part, path)

    return publish


def made_into(path: Path) -> Publish:
    """The result is made from the part, in the form that its name asks for."""

    def publish(part: Path, checkpoint: Checkpoint) -> None:
        if part.exists():
            make_from_spool(part, path)
            part.unlink()

    return publish


def publishes_review(path: Path) -> Publish:
    """The part holds ambiguous names for a person."""

    def publish(part: Path, checkpoint: Checkpoint) -> None:
        if part.exists():
            write_review(part, path)
            part.unlink()

    return publish


def publishes_rejects(path: Path) -> Publish:
    """The part holds rejects; without any, an old file of them is removed."""

    def publish(part: Path, checkpoint: Checkpoint) -> None:
        if not checkpoint.account.rejected:
            remove_old_rejects(path)
        elif part.exists():
            os.replace(part, path)

    return publish
