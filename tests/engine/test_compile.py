"""Compiling: the same facts give the same bytes, in plain arrays."""

from __future__ import annotations

import dataclasses
import random
import subprocess
import sys

import numpy as np
import pytest
from zhengming.aliases.model import Table
from zhengming.engine import Engine, Profile, compile_index
from zhengming.engine.arrays import Arrays, IntLists, TextList


def _digest(arrays: Arrays) -> dict[str, tuple[str, bytes]]:
    return {name: (array.dtype.str, array.tobytes()) for name, array in arrays.items()}


def _shuffled(table: Table, seed: int) -> Table:
    rng = random.Random(seed)
    return dataclasses.replace(
        table,
        **{
            field.name: tuple(rng.sample(lines, len(lines)))
            for field in dataclasses.fields(table)
            if isinstance(lines := getattr(table, field.name), tuple)
        },
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_lines_does_not_change_a_byte(small_table: Table, seed: int) -> None:
    assert _digest(compile_index(_shuffled(small_table, seed))) == _digest(compile_index(small_table))


def test_the_order_of_lines_of_real_firms_does_not_change_a_byte(table: Table) -> None:
    """Firms with many names, former names and codes, unlike those of the small table."""
    kept = {firm.id for firm in table.firms[::8]}
    part = dataclasses.replace(
        table,
        firms=tuple(firm for firm in table.firms if firm.id in kept),
        names=tuple(name for name in table.names if name.firm_id in kept),
        identifiers=tuple(line for line in table.identifiers if line.firm_id in kept),
        relations=tuple(line for line in table.relations if {line.from_id, line.to_id} <= kept),
        restrictions=tuple(line for line in table.restrictions if line.firm_id in kept),
        redirects=(),
    )
    arrays, shuffled = compile_index(part), compile_index(_shuffled(part, 1))
    assert list(shuffled) == list(arrays)
    assert [name for name in arrays if shuffled[name].tobytes() != arrays[name].tobytes()] == []


def test_another_process_compiles_the_same_bytes(small_engine: Engine, tmp_path: object) -> None:
    """Hash seeds differ between processes; nothing in the index may depend on them."""
    program = (
        "import hashlib; from zhengming.aliases.model import *; from zhengming.engine import compile_index\n"
        "firms = tuple(Firm(f'ZM{i:08d}', FirmKind.COMPANY, str(i), '', '', '', True, 'CN', '', '', '',"
        " FirmState.ACTIVE, 'curated') for i in range(50))\n"
        "names = tuple(Name(f.id, f'华{i}为天元寒武纪科技'[i % 5:], 'zh-Hans', NameKind.LEGAL, '', '', DateBasis.NONE,"
        " Ambiguity.NONE, True, 'c') for i, f in enumerate(firms))\n"
        "digest = hashlib.sha256()\n"
        "for name, array in compile_index(Table(firms=firms, names=names)).items():\n"
        "    digest.update(name.encode() + array.tobytes())\n"
        "print(digest.hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(digests) == 1


def test_arrays_are_plain_numbers(arrays: Arrays) -> None:
    """So that they can be written to a file and memory-mapped as they are."""
    for name, array in arrays.items():
        assert array.dtype.kind in "uif", name
        assert array.ndim == 1, name
        assert array.flags.c_contiguous, name


def test_an_engine_works_on_read_only_arrays(small_table: Table, small_engine: Engine) -> None:
    frozen = {name: np.frombuffer(array.tobytes(), array.dtype) for name, array in compile_index(small_table).items()}
    assert not any(array.flags.writeable for array in frozen.values())
    engine = Engine(frozen)
    for text in ("华为", "摩尔线呈", "紫光", "688256.SH", "英伟达", "Moore Thread"):
        assert engine.resolve(text) == small_engine.resolve(text)


def test_an_empty_table_compiles_and_finds_nothing() -> None:
    engine = Engine(compile_index(Table()))
    for text in ("华为", "Huawei Technologies", "688256.SH", "000001", "科技有限公司"):
        assert engine.resolve(text).outcome.name == "NOT_FOUND"
    assert engine.suggest("华", 5) == []
    assert engine.search("华") == ([], False)
    assert engine.counts.firms == 0


def test_names_of_unknown_firms_are_left_out(small_table: Table) -> None:
    """`check_table` reports them; compiling does not fall over them."""
    stray = dataclasses.replace(small_table.names[0], firm_id="ZM00000000", text="无主之名")
    engine = Engine(compile_index(dataclasses.replace(small_table, names=(*small_table.names, stray))))
    assert engine.resolve("无主之名").outcome.name == "NOT_FOUND"


@pytest.mark.parametrize("texts", [[], [""], ["华为", "", "a", "𠀀"]])
def test_texts_pack_and_unpack(texts: list[str]) -> None:
    assert list(TextList.unpack("x", TextList.pack("x", texts))) == texts


@pytest.mark.parametrize("lists", [[], [[]], [[1, 2], [], [3]]])
def test_lists_pack_and_unpack(lists: list[list[int]]) -> None:
    unpacked = IntLists.unpack("x", IntLists.pack("x", lists))
    assert [unpacked[index] for index in range(len(unpacked))] == lists


def test_the_configuration_hash_tells_profiles_apart_and_is_stable(small_engine: Engine, engine: Engine) -> None:
    hashes = {small_engine.configuration_hash(profile) for profile in Profile}
    assert len(hashes) == len(Profile)
    assert hashes == {engine.configuration_hash(profile) for profile in Profile}
