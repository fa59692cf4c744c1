"""Cut a long text into windows that are read one after the other, so that memory does not grow with the text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from zhengming.engine.linking.policy import WINDOW, WINDOW_OVERLAP


class Window(NamedTuple):
    """A part of a text. What starts in `start` to `own_end` is this window's; the rest is there to be read along."""

    start: int
    own_end: int
    read_from: int
    read_to: int


def windows(text: str) -> Iterator[Window]:
    """Yield the windows of a text in order. Cut at the last line break in reach; where there is none, anywhere.

    Each window is read with `WINDOW_OVERLAP` code points of its neighbours, so that no name and no context is cut.
    """
    start = 0
    while start < len(text):
        end = min(start + WINDOW, len(text))
        if end < len(text):
            broken = text.rfind("\n", start + WINDOW // 2, end)
            end = broken + 1 if broken >= 0 else end
        yield Window(start, end, max(0, start - WINDOW_OVERLAP), min(len(text), end + WINDOW_OVERLAP))
        start = end
