"""flashtext over all names of the table: the leftmost longest name wherever no ASCII letter or digit touches it."""

from __future__ import annotations

from collections.abc import Iterator

from flashtext import KeywordProcessor
from systems.asked import Names


def find(table: Names, texts: list[str]) -> Iterator[list[tuple[int, int, str]]]:
    """Find names as they are written, case and all."""
    processor = KeywordProcessor(case_sensitive=True)
    for name in table.texts:
        processor.add_keyword(name, name)
    for text in texts:
        yield [(start, end, name) for name, start, end in processor.extract_keywords(text, span_info=True)]
