"""Codes that identify firms: check characters of our own IDs, and of LEI, ISIN and USCC. Pure functions."""

from __future__ import annotations

import re

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that an ID can be read aloud and typed."""

_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_FIRM_ID = re.compile(r"ZM[0-9A-HJKMNP-TV-Z]{8}")


def mod_37_36(body: str) -> str:
    """Return the ISO 7064 MOD 37,36 check character of an upper-case alphanumeric string."""
    product = 36
    for character in body:
        total = (product + _ALPHANUMERIC.index(character)) % 36 or 36
        product = total * 2 % 37
    return _ALPHANUMERIC[(37 - product) % 36]


def is_firm_id(text: str) -> bool:
    """Tell whether `text` is a well-formed canonical ID with a right check character."""
    return bool(_FIRM_ID.fullmatch(text)) and mod_37_36(text[:-1]) == text[-1]


def read_firm_id(text: str) -> str:
    """Return the canonical ID that a person typed, or an empty string.

    Case, spaces and hyphens do not matter, and Crockford's misreadings (O for 0, I and L for 1) are mended.
    """
    squeezed = re.sub(r"[\s-]", "", text).upper().removeprefix("FIRMS/")
    mended = squeezed[:2] + squeezed[2:].translate(str.maketrans("OIL", "011"))
    return mended if is_firm_id(mended) else ""


def is_lei(text: str) -> bool:
    """Tell whether `text` is an LEI (ISO 17442: 20 characters, ISO 7064 MOD 97-10)."""
    if not re.fullmatch(r"[0-9A-Z]{18}[0-9]{2}", text):
        return False
    return int("".join(str(int(character, 36)) for character in text)) % 97 == 1


def is_isin(text: str) -> bool:
    """Tell whether `text` is an ISIN (ISO 6166: country, nine characters, Luhn digit over the expanded digits)."""
    if not re.fullmatch(r"[A-Z]{2}[0-9A-Z]{9}[0-9]", text):
        return False
    digits = "".join(str(int(character, 36)) for character in text)
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value // 10 + value % 10
    return total % 10 == 0


def is_uscc(text: str) -> bool:
    """Tell whether `text` is a 统一社会信用代码 (GB 32100-2015: 18 characters, weighted sum modulo 31)."""
    if len(text) != 18 or any(character not in _USCC for character in text):
        return False
    total = sum(_USCC.index(character) * weight for character, weight in zip(text, _USCC_WEIGHTS, strict=False))
    return _USCC[-total % 31] == text[-1]


def is_wikidata_item(text: str) -> bool:
    """Tell whether `text` has the form of a Wikidata item (Q and a number without leading zero)."""
    return bool(re.fullmatch(r"Q[1-9][0-9]{0,11}", text))
