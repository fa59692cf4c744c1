"""spaCy's PhraseMatcher over all names of the table, on its tokenizer for Chinese: one token a character, no model.

Of names over each other the longest is taken, as spaCy's own `filter_spans` does.
"""

from __future__ import annotations

from collections.abc import Iterator

import spacy
from spacy.matcher import PhraseMatcher
from spacy.util import filter_spans
from systems.asked import Names


def find(table: Names, texts: list[str]) -> Iterator[list[tuple[int, int, str]]]:
    """Find names as they are written."""
    language = spacy.blank("zh")
    matcher = PhraseMatcher(language.vocab)
    for name in table.texts:
        matcher.add(name, [language.make_doc(name)])
    for text in texts:
        found = filter_spans(matcher(language.make_doc(text), as_spans=True))
        yield [(span.start_char, span.end_char, span.label_) for span in found]
