"""The engine's front: one snapshot, and everything that can be asked of it."""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from hashlib import sha256

from zhengming.engine import coefficients, policy
from zhengming.engine.answer import (
    DEFAULT_OPTIONS,
    NO_CONTEXT,
    Code,
    CodeHit,
    Context,
    Explanation,
    FirmRecord,
    NameComparison,
    NameHit,
    Options,
    Parts,
    Profile,
    Resolution,
)
from zhengming.engine.arrays import Arrays
from zhengming.engine.catalog import Catalog
from zhengming.engine.explain import Explainer
from zhengming.engine.grammar import parse
from zhengming.engine.guard import guard
from zhengming.engine.index import Counts, Index
from zhengming.engine.linking import DEFAULT_LINK_OPTIONS, LinkedText, Linker, LinkOptions
from zhengming.engine.matcher import Matcher
from zhengming.engine.pairs import Comparer
from zhengming.engine.weights import FITTED, Weights
from zhengming.engine.write import parts_of


class Engine:
    """Answers from one compiled index. Safe to use from several threads; the same query gives the same answer."""

    def __init__(self, arrays: Arrays, weights: Weights = FITTED) -> None:
        """Take the arrays of `compile_index`; they may be memory-mapped and are never written.

        `weights` defaults to the fitted ones; only fitting them anew needs others.
        """
        self._index = Index(arrays)
        self._catalog = Catalog(self._index, arrays)
        self._weights = weights
        self._matcher = Matcher(self._index, self._catalog, weights)
        self._explainer = Explainer(self._index, self._catalog, weights, self._matcher.resolve)
        self._comparer = Comparer(self._index, self._catalog, self._resolve_plainly)
        self._arrays = arrays
        self.counts: Counts = self._index.counts
        self.table_version: str = self._index.table_version
        """SHA-256 of the table files that the index was compiled from."""
        self.calibration_id: str = coefficients.CALIBRATION_ID

    def resolve(self, text: str, context: Context = NO_CONTEXT, options: Options = DEFAULT_OPTIONS) -> Resolution:
        """Return the answer to one query. Raises `InvalidQuery` when the text cannot be a name; nothing else."""
        return self._matcher.resolve(text, context, options)

    def explain(
        self, text: str, context: Context = NO_CONTEXT, options: Options = DEFAULT_OPTIONS, firm_id: str = ""
    ) -> Explanation:
        """Return the answer to one query with every step that led to it; with `firm_id` also why that firm is it or not.

        Raises `InvalidQuery` as `resolve` does, and `LookupError` for an ID that is not a live firm's.
        """
        return self._explainer.explain(text, context, options, firm_id)

    def compare(
        self, first: str, second: str, options: Options = DEFAULT_OPTIONS, *, with_table: bool = True
    ) -> NameComparison:
        """Return what two names are to each other: one firm's, one group's, different firms' or undecided.

        By the table where it knows both names, else by the names alone. Of the options the profile, the least confidence
        and the number of candidates count. Raises `InvalidQuery` with the field `first` or `second`.
        """
        return self._comparer.compare(first, second, options, with_table=with_table)

    def link(self, text: str, options: LinkOptions = DEFAULT_LINK_OPTIONS) -> LinkedText:
        """Return the firms that a running text names, with offsets. Raises `InvalidText`; nothing else."""
        return self._linker.link(text, options)

    @cached_property
    def _linker(self) -> Linker:
        # Made when the first text comes: whoever only resolves names does not pay for the automaton.
        return Linker(self._index, self._catalog, self._matcher, self._arrays)

    def parse(self, text: str) -> Parts:
        """Return the parsed parts of a query. Raises `InvalidQuery` as `resolve` does."""
        return parts_of(parse(guard(text).text))

    def _resolve_plainly(self, text: str, options: Options) -> Resolution:
        return self._matcher.resolve(text, NO_CONTEXT, options)

    def firm(self, firm_id: str, *, whole: bool = True) -> FirmRecord | None:
        """Return a live firm, or None for an ID that is gone or was never given.

        `whole` False: without names and relations, for who only shows which firm it is; they are most of the work.
        """
        return self._catalog.firm(firm_id, whole)

    def redirect(self, firm_id: str) -> str | None:
        """Return the ID that took the place of a joined one, "" for a withdrawn one, None for any other."""
        return self._catalog.redirect(firm_id)

    def lookup(self, code: Code, as_of: str = "") -> list[CodeHit]:
        """Return the holders of a code, present ones first; with `as_of` only those who held it on that day."""
        return self._catalog.lookup(code, as_of)

    def suggest(self, prefix: str, limit: int) -> list[NameHit]:
        """Return names that begin with `prefix`, one a firm, shortest first. Raises `InvalidQuery`."""
        return self._catalog.suggest(prefix, limit)

    def search(
        self, words: str, *, sector: str = "", tech_only: bool = False, offset: int = 0, limit: int = 20
    ) -> tuple[list[NameHit], bool]:
        """Return firms with a name that holds all the words, best first, and whether more follow.

        Raises `InvalidQuery`.
        """
        return self._catalog.search(words, sector=sector, tech_only=tech_only, offset=offset, limit=limit)

    def configuration_hash(self, profile: Profile) -> str:
        """Return the SHA-256 of everything on the policy page and of the weights, with the profile's name."""
        constants = [(name, _stable(value)) for name, value in sorted(vars(policy).items()) if name.isupper()]
        weights = sorted((code.name, weight) for code, weight in self._weights.by_code.items())
        slip = sorted(self._weights.slip.items())
        return sha256(repr((constants, self._weights.offset, weights, slip, profile.name)).encode()).hexdigest()


def _stable(value: object) -> object:
    """Return a constant in a form that prints the same in every process: sets and mappings in order."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, dict):
        return sorted((key.name if isinstance(key, Enum) else key, item) for key, item in value.items())
    return value
