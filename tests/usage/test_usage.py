"""A wrong command line: one sentence of what is wrong, one of what to write, for every command of the distribution."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence

import pytest
from zhengming.client.cli import main as client
from zhengming.curation.__main__ import main as aliases
from zhengming.server.__main__ import main as server
from zhengming.usage import Parser, between, whole

WRONG = (
    (client, "", "Something is missing: COMMAND. See `zhengming --help`."),
    (client, "resolv x", "There is no command 'resolv'. Write resolve, or see `zhengming --help`."),
    (client, "fly x", "There is no command 'fly'. See `zhengming --help`."),
    (client, "--format id resolve x", "There is no flag --format before the command. Write flags behind the command,"),
    (client, "resolve x --fromat id", "There is no flag --fromat. Write --format, or see `zhengming resolve --help`."),
    (client, "resolve x --fromat=id", "There is no flag --fromat. Write --format, or see"),
    (client, "resolve x --zzz", "There is no flag --zzz. See `zhengming resolve --help`."),
    (client, "resolve -U", "There is no flag -U. Write -- before a word that begins with a dash, or see"),
    (client, "resolve x --format tabel", "--format is 'tabel', which is none of table, json, ndjson, csv, tsv, id. Write table"),
    (client, "resolve x --format", "--format needs a value behind it. See `zhengming resolve --help`."),
    (client, "resolve x --strict=3", "--strict takes no value. Leave out the value, or see"),
    (client, "resolve x --min-confidence 2", "--min-confidence is '2', and must be a number, 0 to 1. Write another value."),
    (client, "resolve x --min-confidence nan", "--min-confidence is 'nan', and must be a number, 0 to 1. Write"),
    (client, "resolve x --candidates many", "--candidates is 'many', and must be a whole number, 0 to 20. Write"),
    (client, "search x --limit -5", "--limit is '-5', and must be a whole number of at least 1. Write another value."),
    (client, "explain Moore Threads", "'Threads' is one word more than `zhengming explain` takes. Put a name of several words"),
    (client, "explain x \x1b[31m", "'\\x1b[31m' is one word more"),
    (client, "compare x", "Something is missing: B. See `zhengming compare --help`."),
    (client, "csv", "Something is missing: IN. See `zhengming csv --help`."),
    (client, "csv x --co y", "--co could be any of --country, --column, --country-column, --columns. Write one of them out."),
    (client, "link x --jsonl --csv", "--csv and --jsonl exclude each other. Leave one out."),
    (client, "link x -o y.pdf", "The name y.pdf does not say in which format to write. End it with .html, .htm, .csv"),
    (client, "link x --format table", "--format is 'table', which is none of text, json, ndjson, html, csv. See"),
    (server, "--lisen x", "There is no flag --lisen. Write --listen, or see `zhengming-server --help`."),
    (server, "8080", "'8080' is one word more than `zhengming-server` takes. Leave it out, or see"),
    (server, "--listen", "--listen needs a value behind it. See `zhengming-server --help`."),
    (aliases, "chek", "There is no command 'chek'. Write check, or see `zhengming-aliases --help`."),
    (aliases, "import", "Something is missing: FORMAT. See `zhengming-aliases import --help`."),
    (aliases, "add x --aply", "There is no flag --aply. Write --apply, or see `zhengming-aliases add --help`."),
)  # fmt: skip


@pytest.mark.parametrize(("main", "line", "says"), WRONG)
def test_a_wrong_command_line_is_told_in_two_sentences(
    main: Callable[[list[str]], int], line: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(line.split(" ") if line else [])
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert says in told.err
    assert re.fullmatch(r"zhengming(-\w+)?: [^\n]+\.\n", told.err)


def _parse(*words: str) -> argparse.Namespace:
    parser = Parser(prog="try")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--format")
    parser.add_argument("--limit", type=whole(1, 9))
    parser.add_argument("--share", type=between(0, 1))
    return parser.parse_args(words)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["a", "--format", "id", "b"], ["a", "b"]),
        (["a", "--format", "id", "b", "--", "-c"], ["a", "b", "-c"]),
        (["--format=id", "--", "-c", "--format"], ["-c", "--format"]),
        (["-5", "-", "a -b"], ["-5", "-", "a -b"]),
        (["--form", "id"], []),
    ],
)
def test_words_before_and_behind_flags_are_taken(words: Sequence[str], names: list[str]) -> None:
    assert _parse(*words).names == names


def test_numbers_of_a_range_have_both_ends() -> None:
    assert [_parse("--limit", text).limit for text in ("1", "9")] == [1, 9]
    assert [_parse("--share", text).share for text in ("0", "1")] == [0, 1]
    for flag, text in (
        ("--limit", "0"),
        ("--limit", "10"),
        ("--limit", "1.0"),
        ("--share", "-0.1"),
        ("--share", "inf"),
    ):
        with pytest.raises(SystemExit):
            _parse(flag, text)
