"""The anatomies of the names of a table, taken apart once when it is compiled and read back a hundred times faster.

What identifies a name (its text, core and brand) is stored name by name. All the rest, its frame, is one of few: many
names have the place 北京, the trade 科技, the form 有限公司 and no number. Frames are numbered and each is unpacked once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from zhengming.engine.arrays import Arrays, TextList, view
from zhengming.engine.grammar import Anatomy

_CACHED_FRAMES = 1 << 14
_BETWEEN = "\n"
"""Stands between brand words, core and text. Only the text, which is last, could hold one itself."""


class _Frame(NamedTuple):
    """What a name has beside its text, core and brand; the fields are those of `Anatomy`."""

    places: tuple[str, ...]
    trades: tuple[str, ...]
    legal_form: str
    group: bool
    branch: str
    decorations: tuple[str, ...]
    script: str
    numbers: tuple[str, ...]
    tails: frozenset[str]


def build(anatomies: Iterable[Anatomy]) -> Arrays:
    """Return the arrays of anatomies, in their order."""
    frames: dict[_Frame, int] = {}
    texts: list[str] = []
    numbers: list[int] = []
    for one in anatomies:
        texts.append(f"{' '.join(one.brand_words)}{_BETWEEN}{one.core}{_BETWEEN}{one.text}")
        numbers.append(frames.setdefault(_frame_of(one), len(frames)))
    return {
        **TextList.pack("anatomies", texts),
        **TextList.pack("anatomies.frames", map(_pack_frame, frames)),
        "anatomies.frame": np.array(numbers, np.int32),
    }


def _frame_of(one: Anatomy) -> _Frame:
    return _Frame(
        one.places,
        one.trades,
        one.legal_form,
        one.group,
        one.branch,
        one.decorations,
        one.script,
        one.numbers,
        one.tails,
    )


def _pack_frame(frame: _Frame) -> str:
    return json.dumps([*frame[:-1], sorted(frame.tails)], ensure_ascii=False, separators=(",", ":"))


def _unpack_frame(packed: bytes) -> _Frame:
    places, trades, legal_form, group, branch, decorations, script, numbers, tails = json.loads(packed)
    return _Frame(
        tuple(places),
        tuple(trades),
        legal_form,
        group,
        branch,
        tuple(decorations),
        script,
        tuple(numbers),
        frozenset(tails),
    )


class AnatomyIndex:
    """Reads the anatomies of names by row. They have no `parts`."""

    def __init__(self, arrays: Arrays) -> None:
        self._texts = TextList.unpack("anatomies", arrays)
        self._frames = TextList.unpack("anatomies.frames", arrays)
        self._frame_of = view(arrays["anatomies.frame"])
        self._frame = lru_cache(_CACHED_FRAMES)(self._read_frame)

    def __getitem__(self, name: int) -> Anatomy:
        brand, core, text = self._texts[name].split(_BETWEEN, 2)
        places, trades, legal_form, group, branch, decorations, script, numbers, tails = self._frame(
            self._frame_of[name]
        )
        words: tuple[str, ...] = (brand,) if brand else ()
        if " " in brand:
            words = tuple(brand.split(" "))
            brand = "".join(words)
        return Anatomy(
            text, places, brand, words, trades, legal_form, group, branch, decorations, core, script, numbers, tails, ()
        )

    def texts(self, name: int) -> tuple[str, str]:
        """Return text and core of a name, for whoever needs no more."""
        _, core, text = self._texts[name].split(_BETWEEN, 2)
        return text, core

    def _read_frame(self, number: int) -> _Frame:
        return _unpack_frame(self._frames.raw(number))
