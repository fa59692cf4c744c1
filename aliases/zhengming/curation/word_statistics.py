"""Generate the statistics of common words that text linking weighs against names of the table.

    pip install jieba==0.42.1 symspellpy
    python -m zhengming.curation.word_statistics

writes `zhengming/engine/linking/word_table.py`. Chinese words and how often they occur come from the dictionary of jieba
(MIT), English ones from the frequency dictionary of symspellpy (MIT). Only words that can collide with a name of the table
are kept: equal to one, around one (小米粥), or across its edge (团队 in 美团队). Beside them stands how words begin, for all
words but names: what begins otherwise is no word (湘钢). Neither package is a dependency, and the
table may move on without the words being generated anew: a new name only has fewer words to collide with until then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.resources import files
from math import log
from pathlib import Path

from zhengming.aliases import load_table
from zhengming.aliases.load import bundled_table_path
from zhengming.engine.fold import fold, is_han, name_key

_LONGEST_NAME, _LONGEST_WORD = 5, 5
_LEAST_INSIDE, _LEAST_ACROSS = 3, 20
"""Occurrences from which a word counts that holds a name, and one that only touches its edge."""
_LEAST_ENGLISH = 2_000_000
"""Occurrences (of 1.0e12) from which an English word is a common one: the first 25,000 or so."""
_LEAST_BEGUN = 10
"""Occurrences from which a word counts that begins with two characters."""
_NAME_TAGS = frozenset(("nr", "nt", "nz", "nrt", "nrfg", "j"))
_NO_WORD_TAGS = _NAME_TAGS - {"j"}
"""Names of people, bodies and brands say nothing of how words begin; abbreviations (高管) are words."""
_IDIOM_TAGS, _IDIOM_LEVEL = frozenset("il"), 14
"""Sayings are common words however seldom a corpus has them."""
_WRAP = 110


def collected() -> tuple[dict[str, tuple[str, int]], list[str]]:
    """Return Chinese word → (class, level), and the common English words that are names of the table.

    The class is "noun", "place", "name" (a person's, a body's, a brand's, an abbreviation) or "other"; the level is twice the natural logarithm
    of the number of occurrences in jieba's corpus of about 60 million words.
    """
    table = load_table(bundled_table_path())
    keys = {name_key(name.text) for name in table.names} | {name_key(decoy.text) for decoy in table.decoys}
    names = {key for key in keys if 2 <= len(key) <= _LONGEST_NAME and all(map(is_han, key))}
    heads = {name[:cut] for name in names for cut in range(1, len(name))}
    tails = {name[cut:] for name in names for cut in range(1, len(name))}
    chinese = {}
    for word, (count, tag) in chinese_words().items():
        if len(word) == 1 or word in names:
            kept = True
        elif any(part in names for part in _parts(word)):
            kept = count >= _LEAST_INSIDE
        else:
            touches = any(word[cut:] in heads or word[:cut] in tails for cut in range(1, len(word)))
            kept = touches and count >= _LEAST_ACROSS
        if kept:
            level = round(2 * log(max(count, 1)))
            chinese[word] = _class(tag), max(level, _IDIOM_LEVEL) if tag in _IDIOM_TAGS else level
    english = sorted(word for word, count in _english_words() if count >= _LEAST_ENGLISH and word in keys)
    return chinese, english


def word_heads() -> list[str]:
    """Return how Chinese words begin: groups of a first character with all the second ones that words of two or more have."""
    seconds: dict[str, set[str]] = defaultdict(set)
    for word, (count, tag) in chinese_words().items():
        if len(word) > 1 and count >= _LEAST_BEGUN and tag not in _NO_WORD_TAGS:
            seconds[word[0]].add(word[1])
    return [first + "".join(sorted(others)) for first, others in sorted(seconds.items())]


def _class(tag: str) -> str:
    if tag in _NAME_TAGS:
        return "name"
    return "place" if tag == "ns" else "noun" if tag.startswith("n") else "other"


def chinese_words() -> dict[str, tuple[int, str]]:
    """Return the words of jieba's dictionary of up to five characters, folded, with count and tag."""
    words: dict[str, tuple[int, str]] = {}
    for line in files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").splitlines():
        written, count, tag = line.split(" ")
        word = fold(written)
        if len(word) <= _LONGEST_WORD and all(map(is_han, word)) and int(count) > words.get(word, (-1, ""))[0]:
            words[word] = int(count), tag
    return words


def _english_words() -> Iterator[tuple[str, int]]:
    source = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt")
    for line in source.read_text(encoding="utf-8-sig").splitlines():
        word, count = line.split(" ")
        yield word, int(count)


def _parts(word: str) -> Iterator[str]:
    return (word[start:end] for start in range(len(word)) for end in range(start + 2, len(word) + 1))


def render(chinese: dict[str, tuple[str, int]], english: Iterable[str], heads: Iterable[str]) -> str:
    """Return the source of `word_table.py`."""
    groups: dict[tuple[str, int], list[str]] = defaultdict(list)
    for word, group in chinese.items():
        groups[group].append(word)
    lines = [
        '"""Common words that collide with names of the table. Generated by zhengming.curation.word_statistics from the',
        "dictionaries of jieba 0.42 (MIT) and symspellpy 6 (MIT); do not edit.",
        "",
        "Chinese words by class and level: twice the natural logarithm of their number in jieba's corpus.",
        "Heads of words: a character and all those that stand behind it where a word begins; words that are no names.",
        '"""',
        "",
        "CHINESE_WORDS = {",
    ]
    for group, words in sorted(groups.items()):
        lines += [f'    ("{group[0]}", {group[1]}): (', *quoted(sorted(words)), "    ),"]
    lines += ["}", "", "ENGLISH_WORDS = (", *quoted(sorted(english)), ")", ""]
    lines += ["WORD_HEADS = (", *quoted(list(_cut(heads))), ")", ""]
    return "\n".join(lines)


def module_of_words(told: str, words: list[str]) -> str:
    """Return the source of a module that holds words only. `told`: its docstring, broken where its lines end."""
    return "\n".join([f'"""{told}"""', "", "WORDS = (", *quoted(words, indent=4), ")", ""])


def quoted(words: list[str], indent: int = 8) -> Iterator[str]:
    """Return the lines of adjacent string literals that hold words, a space behind each."""
    line = ""
    for word in words:
        if line and len(line) + len(word) >= _WRAP:
            yield f'{" " * indent}"{line}"'
            line = ""
        line += word + " "
    if line:
        yield f'{" " * indent}"{line}"'


def _cut(heads: Iterable[str]) -> Iterator[str]:
    """Yield groups of heads, each short enough for a line: a long one in parts that repeat the first character."""
    for head in heads:
        for start in range(1, len(head), _WRAP - 2):
            yield head[0] + head[start : start + _WRAP - 2]


def main() -> None:
    """Write the module."""
    import zhengming.engine as engine

    path = Path(engine.__file__).parent / "linking" / "word_table.py"
    path.write_text(render(*collected(), word_heads()), encoding="utf-8")


if __name__ == "__main__":
    main()
