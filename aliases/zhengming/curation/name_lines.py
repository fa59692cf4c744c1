"""Which name lines stay when several sources name a firm, and which are marked as shared."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable

from zhengming.aliases.model import SHARED_MARKS, WORD_MARKS, Ambiguity, DateBasis, Decoy, Name, NameKind
from zhengming.curation.draft import Finding
from zhengming.curation.fact_sources import RESTRICTION_KEYS
from zhengming.curation.identity import is_curated
from zhengming.curation.keys import english_words
from zhengming.engine.fold import name_key
from zhengming.engine.grammar import parse

_BY_NAMES = (NameKind.ACRONYM, NameKind.TRUNCATED)
_VENDOR = (NameKind.SHORT, NameKind.TRANSLATION, NameKind.TRUNCATED)
_MOST_GENERIC_WORDS = 3
"""A legal form included."""
_BRAND_SYLLABLES = frozenset({"by", "huagong"})
"""Generic for the grammar, the brand of a firm here: BY-HEALTH (汤臣倍健), Huagong Tech (华工科技)."""
_MARK_ORDER = (
    Ambiguity.NONE,
    Ambiguity.COMMON_WORD,
    Ambiguity.SHARED,
    Ambiguity.SHARED_WORD,
    Ambiguity.USUAL,
    Ambiguity.WEAK,
)
_KIND_ORDER = {kind: place for place, kind in enumerate(NameKind)}


def without_decoys(names: list[Name], decoys: list[Decoy], findings: list[Finding]) -> list[Name]:
    """Drop acronyms and cut forms of lists (a government's CSRC) that editors refuse as decoys."""
    refused = {name_key(line.text): line.label for line in decoys if is_curated(line.source)}
    kept = []
    for line in names:
        label = "" if is_curated(line.source) or line.kind not in _BY_NAMES else refused.get(name_key(line.text), "")
        if label:
            findings.append(
                Finding("dropped", line.text, f"name of {line.firm_id} from {line.source}: editors refuse it ({label})")
            )
        else:
            kept.append(line)
    return kept


def without_generic(names: list[Name], findings: list[Finding]) -> list[Name]:
    """Drop the English forms of lists and vendors that are generic words alone ("HEALTHCARE", "and Technology").

    A place tells something ("ANHUI EXPRESSWAY"), and so do three trades; a legal name always stays.
    """
    kept = []
    for line in names:
        if is_curated(line.source) or line.kind not in _VENDOR or line.language != "en" or not is_generic(line.text):
            kept.append(line)
        else:
            findings.append(Finding("dropped", line.text, f"name of {line.firm_id} from {line.source}: generic words"))
    return kept


def is_generic(text: str) -> bool:
    """Tell whether an English name is generic words alone."""
    words = english_words(text)
    if len(words) > _MOST_GENERIC_WORDS or any(word in _BRAND_SYLLABLES for word in words):
        return False
    anatomy = parse(text)
    return not anatomy.brand and not anatomy.places and len(anatomy.trades) < 3


def thin(names: list[Name]) -> list[Name]:
    """Keep one line of every spelling of a firm: a list's second spelling of a known name says nothing new.

    A current name beats a former one, an editor's line beats a list's, a better kind beats a lesser. What an editor or a
    dated line calls a former name is not current for a vendor's sake; and not for a list's, when the firm has another full
    name in that language. What one restriction list calls a former name is not current for another list's sake. Former
    names with dates of their own stay side by side, but exact dates make observed ones and years superfluous.
    """
    aged = {
        (line.firm_id, name_key(line.text))
        for line in names
        if line.kind is NameKind.FORMER and (is_curated(line.source) or line.valid_to)
    }
    edited = {
        (line.firm_id, name_key(line.text))
        for line in names
        if line.kind is NameKind.FORMER and is_curated(line.source)
    }
    said_former = {
        (line.firm_id, name_key(line.text))
        for line in names
        if line.kind is NameKind.FORMER and line.source in RESTRICTION_KEYS
    }
    renamed = {
        (line.firm_id, line.language)
        for line in names
        if line.kind is NameKind.LEGAL and (line.firm_id, name_key(line.text)) not in edited | said_former
    }

    def outdated(line: Name) -> bool:
        slot = (line.firm_id, name_key(line.text))
        if is_curated(line.source):
            return False
        has_another = (line.firm_id, line.language) in renamed
        if line.source in RESTRICTION_KEYS and line.kind is not NameKind.FORMER and slot in said_former and has_another:
            return True
        by_vendor = line.kind in _VENDOR and slot in aged
        return by_vendor or (line.kind is NameKind.LEGAL and slot in edited and has_another)

    names = [line for line in names if not outdated(line)]
    current = {(line.firm_id, name_key(line.text)) for line in names if line.kind is not NameKind.FORMER}
    sureness: dict[tuple[str, str], int] = defaultdict(int)
    for line in names:
        if line.kind is NameKind.FORMER:
            slot = (line.firm_id, name_key(line.text))
            sureness[slot] = max(sureness[slot], _sureness(line))

    def worth(line: Name) -> tuple[object, ...]:
        return (not is_curated(line.source), _KIND_ORDER[line.kind], not line.valid_from, line.source, line.text, line)

    best: dict[tuple[str, str, str, str], Name] = {}
    marks: dict[tuple[str, str], Ambiguity] = {}
    for line in names:
        key = name_key(line.text)
        former = line.kind is NameKind.FORMER
        if not key or (former and ((line.firm_id, key) in current or _sureness(line) < sureness[line.firm_id, key])):
            continue
        # A Chinese name is kept once a script and region, any other once.
        script = line.language if line.language.startswith("zh-Hant") else "*"
        dated = (line.firm_id, key, script, f"{line.valid_from}/{line.valid_to}" if former else "")
        if is_curated(line.source):
            slot = (line.firm_id, key)
            marks[slot] = max(marks.get(slot, Ambiguity.NONE), line.ambiguity, key=_MARK_ORDER.index)
        if dated not in best or worth(line) < worth(best[dated]):
            best[dated] = line
    # An editor's later mark reaches the line that an earlier batch wrote.
    return [
        dataclasses.replace(line, ambiguity=marks[slot])
        if is_curated(line.source) and (slot := (line.firm_id, name_key(line.text))) in marks
        else line
        for line in best.values()
    ]


def _sureness(line: Name) -> int:
    return 2 if line.date_basis is DateBasis.EXACT else 1 if line.date_basis is DateBasis.OBSERVED else 0


def mark_shared(names: list[Name], before: Iterable[Name], findings: list[Finding]) -> list[Name]:
    """Mark every name whose key belongs to more than one firm, and unmark a list's name that is one firm's again.

    Reported are the names with a bearer more than in the lines `before`.
    A weak name stays weak, and all lines of the firm that an editor called the usual meaning are that. An editor's own mark
    on a name with a single holder stays too: its other bearer may be no firm of the table.
    """
    holders: dict[str, set[str]] = defaultdict(set)
    for line in names:
        holders[name_key(line.text)].add(line.firm_id)
    held: dict[str, set[str]] = defaultdict(set)
    for line in before:
        held[name_key(line.text)].add(line.firm_id)
    for key, firm_ids in sorted(holders.items()):
        if len(firm_ids) > max(1, len(held[key] & firm_ids)):
            findings.append(Finding("shared", key, ", ".join(sorted(firm_ids))))
    usual = {(line.firm_id, name_key(line.text)) for line in names if line.ambiguity is Ambiguity.USUAL}
    marked = []
    for line in names:
        key = name_key(line.text)
        if len(holders[key]) > 1 and line.ambiguity is not Ambiguity.WEAK:
            mark = Ambiguity.SHARED_WORD if line.ambiguity in WORD_MARKS else Ambiguity.SHARED
            mark = Ambiguity.USUAL if (line.firm_id, key) in usual else mark
            line = dataclasses.replace(line, ambiguity=mark)
        elif line.ambiguity in SHARED_MARKS and not is_curated(line.source) and len(holders[key]) == 1:
            mark = Ambiguity.COMMON_WORD if line.ambiguity in WORD_MARKS else Ambiguity.NONE
            line = dataclasses.replace(line, ambiguity=mark)
        marked.append(line)
    return marked
