"""Curated batches: joined with listed firms, kept by later imports, refused as a whole when a line is bad."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from zhengming.aliases.check import check_table
from zhengming.aliases.load import load_table
from zhengming.aliases.model import Ambiguity, FirmState, NameKind, RelationType
from zhengming.curation.__main__ import main
from zhengming.engine.fold import name_key

FIRM: dict[str, Any] = {
    "zh": "上海星芒智能科技股份有限公司", "en": "Xingmang Technology Co., Ltd.", "kind": "COMPANY", "sector": "semiconductors",
    "tech": True, "country": "CN", "city": "Shanghai", "founded": "2019", "website": "xingmang.example",
    "display_zh": "星芒", "display_en": "Xingmang", "parent": "", "listed_hint": "XSHG:688001", "identifiers": [],
    "names": [
        {"text": "星芒", "language": "zh-Hans", "kind": "SHORT", "ambiguity": "common_word", "from": "", "to": ""},
        {"text": "云峰网络", "language": "zh-Hans", "kind": "SHORT", "ambiguity": "", "from": "", "to": ""},
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
    assert "batch.jsonl:1: has the unknown sector 'magic'" in error
    assert "6 bad lines" in error
    assert "Traceback" not in error
    assert load_table(folder) == before


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
