"""How texts and lists are laid out in plain numeric arrays, so that a snapshot can be memory-mapped."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
"""Array name → array of a plain numeric type."""


def view(array: NDArray[Any]) -> memoryview[int]:
    """Return an array as a memory view: single elements are read several times faster than through numpy."""
    return memoryview(array)  # type: ignore[arg-type]  # numpy declares the buffer protocol from Python 3.12 on


class TextList:
    """A list of texts: one UTF-8 blob and the offset of each text in it."""

    __slots__ = ("_blob", "_offsets")

    def __init__(self, blob: NDArray[np.uint8], offsets: NDArray[np.int32]) -> None:
        self._blob = view(blob)
        self._offsets = view(offsets)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, index: int) -> str:
        return str(self._blob[self._offsets[index] : self._offsets[index + 1]], "utf-8")

    def several(self, indices: Iterable[int]) -> list[str]:
        """Return the texts at these indices: all at once costs half."""
        blob, offsets = self._blob, self._offsets
        return [str(blob[offsets[index] : offsets[index + 1]], "utf-8") for index in indices]

    def __iter__(self) -> Iterator[str]:
        return map(self.__getitem__, range(len(self)))

    def raw(self, index: int) -> bytes:
        """Return the UTF-8 bytes of a text."""
        return bytes(self._blob[self._offsets[index] : self._offsets[index + 1]])

    @property
    def blob(self) -> memoryview[int]:
        """The UTF-8 bytes of all texts, one after the other."""
        return self._blob

    @property
    def offsets(self) -> memoryview[int]:
        """Offset of each text in the blob, and the blob's length at the end."""
        return self._offsets

    @staticmethod
    def pack(name: str, texts: Iterable[str]) -> Arrays:
        """Return the two arrays of a list of texts."""
        encoded = [text.encode() for text in texts]
        offsets = np.zeros(len(encoded) + 1, np.int32)
        np.cumsum([len(text) for text in encoded], out=offsets[1:])
        return {f"{name}.blob": np.frombuffer(b"".join(encoded), np.uint8), f"{name}.offsets": offsets}

    @classmethod
    def unpack(cls, name: str, arrays: Arrays) -> TextList:
        """Return the list of texts packed under a name."""
        return cls(arrays[f"{name}.blob"], arrays[f"{name}.offsets"])


class IntLists:
    """A list of lists of integers: all values in one array and the offset of each list (compressed sparse rows)."""

    __slots__ = ("_offsets", "_values")

    def __init__(self, values: NDArray[np.int32], offsets: NDArray[np.int32]) -> None:
        self._values = view(values)
        self._offsets = view(offsets)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, index: int) -> list[int]:
        return self._values[self._offsets[index] : self._offsets[index + 1]].tolist()

    @staticmethod
    def pack(name: str, lists: Sequence[Sequence[int]]) -> Arrays:
        """Return the two arrays of a list of lists."""
        offsets = np.zeros(len(lists) + 1, np.int32)
        np.cumsum([len(values) for values in lists], out=offsets[1:])
        flat = np.fromiter((value for values in lists for value in values), np.int32, int(offsets[-1]))
        return {f"{name}.values": flat, f"{name}.offsets": offsets}

    @classmethod
    def unpack(cls, name: str, arrays: Arrays) -> IntLists:
        """Return the list of lists packed under a name."""
        return cls(arrays[f"{name}.values"], arrays[f"{name}.offsets"])


class HashedLists:
    """Lists of integers found by a 64-bit hash: the hashes in order, and where those with the same first bits begin.

    Hashes are spread evenly, so a look-up reads its beginning and then one or two hashes, however many there are.
    """

    __slots__ = ("_begins", "_hashes", "_lists", "_shift")

    def __init__(self, hashes: NDArray[np.uint64], begins: NDArray[np.int32], lists: IntLists) -> None:
        self._hashes = view(hashes)
        self._begins = view(begins)
        self._lists = lists
        self._shift = _HASH_BITS - (len(begins) - 1).bit_length() + 1

    def __getitem__(self, hashed: int) -> list[int]:
        """Return the list under a hash, empty when there is none."""
        first = hashed >> self._shift
        begins, hashes = self._begins, self._hashes
        end = begins[first + 1]
        position = bisect_left(hashes, hashed, begins[first], end)
        return self._lists[position] if position < end and hashes[position] == hashed else []

    @staticmethod
    def pack(name: str, lists: Mapping[int, Iterable[int]]) -> Arrays:
        """Return the arrays of lists by hash, each in ascending order."""
        hashes = np.array(sorted(lists), np.uint64)
        bits = max(len(hashes).bit_length(), 1)
        firsts = (hashes >> np.uint64(_HASH_BITS - bits)).astype(np.int64)
        begins = np.zeros((1 << bits) + 1, np.int32)
        np.cumsum(np.bincount(firsts, minlength=1 << bits), out=begins[1:])
        values = IntLists.pack(f"{name}.lists", [sorted(lists[hashed]) for hashed in hashes.tolist()])
        return {f"{name}.hashes": hashes, f"{name}.begins": begins, **values}

    @classmethod
    def unpack(cls, name: str, arrays: Arrays) -> HashedLists:
        """Return the lists packed under a name."""
        return cls(arrays[f"{name}.hashes"], arrays[f"{name}.begins"], IntLists.unpack(f"{name}.lists", arrays))


_HASH_BITS = 64
