"""Reading the table through the index: firms, codes, restrictions, redirects, suggesting and searching."""

from __future__ import annotations

import pytest
from zhengming.aliases.model import NameKind, RelationType, Scheme, Table
from zhengming.engine import Code, Engine, InvalidQuery, RestrictionHolder


def _firms(engine: Engine, hits: list) -> list[str]:  # type: ignore[type-arg]
    return [engine.firm(hit.firm_id).display_en for hit in hits]  # type: ignore[union-attr]


def test_every_firm_of_the_bundled_table_can_be_read(engine: Engine, table: Table) -> None:
    for firm in table.firms:
        record = engine.firm(firm.id)
        assert record is not None
        for field in ("id", "kind", "display_zh", "display_en", "sector", "tech", "country", "city", "state", "scope"):
            assert getattr(record, field) == getattr(firm, field), (firm.id, field)


def test_a_record_shows_every_displayable_name_and_every_code(engine: Engine, table: Table) -> None:
    names: dict[str, set[str]] = {}
    for name in table.names:
        # Former names are never displayed as the firm's name, but its record tells them: a match may rest on one.
        if name.kind is NameKind.FORMER or (name.displayable and name.kind is not NameKind.BAD_CONVERSION):
            names.setdefault(name.firm_id, set()).add(name.text)
    codes: dict[str, set[tuple[Scheme, str, str]]] = {}
    for line in table.identifiers:
        codes.setdefault(line.firm_id, set()).add((line.scheme, line.value, line.mic))
    for firm in table.firms:
        record = engine.firm(firm.id)
        assert record is not None
        assert {name.text for name in record.names} == names.get(firm.id, set())
        assert {(code.scheme, code.value, code.mic) for code in record.identifiers} == codes.get(firm.id, set())


def test_names_come_best_kind_first(engine: Engine, table: Table) -> None:
    kinds = list(NameKind)
    for firm in table.firms:
        order = [kinds.index(name.kind) for name in engine.firm(firm.id).names]  # type: ignore[union-attr]
        assert order == sorted(order), firm.id


def test_bad_conversions_are_found_and_never_shown(small_engine: Engine, small_ids: dict[str, str]) -> None:
    record = small_engine.firm(small_ids["Moore Threads"])
    assert record is not None
    assert "摩爾執行緒" not in {name.text for name in record.names}
    assert small_engine.resolve("摩爾執行緒").firm_id == record.id


@pytest.mark.parametrize("firm_id", ["", "ZM", "ZM00000000", "华为", "ZM0000002g", "\ud800"])
def test_an_id_that_was_never_given_is_no_firm(small_engine: Engine, firm_id: str) -> None:
    assert small_engine.firm(firm_id) is None
    assert small_engine.redirect(firm_id) is None


def test_ids_that_are_gone(small_engine: Engine, small_ids: dict[str, str]) -> None:
    assert small_engine.redirect(small_ids["joined"]) == small_ids["Huawei"]
    assert small_engine.redirect(small_ids["withdrawn"]) == ""
    assert small_engine.redirect(small_ids["Huawei"]) is None
    assert small_engine.firm(small_ids["joined"]) is None


FAMILY = [
    ("Huawei", RestrictionHolder.FIRM, None),
    ("HiSilicon", RestrictionHolder.PARENT, "Huawei"),
    ("Cambricon", RestrictionHolder.SUBSIDIARY, "Cambricon Shanghai"),
    ("Cambricon Shanghai", RestrictionHolder.FIRM, None),
]


@pytest.mark.parametrize(("firm", "holder", "listed"), FAMILY)
def test_restrictions_say_who_is_listed(
    small_engine: Engine, small_ids: dict[str, str], firm: str, holder: RestrictionHolder, listed: str | None
) -> None:
    record = small_engine.firm(small_ids[firm])
    assert record is not None
    (entry,) = record.restrictions
    assert entry.holder is holder
    assert (entry.listed_firm.id if entry.listed_firm else None) == (small_ids[listed] if listed else None)
    assert (entry.list, entry.citation, entry.list_as_of) == ("bis_entity_list", "84 FR 22961", "2026-01-01")


def test_a_firm_whose_family_is_not_listed_has_no_restrictions(small_engine: Engine, small_ids: dict[str, str]) -> None:
    assert small_engine.firm(small_ids["Tencent"]).restrictions == ()  # type: ignore[union-attr]


def test_restrictions_of_the_bundled_table_stand_on_their_firms_own_first(engine: Engine, table: Table) -> None:
    order = list(RestrictionHolder)
    for line in table.restrictions:
        record = engine.firm(line.firm_id)
        assert record is not None
        own = {
            (entry.list, entry.name_as_listed)
            for entry in record.restrictions
            if entry.holder is RestrictionHolder.FIRM
        }
        assert (line.list, line.name_as_listed) in own
        holders = [order.index(entry.holder) for entry in record.restrictions]
        assert holders == sorted(holders)


def test_parent_and_group_come_with_a_firm(small_engine: Engine, small_ids: dict[str, str]) -> None:
    child = small_engine.firm(small_ids["Baidu Netcom"])
    assert child is not None
    assert child.parent is not None
    assert child.group is not None
    assert (child.parent.id, child.group.id) == (small_ids["Baidu"], small_ids["Baidu"])
    assert [(entry.type, entry.percentage) for entry in child.relations] == [(RelationType.PARENT_OF, 100.0)]
    top = small_engine.firm(small_ids["Baidu"])
    assert top is not None
    assert (top.parent, top.group) == (None, None)


LOOKUPS = [
    (Code(None, "688256.SH"), "", ["Cambricon"]),
    (Code(Scheme.TICKER, "688256", "XSHG"), "", ["Cambricon"]),
    (Code(Scheme.TICKER, "700", "XHKG"), "", ["Tencent"]),
    (Code(Scheme.TICKER, "80700", "XHKG"), "", ["Tencent"]),
    (Code(Scheme.ISIN, "kyg875721634"), "", ["Tencent"]),
    (Code(Scheme.LEI, "5299000000000BAIDU86"), "", ["Baidu"]),
    (Code(Scheme.USCC, "91110000802100433B"), "", ["Baidu Netcom"]),
    (Code(None, "00800.HK"), "", ["WeRide", "A8 New Media"]),
    (Code(None, "00800.HK"), "2010-01-01", ["A8 New Media"]),
    (Code(None, "00800.HK"), "2026-01-01", ["WeRide"]),
    (Code(None, "00800.HK"), "1990-01-01", []),
    (Code(None, "430047.BJ"), "", ["Northland"]),
    (Code(None, "430047.BJ"), "2026-01-01", []),
    (Code(None, "not a code"), "", []),
    (Code(Scheme.LEI, "688256"), "", []),
    (Code(Scheme.TICKER, "688256", "XSHE"), "", []),
]


@pytest.mark.parametrize(("code", "as_of", "holders"), LOOKUPS)
def test_a_code_finds_its_holders_present_ones_first(
    small_engine: Engine, code: Code, as_of: str, holders: list[str]
) -> None:
    assert _firms(small_engine, small_engine.lookup(code, as_of)) == holders


def test_a_canonical_id_can_be_looked_up_too(small_engine: Engine, small_ids: dict[str, str]) -> None:
    assert _firms(small_engine, small_engine.lookup(Code(None, small_ids["DJI"].lower()))) == ["DJI"]


def test_every_code_of_the_bundled_table_can_be_looked_up(engine: Engine, table: Table) -> None:
    lost = [
        (line.scheme.name, line.value)
        for line in table.identifiers
        if line.firm_id not in {hit.firm_id for hit in engine.lookup(Code(line.scheme, line.value, line.mic))}
    ]
    assert not lost, f"{len(lost)}: {lost[:5]}"


SUGGESTIONS = [
    ("摩尔", ["Moore Threads"]),
    ("摩爾", ["Moore Threads"]),
    ("moore th", ["Moore Threads"]),
    ("HUAWEI", ["Huawei"]),
    ("紫光", ["Unisplendour", "Guoxin Micro"]),
    ("mooth", []),
    ("...", []),
]


@pytest.mark.parametrize(("prefix", "firms"), SUGGESTIONS)
def test_suggests_names_that_begin_so(small_engine: Engine, prefix: str, firms: list[str]) -> None:
    assert _firms(small_engine, small_engine.suggest(prefix, 10)) == firms


def test_suggests_at_most_so_many_one_a_firm_shortest_first(engine: Engine) -> None:
    hits = engine.suggest("中", 25)
    assert len(hits) == 25
    assert len({hit.firm_id for hit in hits}) == 25
    lengths = [len(hit.matched_name.text) for hit in hits]
    assert lengths == sorted(lengths)


@pytest.mark.parametrize("text", ["", "   ", "x" * 513, "a\x00"])
def test_text_that_is_no_name_is_refused_here_too(small_engine: Engine, text: str) -> None:
    with pytest.raises(InvalidQuery) as caught:
        small_engine.suggest(text, 5)
    assert caught.value.field == "prefix"
    with pytest.raises(InvalidQuery):
        small_engine.search(text)


SEARCHES = [
    ("寒武纪", ["Cambricon", "Cambricon Shanghai"]),
    ("寒武纪 上海", ["Cambricon Shanghai"]),
    ("cambricon shanghai", ["Cambricon Shanghai"]),
    ("threads intelligent", ["Moore Threads"]),
    ("線程", ["Moore Threads"]),
    ("no such firm", []),
    ("摩爾執行緒", []),  # found when resolved, but never shown
]


@pytest.mark.parametrize(("words", "firms"), SEARCHES)
def test_searches_for_names_with_all_the_words(small_engine: Engine, words: str, firms: list[str]) -> None:
    hits, more = small_engine.search(words)
    assert _firms(small_engine, hits) == firms
    assert not more


def test_search_filters(small_engine: Engine) -> None:
    assert _firms(small_engine, small_engine.search("公司", sector="biotech")[0]) == ["BGI Genomics", "Northland"]
    assert "Ping An Bank" in _firms(small_engine, small_engine.search("平安")[0])
    assert _firms(small_engine, small_engine.search("平安", tech_only=True)[0]) == []


def test_pages_of_a_search_join_to_the_whole(engine: Engine) -> None:
    whole, more = engine.search("半导体", limit=60)
    assert more
    pages = [engine.search("半导体", offset=offset, limit=20)[0] for offset in (0, 20, 40)]
    assert [hit for page in pages for hit in page] == whole
    last, more = engine.search("半导体", offset=0, limit=100_000)
    assert not more
    assert last[:60] == whole


def test_counts_are_those_of_the_table(engine: Engine, table: Table) -> None:
    counts = engine.counts
    assert (counts.firms, counts.names) == (len(table.firms), len(table.names))
    assert (counts.identifiers, counts.decoys) == (len(table.identifiers), len(table.decoys))
    assert engine.table_version == table.version != ""
