"""The short cut says what the cascade says, of every name."""

from __future__ import annotations

from itertools import chain
from zlib import crc32

import pytest
from zhengming.aliases.model import Table
from zhengming.engine import Context, Engine, InvalidQuery, Options, Profile, Resolution, compile_index
from zhengming.engine.weights import FITTED, Weights

SAYS_NOTHING = Context()
"""A context with nothing in it. It takes the long way: the short cut is for queries without any."""

_PROFILES = tuple(Profile)
_ADDED = (" (688256.SH)", "（688256）", "（2020）", "(A)", "+", "＋", "...", "-U", "\u200b", " ", "\n", "\ud800", "。")


def _answer(engine: Engine, text: str, context: Context | None, options: Options) -> Resolution | str:
    try:
        return engine.resolve(text, context, options) if context else engine.resolve(text, options=options)
    except InvalidQuery as refused:
        return refused.reason


def test_every_name_of_the_table_is_answered_as_by_the_long_way(engine: Engine, table: Table, full: bool) -> None:
    """Decoys too. Under every profile with --full, else under one of them each."""
    texts = {name.text for name in table.names} | {decoy.text for decoy in table.decoys}
    differing = []
    for text in sorted(texts):
        for profile in _PROFILES if full else (_PROFILES[crc32(text.encode()) % len(_PROFILES)],):
            options = Options(profile=profile)
            if _answer(engine, text, None, options) != _answer(engine, text, SAYS_NOTHING, options):
                differing.append((text, profile))
    assert differing == []


@pytest.mark.parametrize("profile", Profile)
def test_names_with_something_added_are_answered_as_by_the_long_way(
    small_engine: Engine, small_table: Table, profile: Profile
) -> None:
    """Codes in brackets, plus signs, dots, hidden and broken characters; names, decoys and codes alike."""
    texts = [*(name.text for name in small_table.names), *(decoy.text for decoy in small_table.decoys)]
    texts += [identifier.value for identifier in small_table.identifiers]
    for text in chain(texts, (text + added for text in texts for added in _ADDED)):
        for candidates in (0, 3):
            options = Options(profile=profile, max_candidates=candidates)
            assert _answer(small_engine, text, None, options) == _answer(small_engine, text, SAYS_NOTHING, options), (
                text
            )


@pytest.mark.parametrize(
    "options",
    [
        Options(min_confidence=0.99999),
        *(Options(granularity=granularity) for granularity in type(Options().granularity)),
        *(Options(scope=scope) for scope in type(Options().scope)),
    ],
)
def test_other_wishes_are_granted_to_names_too(small_engine: Engine, small_table: Table, options: Options) -> None:
    for name in small_table.names:
        assert _answer(small_engine, name.text, None, options) == _answer(
            small_engine, name.text, SAYS_NOTHING, options
        )


def test_an_explained_name_took_the_long_way_to_the_same_answer(small_engine: Engine, small_table: Table) -> None:
    for name in small_table.names:
        explained = small_engine.explain(name.text)
        assert explained.resolution == small_engine.resolve(name.text)
        assert explained.steps


def test_under_weights_that_trust_no_name_the_short_cut_is_closed(small_table: Table) -> None:
    doubting = Weights(FITTED.offset - 100, FITTED.by_code, FITTED.slip)
    engine = Engine(compile_index(small_table), doubting)
    answers = {name.text: engine.resolve(name.text) for name in small_table.names}
    assert {answer.firm_id for answer in answers.values()} == {""}
    for text, answer in answers.items():
        assert answer == engine.resolve(text, SAYS_NOTHING)
