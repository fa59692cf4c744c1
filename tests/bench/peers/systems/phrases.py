"""spaCy's PhraseMatcher over a blank pipeline: Chinese cut into characters (its default), English by its rules.

In its favour: names and texts exactly as written, which is its fastest attribute, and nothing of the pipeline but the tokens.
With the setting `zh-ready` or `en-ready` the texts are tokens before the clock starts.
"""

from __future__ import annotations

import spacy
from spacy.matcher import PhraseMatcher

DISTRIBUTIONS = ("spacy",)


class Peer:
    """A matcher with all names."""

    def __init__(self, names: list[str], setting: str) -> None:
        language, _, ready = setting.partition("-")
        self._ready = bool(ready)
        self._language = spacy.blank(language)
        self._matcher = PhraseMatcher(self._language.vocab)
        self._matcher.add("FIRM", [self._language.make_doc(name) for name in names])

    def prepare(self, texts: list[str]) -> None:
        """Make the texts into tokens."""
        if self._ready:
            self._documents = [self._language.make_doc(text) for text in texts]

    def answer(self, texts: list[str]) -> list[int]:
        """Return the number of hits in each text."""
        documents = self._documents if self._ready else map(self._language.make_doc, texts)
        return [len(self._matcher(document)) for document in documents]
