"""`zhengming compare`."""

from __future__ import annotations

import argparse
from typing import Final

from zhengming.client._client import Client
from zhengming.client.cli._exit import Exit
from zhengming.client.cli._output import Output, Record, View
from zhengming.client.cli._resolve import read_profile
from zhengming.client.cli._table import visible
from zhengming.client.comparison import explain_comparison
from zhengming.client.sentences import short_code
from zhengming.v1 import resolver_pb2 as resolver

_VIEW: Final = View(
    columns=("first", "second", "relation", "confidence", "basis", "first_firm_id", "second_firm_id"),
    # A table of one row would say less than the sentences do.
    headers={},
    shrinkable=(0, 1),
)


def compare(args: argparse.Namespace, client: Client) -> int:
    """Tell whether two names are names of one firm."""
    answer = client.compare(
        args.first, args.second, without_table=args.without_table, profile=read_profile(args.profile)
    )
    if args.format == "table":
        for line in explain_comparison(args.first, args.second, answer, args.lang):
            print(visible(line))
    else:
        output = Output(args.format, _VIEW, args.lang)
        output.add(_record(args.first, args.second, answer))
        output.finish()
    same = answer.relation == resolver.NAME_RELATION_SAME_FIRM
    return Exit.NOT_MATCHED if args.strict and not same else Exit.DONE


def _record(first: str, second: str, answer: resolver.NameComparison) -> Record:
    cells = (
        first,
        second,
        short_code(resolver.NameRelation, answer.relation, "NAME_RELATION_"),
        f"{answer.confidence:.3f}",
        short_code(resolver.ComparisonBasis, answer.basis, "COMPARISON_BASIS_"),
        answer.first.firm.firm_id,
        answer.second.firm.firm_id,
    )
    one_firm = answer.first.firm.firm_id == answer.second.firm.firm_id
    return Record(answer, cells, cells, answer.first.firm.firm_id if one_firm else "")
