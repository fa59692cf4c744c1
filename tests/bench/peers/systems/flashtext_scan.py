"""flashtext: the leftmost longest hits, between characters that it takes for the ends of words."""

from __future__ import annotations

from flashtext import KeywordProcessor

DISTRIBUTIONS = ("flashtext",)


class Peer:
    """A processor with all names."""

    def __init__(self, names: list[str], _setting: str) -> None:
        self._processor = KeywordProcessor(case_sensitive=True)
        for name in names:
            self._processor.add_keyword(name)

    def answer(self, texts: list[str]) -> list[int]:
        """Return the number of hits in each text."""
        return [len(self._processor.extract_keywords(text)) for text in texts]
