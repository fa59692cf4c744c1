"""Near names by shared n-grams: an inverted index in compressed sparse rows, read rarest grams first within a budget.

Grams are single characters, bigrams and skip-bigrams where Chinese characters stand (one edit in a name of three
characters leaves no common bigram), and trigrams with the word's start and end for letters and digits. A gram is a
bucket number, not a text: the index needs no dictionary, and a rare clash of two grams costs a few useless postings.

The rare grams say where to look, each weighted by its rarity. What they find is put in order by all grams, each counted
once, for which the index also holds every term's own grams: a slip breaks rare grams as easily as common ones, and a
name with another brand shares with a query whatever is not the brand.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from zhengming.engine.arrays import Arrays, view
from zhengming.engine.policy import COMPARED_SHARE, POSTINGS_BUDGET, POSTINGS_COMPARED, POSTINGS_SHARE

_BUCKETS = 1 << 20
_MASK = _BUCKETS - 1
_FIRST_HAN = 0x2E80
_A, _B, _C = 0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35
_NO_GRAM = (1 << 16) - 1
"""Grams are told apart by so many numbers where a term's own are counted; this one stands where a term has no more."""
_WIDTH = 32
"""Grams kept of a term. Only names of more than thirty letters have more; of theirs, so many drawn by chance stand for all."""


def grams(term: str) -> set[int]:
    """Return the buckets of a term's grams."""
    points = list(map(ord, term))
    if points and max(points) < _FIRST_HAN:
        points = [1, *points, 2]
        return {
            (first * _A ^ second * _B ^ third * _C) >> 7 & _MASK
            for first, second, third in zip(points, points[1:], points[2:], strict=False)
        }
    found = {point * _A >> 7 & _MASK for point in points if point >= _FIRST_HAN}
    found.update([(first * _A ^ second * _B) >> 7 & _MASK for first, second in pairwise(points)])
    found.update([(first * _A ^ third * _C) >> 7 & _MASK for first, third in zip(points, points[2:], strict=False)])
    return found


def build(terms: Sequence[str]) -> Arrays:
    """Return the index of a list of terms: postings by bucket, and of every term its norm, its own grams and their number."""
    term_grams = [sorted(grams(term)) for term in terms]
    lengths = np.fromiter(map(len, term_grams), np.int64, len(terms))
    buckets = np.fromiter((gram for found in term_grams for gram in found), np.int64, int(lengths.sum()))
    owners = np.repeat(np.arange(len(terms), dtype=np.int32), lengths)
    starts = np.zeros(_BUCKETS + 1, np.int32)
    np.cumsum(np.bincount(buckets, minlength=_BUCKETS), out=starts[1:])
    weights = _weights(np.diff(starts), len(terms))
    norms = np.bincount(owners, weights=weights[buckets], minlength=len(terms))
    return {
        "grams.postings": owners[np.argsort(buckets, kind="stable")],
        "grams.starts": starts,
        "grams.inverse_norms": (1 / np.sqrt(np.maximum(norms, 1e-6))).astype(np.float32),
        "grams.marks": _marks(buckets, owners, lengths),
        "grams.lengths": lengths.astype(np.int16),
    }


def _marks(buckets: NDArray[np.int64], owners: NDArray[np.int32], lengths: NDArray[np.int64]) -> NDArray[np.uint16]:
    """Return the first grams of every term, row after row. Buckets are in the order of their hashes, so the first are any."""
    places = np.arange(len(buckets)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    marks = np.full((len(lengths), _WIDTH), _NO_GRAM, np.uint16)
    kept = places < _WIDTH
    marks[owners[kept], places[kept]] = buckets[kept] % _NO_GRAM
    return marks.reshape(-1)


def _weights(document_frequencies: NDArray[np.int32], terms: int) -> NDArray[np.float64]:
    return np.log((terms + 1) / np.maximum(document_frequencies, 1))


class GramIndex:
    """Finds the terms that share most with a text."""

    def __init__(self, arrays: Arrays) -> None:
        self._postings = arrays["grams.postings"]
        self._starts = view(arrays["grams.starts"])
        self._inverse_norms = arrays["grams.inverse_norms"]
        self._marks = arrays["grams.marks"].reshape(-1, _WIDTH)
        self._lengths = arrays["grams.lengths"]
        self._terms = len(self._inverse_norms)
        self.log_terms = float(np.log(self._terms + 1))
        """Natural logarithm of the number of terms."""
        self._budget = max(POSTINGS_BUDGET, int(POSTINGS_SHARE * self._terms))
        self._compared = max(POSTINGS_COMPARED, int(COMPARED_SHARE * self._terms))

    def count(self, first: str, second: str = "") -> int:
        """Return how many terms hold a Chinese character, or that character and right behind it another one."""
        point = ord(first) * _A
        bucket = (point ^ ord(second) * _B if second else point) >> 7 & _MASK
        return self._starts[bucket + 1] - self._starts[bucket]

    def nearest(self, text: str, limit: int) -> list[int]:
        """Return the indices of at most `limit` terms, best first. Ties are in index order, so the answer is stable."""
        asked = grams(text)
        found = self._likeliest(asked)
        if not len(found):
            return []
        order = (-self._resemblance(asked, found)).argsort(kind="stable")
        nearest: list[int] = found[order[:limit]].tolist()
        return nearest

    def _likeliest(self, asked: set[int]) -> NDArray[np.int32]:
        """Return the terms that share most with these grams, each gram weighted by its rarity, in index order."""
        starts, postings = self._starts, self._postings
        rows = [(starts[gram + 1] - start, start) for gram in asked if (start := starts[gram]) != starts[gram + 1]]
        lists: list[NDArray[np.int32]] = []
        lengths: list[int] = []
        read = 0
        for length, start in sorted(rows):
            read += length
            if lists and read > self._budget:
                break
            lists.append(postings[start : start + length])
            lengths.append(length)
        if not lists:
            return postings[:0]
        touched = np.concatenate(lists)
        surplus = len(touched) - self._compared
        if surplus > 0:
            gains = (self.log_terms - np.log(lengths)).repeat(lengths)
            scores = np.bincount(touched, gains).take(touched)
            scores *= self._inverse_norms.take(touched)
            touched = touched[scores >= np.partition(scores, surplus)[surplus]]
        touched.sort()
        first = np.ones(len(touched), bool)
        np.not_equal(touched[1:], touched[:-1], out=first[1:])
        distinct: NDArray[np.int32] = touched[first]
        return distinct

    def _resemblance(self, asked: set[int], terms: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return for each term how many of its grams and these are shared by both, 0 to 1 (Jaccard index)."""
        is_asked = np.zeros(_NO_GRAM + 1, np.uint8)
        is_asked[[gram % _NO_GRAM for gram in asked]] = 1
        shared = np.add.reduce(is_asked.take(self._marks.take(terms, axis=0)), axis=1, dtype=np.uint8)
        held = self._lengths.take(terms)
        if held.max() > _WIDTH:
            shared = shared * np.maximum(held / _WIDTH, 1)
        resemblance: NDArray[np.float64] = shared / (held + len(asked) - shared)
        return resemblance
