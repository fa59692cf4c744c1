"""Near names by shared n-grams: an inverted index in compressed sparse rows, read rarest grams first within a budget.

Grams are single characters, bigrams and skip-bigrams where Chinese characters stand (one edit in a name of three
characters leaves no common bigram), and trigrams with the word's start and end for letters and digits. A gram is a
bucket number, not a text: the index needs no dictionary, and a rare clash of two grams costs a few useless postings.

Each gram is weighted by its rarity. That is no good order in a crowd: a slip breaks the rare grams of a brand, and who has
the wrong ones by chance stands before who has all the rest. So the index of a large table also holds every term's own
grams, and what the rare grams find is put in order by all of them, each counted once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from zhengming.engine.arrays import Arrays, view
from zhengming.engine.policy import CROWDED_FROM, LOOK_ALIKES_SHARE, POSTINGS_BUDGET, POSTINGS_SHARE

_BUCKETS = 1 << 20
_MASK = _BUCKETS - 1
_FIRST_HAN = 0x2E80
_A, _B, _C = 0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35
_OVERSAMPLE = 8
"""A term found by m grams is met m times among the touched ones; so many more are taken before repeats are dropped."""
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


def build(terms: Sequence[str], crowded_from: int = CROWDED_FROM) -> Arrays:
    """Return the index of a list of terms: postings by bucket, and of every term its norm and the number of its grams.

    Of a list of `crowded_from` terms or more also every term's own grams.
    """
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
        "grams.marks": _marks(buckets, owners, lengths) if len(terms) >= crowded_from else np.zeros(0, np.uint16),
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
        self._look_alikes = int(LOOK_ALIKES_SHARE * self._terms)

    def count(self, first: str, second: str = "") -> int:
        """Return how many terms hold a Chinese character, or that character and right behind it another one."""
        point = ord(first) * _A
        bucket = (point ^ ord(second) * _B if second else point) >> 7 & _MASK
        return self._starts[bucket + 1] - self._starts[bucket]

    def nearest(self, text: str, limit: int) -> list[int]:
        """Return the indices of at most `limit` terms, best first. Ties are in index order, so the answer is stable."""
        asked = grams(text)
        starts, postings = self._starts, self._postings
        rows = sorted([(starts[gram + 1] - starts[gram], starts[gram]) for gram in asked])
        lists: list[NDArray[np.int32]] = []
        lengths: list[int] = []
        read = 0
        for length, start in rows:
            if not length:
                continue
            read += length
            if lists and read > self._budget:
                break
            lists.append(postings[start : start + length])
            lengths.append(length)
        if not lists:
            return []
        touched = np.concatenate(lists)
        gains = (self.log_terms - np.log(lengths)).repeat(lengths)
        totals = np.bincount(touched, gains)
        scores = totals.take(touched) * self._inverse_norms.take(touched)
        surplus = len(scores) - max(limit * _OVERSAMPLE, self._look_alikes)
        if surplus > 0:
            touched = touched[scores >= np.partition(scores, surplus)[surplus]]
        touched.sort()
        first = np.ones(len(touched), bool)
        np.not_equal(touched[1:], touched[:-1], out=first[1:])
        distinct = touched[first]
        if len(self._marks):
            order = (-self._resemblance(asked, distinct)).argsort(kind="stable")
        else:
            order = (-totals.take(distinct) * self._inverse_norms.take(distinct)).argsort(kind="stable")
        found: list[int] = distinct[order[:limit]].tolist()
        return found

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
