"""Wikidata query results (SPARQL JSON): item, LEI and names in many languages of firms that the table holds.

An item joins a firm by its QID, LEI, USCC, ISIN or CIK, or by its official name when that is the firm's full Chinese
name; never by a label, because anybody may write one. The query is in `aliases/README.md`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhengming.aliases.codes import is_isin, is_lei, is_uscc, is_wikidata_item
from zhengming.aliases.model import NameKind, Scheme, Source, Table
from zhengming.curation.draft import Facts, ImportRefused
from zhengming.curation.listed_names import alias_shape, why_unfit
from zhengming.curation.publishers.intake import Intake, OfferedName
from zhengming.curation.publishers.json_file import read_json
from zhengming.curation.publishers.publication import Publisher, owned_keys, publication_date
from zhengming.curation.publishers.scripts import chinese_tag
from zhengming.engine.fold import has_han

WIKIDATA = Publisher("wikidata", "Wikidata query", "Wikidata contributors", "CC0 1.0", "https://query.wikidata.org/")
_CODES: dict[str, tuple[Scheme, Callable[[str], bool]]] = {
    "lei": (Scheme.LEI, is_lei),
    "uscc": (Scheme.USCC, is_uscc),
    "isin": (Scheme.ISIN, is_isin),
    "cik": (Scheme.CIK, str.isdecimal),
}
_LABELS = ("itemLabel", "label", "altLabel")
_LANGUAGES = {"en": "en", "en-gb": "en", "en-us": "en", "en-ca": "en", "ja": "ja", "ko": "ko", "ru": "ru"}
_SHORTEST_CHINESE = 3
"""A two-character label may be an everyday word; a person decides whether it stands for the firm."""


@dataclass(slots=True)
class _Item:
    """What the rows of one item say together."""

    where: str
    codes: set[tuple[Scheme, str]] = field(default_factory=set)
    official: set[tuple[str, str]] = field(default_factory=set)
    """Text and language of official names."""
    labels: set[tuple[str, str]] = field(default_factory=set)
    websites: set[str] = field(default_factory=set)


def read_wikidata(path: Path, as_of: str, table: Table) -> Facts:
    """Return what a Wikidata query says of the firms of the table."""
    content = read_json(path)
    try:
        bindings = content["results"]["bindings"]
        variables = content["head"]["vars"]
    except (KeyError, TypeError) as error:
        raise ImportRefused(f"{path}: is not a SPARQL result in JSON. Save the query's result as JSON.") from error
    if "item" not in variables:
        raise ImportRefused(f"{path}: lacks the variable item. Use the query of aliases/README.md.")
    source = WIKIDATA.source(publication_date(path, as_of))
    intake = Intake(table, owned_keys(table, [WIKIDATA.stem]))
    strangers: Counter[str] = Counter()
    for item_id, item in sorted(_items(path, bindings, intake).items()):
        found = _holders(item_id, item, intake)
        if len(found) == 1:
            _offer(next(iter(found)), item_id, item, intake, source)
        elif found:
            intake.contradicted(
                item.where, f"{item_id}: its codes and names point to {', '.join(sorted(found))}; not used"
            )
        else:
            _pass_stranger(item_id, item, intake, strangers)
    intake.left_out(path.name, strangers)
    return intake.facts()


def _items(path: Path, bindings: list[Any], intake: Intake) -> dict[str, _Item]:
    items: dict[str, _Item] = {}
    for number, row in enumerate(bindings, 1):
        where = f"{path.name}: row {number}"
        try:
            item_id = str(row["item"]["value"]).rpartition("/")[2]
            values = {name: (str(cell["value"]).strip(), str(cell.get("xml:lang", ""))) for name, cell in row.items()}
        except (AttributeError, KeyError, TypeError):
            intake.bad_row(where, "is not a row of values with an item")
            continue
        if not is_wikidata_item(item_id):
            intake.bad_row(where, f"{item_id} is no Wikidata item")
            continue
        _read_row(values, items.setdefault(item_id, _Item(where)), where, intake)
    return items


def _read_row(values: dict[str, tuple[str, str]], item: _Item, where: str, intake: Intake) -> None:
    for variable, (scheme, is_right) in _CODES.items():
        code = values.get(variable, ("", ""))[0]
        code = code.lstrip("0") if scheme is Scheme.CIK else code
        if code and is_right(code):
            item.codes.add((scheme, code))
        elif code:
            intake.bad_row(where, f"{code} is no {scheme.value} with a right check digit; the rest of the row is taken")
    if "officialName" in values:
        item.official.add(values["officialName"])
    item.labels |= {values[variable] for variable in _LABELS if variable in values}
    if "website" in values:
        item.websites.add(values["website"][0])


def _holders(item_id: str, item: _Item, intake: Intake) -> set[str]:
    found = set(intake.held.by_code(Scheme.WIKIDATA, item_id))
    for scheme, code in item.codes:
        found |= intake.held.by_code(scheme, code)
    for text, _ in item.official:
        # English full names differ too little between namesakes of two countries.
        found |= intake.held.by_legal_name(text) if has_han(text) else set()
    return found


def _offer(firm_id: str, item_id: str, item: _Item, intake: Intake, source: Source) -> None:
    intake.offer_code(firm_id, Scheme.WIKIDATA, item_id, source)
    for scheme, code in item.codes:
        intake.offer_code(firm_id, scheme, code, source)
    for website in item.websites:
        intake.offer_website(firm_id, website)
    for text, tag in sorted(item.official | item.labels):
        if tag.lower() == "zh" or tag.lower().startswith("zh-"):
            _offer_chinese(firm_id, text, tag, intake, source)
        elif language := _LANGUAGES.get(tag.lower()):
            _offer_other(firm_id, text, language, intake, source)


def _offer_chinese(firm_id: str, text: str, tag: str, intake: Intake, source: Source) -> None:
    if not has_han(text):
        return _offer_other(firm_id, text, "en", intake, source)
    if len(text) < _SHORTEST_CHINESE and not intake.held.bearers(text).get(firm_id):
        return intake.undecided(f"{firm_id} {text}", "is short enough to be an everyday word; not added")
    kind = NameKind.LEGAL if text.endswith("公司") else NameKind.SHORT
    return intake.offer_name(firm_id, OfferedName(text, chinese_tag(text, tag), kind, claimed=True), source)


def _offer_other(firm_id: str, text: str, language: str, intake: Intake, source: Source) -> None:
    if language != "en":
        name = OfferedName(text, language, NameKind.TRANSLATION, claimed=True)
    elif reason := why_unfit(text, text):
        intake.result.report("left out", f"{firm_id} {text}", reason)
        return
    else:
        # By its look: people put Chinese names into English labels.
        kind, language, mark = alias_shape(text)
        name = OfferedName(text, language, kind, ambiguity=mark, claimed=True)
    intake.offer_name(firm_id, name, source)


def _pass_stranger(item_id: str, item: _Item, intake: Intake, strangers: Counter[str]) -> None:
    """Count an item that no code joins; say so when its label is a firm's name, for a person to look at."""
    namesakes = {
        firm_id: text for text, _ in sorted(item.labels) for firm_id in intake.held.bearers(text) if has_han(text)
    }
    if len(namesakes) != 1:
        strangers["no firm of the table has its codes or its full Chinese name"] += 1
        return
    firm_id, text = next(iter(namesakes.items()))
    if not intake.held.codes_of(firm_id, Scheme.WIKIDATA):
        intake.undecided(f"{firm_id} {item_id}", f"bears the label {text} and no code of the firm; not joined")
