"""What the numbers in a compiled index stand for. Compiler and reader must agree on this page."""

from __future__ import annotations

from zhengming.aliases.model import DateBasis, DecoyReason, NameKind, Scheme

MATCHER_VERSION = "4"
"""Version of keys, weights and layout; a snapshot compiled by another version is compiled anew."""

KINDS = tuple(NameKind)
SCHEMES = tuple(Scheme)
DECOY_REASONS = tuple(DecoyReason)
BASES = tuple(DateBasis)

DISPLAYABLE, SHARED, COMMON_WORD, WEAK, USUAL, PLAIN = 1, 2, 4, 8, 16, 32
"""Bits of `names.flags`."""
