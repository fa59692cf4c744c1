"""Curated batches: joined with listed firms, kept by later imports, refused as a whole when a line is bad."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from zhengming.aliases.check import LANGUAGES, check_table
from zhengming.aliases.load import load_table
from zhengming.aliases.model import Ambiguity, DecoyReason, FirmKind, FirmState, NameKind, RelationType, Scheme
from zhengming.curation.__main__ import main
from zhengming.curation.sectors import SECTORS
from zhengming.engine.fold import name_key

FIRM: dict[str, Any] = {
    "zh": "上海星芒智能科技股份有限公司", "en": "Xingmang Technology Co., Ltd.", "kind": "COMPANY", "sector": "semiconductors",
    "tech": True, "country": "CN", "city": "Shanghai", "founded": "2019", "website": "xingmang.example",
    "display_zh": "星芒", "display_en": "Xingmang", "parent": "", "listed_hint": "XSHG:688001", "identifiers": [],
    "names": [
        {"text": "星芒", "language": "zh-Hans", "kind": "SHORT", "ambiguity": "common_word", "from": "", "to": ""},
        {"text": "云峰网络", "language": "zh-Hans", "kind": "SHORT", "ambiguity": "shared", "from": "", "to": ""},
    ],
}  # fmt: skip
UNLISTED: dict[str, Any] = FIRM | {
    "zh_short": "星芒光学", "en": "Xingmang Optics", "listed_hint": "", "parent": "星芒", "names": [], "display_zh": "星芒光学",
}  # fmt: skip
del UNLISTED["zh"]


def write_batch(folder: Path, *records: object) -> str:
    path = folder / "batch.jsonl"
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return str(path)


def write_decoys(folder: Path, *rows: str) -> str:
    path = folder / "decoys.csv"
    path.write_text("text,language,label,reason,owner\n" + "".join(row + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_a_batch_joins_the_listed_firm(tmp_path: Path, folder: Path) -> None:
    before = {line.value: line.firm_id for line in load_table(folder).identifiers}
    assert main(["add", write_batch(tmp_path, FIRM, UNLISTED), "--table", str(folder), "--apply"]) == 0
    after = load_table(folder)
    firm = next(firm for firm in after.firms if firm.display_zh == "星芒")
    assert (firm.id, firm.scope) == (before["688001"], "a_share")
    child = next(firm.id for firm in after.firms if firm.display_zh == "星芒光学")
    assert (firm.id, child) in {(line.from_id, line.to_id) for line in after.relations if line.basis == "curated"}
    shared = [name for name in after.names if name.text == "云峰网络"]
    assert {name.ambiguity for name in shared} == {Ambiguity.SHARED}
    assert len({name.firm_id for name in shared}) == 2
    assert main(["check", str(folder)]) == 0


def test_a_later_import_keeps_curated_lines_and_bytes(tmp_path: Path, facts: Path, folder: Path) -> None:
    batch = write_batch(tmp_path, FIRM, UNLISTED)
    decoys = write_decoys(
        tmp_path, "英伟达,zh-Hans,Nvidia Corporation (US),foreign_firm,", "星芒一号,zh-Hans,a chip,product,星芒"
    )
    assert main(["add", batch, decoys, "--table", str(folder), "--apply"]) == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert main(["import", "facts", str(facts), "--table", str(folder), "--apply"]) == 0
    assert main(["add", batch, decoys, "--replace", "--table", str(folder), "--apply"]) == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    table = load_table(folder)
    product = next(decoy for decoy in table.decoys if decoy.text == "星芒一号")
    assert product.owner_id == next(firm.id for firm in table.firms if firm.display_zh == "星芒")


def test_a_decoy_that_is_a_covered_name_is_dropped(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decoys = write_decoys(tmp_path, "雲峰網絡,zh-Hant-HK,a firm,foreign_firm,")
    assert main(["add", decoys, "--table", str(folder), "--apply"]) == 0
    assert "a covered firm has this name" in capsys.readouterr().out
    assert "雲峰網絡" not in {decoy.text for decoy in load_table(folder).decoys}


def test_an_editors_former_name_ages_a_vendors_current_one(tmp_path: Path, folder: Path) -> None:
    aged = {
        "text": "CLOUDPEAK NETWORK INC",
        "language": "en",
        "kind": "FORMER",
        "ambiguity": "",
        "from": "",
        "to": "2022",
    }
    record = FIRM | {"zh": "云峰股份有限公司", "listed_hint": "XHKG:09001", "names": [aged], "display_zh": "云峰"}
    assert main(["add", write_batch(tmp_path, record), "--table", str(folder), "--apply"]) == 0
    (line,) = [name for name in load_table(folder).names if name.text == "CLOUDPEAK NETWORK INC"]
    assert (line.kind, line.valid_to) == (NameKind.FORMER, "2022")


def test_bad_lines_are_refused_together(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = load_table(folder)
    bad = [FIRM | {"sector": "magic"}, FIRM | {"kind": "CLUB"}, FIRM | {"listed_hint": "688001"}, {"zh": "甲"}]
    decoys = write_decoys(tmp_path, "甲,zh-Hans,x,no_such_reason,", "only,two")
    assert main(["add", write_batch(tmp_path, *bad), decoys, "--table", str(folder), "--apply"]) == 1
    error = capsys.readouterr().err
    assert "batch.jsonl:1: sector is 'magic'. Write one of aerospace, ai," in error
    assert "batch.jsonl:4: lacks kind, sector, tech. Write them." in error
    assert "decoys.csv:2: reason is 'no_such_reason'. Write one of foreign_firm," in error
    assert "6 faults. Mend the lines; nothing was changed." in error
    assert "Traceback" not in error
    assert load_table(folder) == before


NAME: dict[str, Any] = {"text": "星芒", "language": "zh-Hans", "kind": "SHORT"}
FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"country": "China"}, "country is 'China'. Write two capital letters"),
    ({"founded": "next year"}, "founded is 'next year'. Write \"YYYY\""),
    ({"tech": "maybe"}, "tech is 'maybe'. Write true or false."),
    ({"kind": "FIRMA"}, "kind is 'FIRMA'. Write one of COMPANY, INSTITUTE, UNIT."),
    ({"state": "GONE"}, "state is 'GONE'. Write one of ACTIVE"),
    ({"nmaes": []}, "has the unknown key 'nmaes'. Known are"),
    ({"names": "星芒"}, "names is '星芒'. Write a list of objects."),
    ({"names": ["星芒"]}, "names is ['星芒']. Write a list of objects."),
    ({"same_as": 5}, "same_as is 5. Write a list of texts."),
    ({"firm_id": ["ZM"]}, "firm_id is ['ZM']. Write a text."),
    ({"zh": "Xingmang"}, "zh has no letter that zh-Hans is written with."),
    ({"zh": "*ST星芒"}, "zh carries an exchange's mark"),
    ({"en": "Xingmang 星芒"}, "en is en and has the letter '星'"),
    ({"display_en": "Xingmang (Shanghai"}, "display_en is 'Xingmang (Shanghai'. It has a bracket without its partner."),
    ({"names": [NAME | {"ambiguity": "wild"}]}, "name '星芒': ambiguity is 'wild'. Write nothing or one of shared, shared_word, usual"),
    ({"names": [NAME | {"language": "zh"}]}, "name '星芒': language is 'zh'. Write one of en, ja"),
    ({"names": [NAME | {"langauge": "zh"}]}, "name '星芒': has the unknown key 'langauge'."),
    ({"names": [{"text": "星芒"}]}, "name '星芒': lacks language, kind. Write them."),
    ({"names": [NAME | {"from": "2022", "to": "2020"}]}, "name '星芒' ends (2020) before it begins (2022)."),
    ({"names": [NAME | {"text": "Xingmang, a.k.a., Star", "language": "en"}]}, "holds a remark (a.k.a.)"),
    ({"identifiers": [{"scheme": "LEI", "value": "123"}]}, "identifier '123' is not a well-formed LEI"),
    ({"identifiers": [{"scheme": "TICKER", "value": "688001"}]}, "identifier '688001' has the market ''; known are XSHG"),
    ({"identifiers": [{"scheme": "LEI", "value": 5}]}, "identifier 5: value is 5. Write a text."),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "said"), FAULTS)
def test_each_fault_of_a_line_is_told_with_what_to_write(
    tmp_path: Path, folder: Path, fields: dict[str, Any], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["add", write_batch(tmp_path, FIRM | fields), "--table", str(folder), "--apply"]) == 1
    error = capsys.readouterr().err
    assert f"batch.jsonl:1: {said}" in error or (said in error and error.startswith("batch.jsonl:1: "))
    assert error.endswith("1 fault. Mend the lines; nothing was changed.\n")


def test_all_faults_of_a_line_are_told_at_once(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = {"zh": "甲", "country": "China", "names": [{"kind": "SHORT"}], "identifiers": [{}]}
    assert main(["add", write_batch(tmp_path, line), "--table", str(folder)]) == 1
    assert "4 faults." in capsys.readouterr().err


UNREADABLE_BATCHES: list[tuple[str, bytes | None, str]] = [
    ("old.jsonl", '{"zh": "华为"}'.encode("gb18030"), "is not UTF-8 at byte 8. Save the file as UTF-8."),
    ("old.csv", "英伟达".encode("gb18030"), "is not UTF-8 at byte 4. Save the file as UTF-8."),
    ("nothere.csv", None, "cannot be read (No such file or directory). Name a batch file."),
    ("nothere.jsonl", None, "cannot be read (No such file or directory). Name a batch file."),
]


@pytest.mark.parametrize(("name", "content", "said"), UNREADABLE_BATCHES)
def test_a_batch_that_cannot_be_read_is_one_line(
    tmp_path: Path, folder: Path, name: str, content: bytes | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert main(["add", str(tmp_path / name), "--table", str(folder)]) == 1
    assert capsys.readouterr().err == f"{tmp_path / name}: {said}\n"


def test_a_byte_order_mark_is_no_harm(tmp_path: Path, folder: Path) -> None:
    path = Path(write_batch(tmp_path, FIRM))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert main(["add", str(path), "--table", str(folder)]) == 0


def test_a_mistyped_table_folder_is_refused(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = tmp_path / "nowhere"
    assert main(["add", write_batch(tmp_path, FIRM), "--table", str(nowhere), "--apply"]) == 1
    assert "cannot be read" in capsys.readouterr().err
    assert not nowhere.exists()


def test_what_cannot_be_written_and_an_interruption_have_codes_of_their_own(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load_table(folder)
    batch = write_batch(tmp_path, FIRM)
    assert main(["add", batch, "--table", str(folder), "--apply", "--report", str(tmp_path)]) == 3
    error = capsys.readouterr().err
    assert error == f"{tmp_path}: cannot be read or written (Is a directory). Name another file or folder.\n"
    assert load_table(folder) == before

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("zhengming.curation.__main__.read_batches", interrupted)
    assert main(["add", batch, "--table", str(folder), "--apply"]) == 130
    assert capsys.readouterr().err.startswith("Interrupted.")


STRANGER: dict[str, Any] = {"zh": "北京岩羊科技有限公司", "kind": "COMPANY", "sector": "ai", "tech": True}


def undecided(tmp_path: Path, folder: Path, line: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> str:
    """What `add` says needs a decision; the table stays as it is until nothing does."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    status = main(["add", write_batch(tmp_path, line), "--table", str(folder), "--apply"])
    said = capsys.readouterr()
    if status:
        assert "a decision in the batch" in said.err
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    return "\n".join(line for line in said.out.splitlines() if "needs a decision:" in line)


def test_a_name_of_another_firm_needs_the_editors_mark(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = {"text": "雲峰網絡", "language": "zh-Hant-HK", "kind": "SHORT"}
    owner = next(name.firm_id for name in load_table(folder).names if name.text == "云峰网络")
    said = undecided(tmp_path, folder, STRANGER | {"names": [name]}, capsys)
    assert "雲峰網絡: becomes a name of" in said
    assert f"{owner} 云峰网络" in said
    assert not undecided(tmp_path, folder, STRANGER | {"names": [name | {"ambiguity": "shared"}]}, capsys)
    marks = {line.ambiguity for line in load_table(folder).names if name_key(line.text) == name_key("云峰网络")}
    assert marks == {Ambiguity.SHARED}


def test_what_is_shared_already_needs_no_new_decision(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["add", write_batch(tmp_path, FIRM), "--table", str(folder), "--apply"]) == 0
    assert "1 shared" in capsys.readouterr().out
    batch = write_batch(tmp_path, FIRM | {"city": "Suzhou"})
    assert main(["add", batch, "--replace", "--table", str(folder), "--apply"]) == 0
    said = capsys.readouterr().out
    assert "findings: 1 changed\n" in said
    assert "sources" not in said


def test_a_decoy_goes_only_by_the_editors_mark(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decoys = write_decoys(tmp_path, "英伟达,zh-Hans,Nvidia Corporation (US),foreign_firm,")
    assert main(["add", decoys, "--table", str(folder), "--apply"]) == 0
    capsys.readouterr()
    name = {"text": "英伟达", "language": "zh-Hans", "kind": "SHORT"}
    said = undecided(tmp_path, folder, STRANGER | {"names": [name]}, capsys)
    assert "英伟达: is refused as Nvidia Corporation (US) (foreign_firm), and would be a firm's name." in said
    assert not undecided(tmp_path, folder, STRANGER | {"names": [name | {"ambiguity": "usual"}]}, capsys)
    assert "英伟达" not in {line.text for line in load_table(folder).decoys}


def test_a_weak_name_leaves_the_decoy(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    decoys = write_decoys(tmp_path, "英伟达,zh-Hans,Nvidia Corporation (US),foreign_firm,")
    assert main(["add", decoys, "--table", str(folder), "--apply"]) == 0
    capsys.readouterr()
    name = {"text": "英伟达", "language": "zh-Hans", "kind": "SHORT"}
    assert not undecided(tmp_path, folder, STRANGER | {"names": [name | {"ambiguity": "weak"}]}, capsys)
    assert "英伟达" in {line.text for line in load_table(folder).decoys}


@pytest.mark.parametrize(
    "code", [{"listed_hint": "XSHG:688001"}, {"identifiers": [{"scheme": "TICKER", "value": "688001", "mic": "XSHG"}]}]
)
def test_a_ticker_alone_is_no_proof_of_identity(
    tmp_path: Path, folder: Path, code: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    holder = next(line.firm_id for line in load_table(folder).identifiers if line.value == "688001")
    said = undecided(tmp_path, folder, STRANGER | code, capsys)
    assert f"北京岩羊科技有限公司: TICKER:XSHG:688001 is a code of {holder} 星芒科技, which has another name." in said
    english = {key: value for key, value in (STRANGER | code).items() if key != "zh"} | {"en": "Bharal Works"}
    assert "Bharal Works: TICKER:XSHG:688001 is a code of" in undecided(tmp_path, folder, english, capsys)
    assert not undecided(tmp_path, folder, {"firm_id": holder, "zh": "北京岩羊科技有限公司"}, capsys)


def test_a_record_named_by_its_id_gets_what_it_lacks_and_keeps_what_it_has(tmp_path: Path, folder: Path) -> None:
    before = next(firm for firm in load_table(folder).firms if firm.scope == "a_share")
    name = {"text": "芒果星", "language": "zh-Hans", "kind": "NICKNAME"}
    batch = write_batch(tmp_path, {"firm_id": before.id, "names": [name], "website": "https://www.star.example/"})
    assert main(["add", batch, "--table", str(folder), "--apply"]) == 0
    table = load_table(folder)
    assert next(firm for firm in table.firms if firm.id == before.id) == dataclasses.replace(
        before, website="star.example"
    )
    assert ("芒果星", before.id) in {(name.text, name.firm_id) for name in table.names}


def test_two_records_of_one_firm_are_joined_into_the_one_that_the_line_names(tmp_path: Path, folder: Path) -> None:
    kept, gone = sorted(firm.id for firm in load_table(folder).firms)[:2][::-1]
    texts = {name.text for name in load_table(folder).names if name.firm_id == gone}
    batch = write_batch(tmp_path, {"firm_id": kept, "same_as": [gone]})
    assert main(["add", batch, "--table", str(folder), "--apply"]) == 0
    table = load_table(folder)
    assert [(line.old_id, line.new_id) for line in table.redirects] == [(gone, kept)]
    assert gone not in {firm.id for firm in table.firms}
    keys = {name_key(name.text) for name in table.names if name.firm_id == kept}
    assert {name_key(text) for text in texts} <= keys
    assert check_table(table) == []


def test_an_absorbed_firm_keeps_its_id_and_is_dissolved(tmp_path: Path, folder: Path) -> None:
    successor, absorbed = load_table(folder).firms[:2]
    batch = write_batch(
        tmp_path,
        {"firm_id": successor.id, "successor_of": absorbed.id},
        {"firm_id": absorbed.id, "state": "DISSOLVED"},
    )
    assert main(["add", batch, "--table", str(folder), "--apply"]) == 0
    table = load_table(folder)
    assert next(firm.state for firm in table.firms if firm.id == absorbed.id) is FirmState.DISSOLVED
    assert (successor.id, absorbed.id) in {
        (line.from_id, line.to_id) for line in table.relations if line.type is RelationType.SUCCESSOR_OF
    }


@pytest.mark.parametrize("line", [{"firm_id": "ZM00000000"}, {"same_as": ["ZM00000000"]}])
def test_an_unknown_id_refuses_the_batch(
    tmp_path: Path, folder: Path, line: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    known = load_table(folder).firms[0].id
    assert main(["add", write_batch(tmp_path, {"firm_id": known} | line), "--table", str(folder), "--apply"]) == 1
    assert "not in the table" in capsys.readouterr().err


def test_the_usual_meaning_of_a_shared_name_is_marked_on_one_firm(tmp_path: Path, folder: Path) -> None:
    firm, other = load_table(folder).firms[:2]
    shared = {"text": "双星", "language": "zh-Hans", "kind": "SHORT"}
    batch = write_batch(
        tmp_path,
        {"firm_id": firm.id, "names": [shared | {"ambiguity": "usual"}]},
        {"firm_id": other.id, "names": [shared]},
    )
    assert main(["add", batch, "--table", str(folder), "--apply"]) == 0
    table = load_table(folder)
    assert {name.firm_id: name.ambiguity for name in table.names if name.text == "双星"} == {
        firm.id: Ambiguity.USUAL,
        other.id: Ambiguity.SHARED,
    }
    assert check_table(table) == []


def test_two_usual_meanings_of_one_name_are_a_problem(tmp_path: Path, folder: Path) -> None:
    lines = [
        {
            "firm_id": firm.id,
            "names": [{"text": "双星", "language": "zh-Hans", "kind": "SHORT", "ambiguity": "usual"}],
        }
        for firm in load_table(folder).firms[:2]
    ]
    assert main(["add", write_batch(tmp_path, *lines), "--table", str(folder), "--apply"]) == 0
    (problem,) = check_table(load_table(folder))
    assert problem.code == "COLLISION"
    assert "usual meaning" in problem.message


def test_the_readme_lists_every_word_that_a_field_may_hold() -> None:
    page = (Path(__file__).parents[2] / "aliases" / "README.md").read_text(encoding="utf-8")
    listed = dict(line.strip("| ").split(" | ", 1) for line in page.splitlines() if line.startswith("| `"))
    words: dict[str, Iterable[str]] = {
        "`kind` of a firm": FirmKind,
        "`sector`": sorted(SECTORS),
        "`state`": FirmState,
        "`language`": sorted(LANGUAGES),
        "`kind` of a name": NameKind,
        "`ambiguity`": ["empty", *filter(None, Ambiguity)],
        "`scheme`": Scheme,
        "`reason` of a decoy": DecoyReason,
    }
    assert {field: listed[field] for field in words} == {
        field: ", ".join(str(getattr(word, "value", word)) for word in known) for field, known in words.items()
    }
