"""Codes of the contract → words. The wire carries codes; clients write the sentences, in English or Chinese."""

from __future__ import annotations

import functools
from typing import Any, Final, Literal, Protocol

from zhengming.client._sentence_table import SENTENCES

Language = Literal["en", "zh"]
"""A language that sentences exist in."""

LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")

_COLUMN: Final = {"en": 0, "zh": 1}
_UNKNOWN: Final = (
    "code {number}, which this client does not know; a newer client will",
    "代码 {number}：当前客户端版本未收录，请升级",
)


class EnumType(Protocol):
    """A protobuf enum, such as `zhengming.v1.resolver_pb2.EvidenceCode`."""

    # Any: each generated enum takes its own subtype of int.
    def Name(self, number: Any) -> str:  # noqa: N802 - protobuf's own method name
        """Return the value's name; raises ValueError for a number the contract does not have."""


@functools.lru_cache(1024)
def sentence(enum: EnumType, value: int, lang: Language = "en") -> str:
    """Return the words for an enum value.

    A value that is newer than this client gets a sentence that says so: an answer must stay readable when the server
    is upgraded first.

    Args:
        enum: the enum, such as `EvidenceCode`.
        value: its number.
        lang: `en` or `zh`.
    """
    try:
        words = SENTENCES[enum.Name(value)]
    except (KeyError, ValueError):
        return _UNKNOWN[_COLUMN[lang]].format(number=value)
    return words[_COLUMN[lang]]


@functools.lru_cache(1024)
def short_code(enum: EnumType, value: int, prefix: str) -> str:
    """Return the name of an enum value without its prefix, as tables and CSV show it: `MATCH`, `TOO_GENERIC`.

    Args:
        enum: the enum.
        value: its number; 0 gives an empty text, any other that is not known gives the number.
        prefix: such as `OUTCOME_`.
    """
    if value == 0:
        return ""
    try:
        return enum.Name(value).removeprefix(prefix)
    except ValueError:
        return str(value)
