"""Curated batches: joined with listed firms, kept by later imports, refused as a whole when a line is bad."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from zhengming.aliases.load import load_table
from zhengming.aliases.model import Ambiguity, NameKind
from zhengming.curation.__main__ import main

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
    assert main(["import", str(facts), "--table", str(folder), "--apply"]) == 0
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
