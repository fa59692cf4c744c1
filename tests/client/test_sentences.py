"""Codes have words in both languages, and answers explain themselves."""

from __future__ import annotations

import re

import pytest
from google.protobuf.descriptor import EnumDescriptor
from zhengming.client._sentence_table import SENTENCES
from zhengming.client.comparison import explain_comparison
from zhengming.client.explanation import explain_resolution, short_reason
from zhengming.client.sentences import LANGUAGES, Language, sentence, short_code
from zhengming.client.trace import explain_trace
from zhengming.v1 import catalog_pb2, firm_pb2, resolver_pb2

ENUMS: list[EnumDescriptor] = [
    enum for file in (firm_pb2, resolver_pb2, catalog_pb2) for enum in file.DESCRIPTOR.enum_types_by_name.values()
]
VALUES = {value.name for enum in ENUMS for value in enum.values}
HAN = re.compile(r"[\u4e00-\u9fff]")
SAME_IN_BOTH = {"ISIN", "LEI", "SEC CIK", "FIGI", "PermID"}


def test_every_value_of_the_contract_has_a_sentence() -> None:
    """None is missing, none is left over."""
    assert set(SENTENCES) == VALUES


@pytest.mark.parametrize("name", sorted(VALUES))
def test_both_languages_say_something(name: str) -> None:
    """English without Chinese characters, Chinese with them, no full stops, nothing empty."""
    english, chinese = SENTENCES[name]
    assert english
    assert chinese
    assert not HAN.search(english)
    assert HAN.search(chinese) or chinese in SAME_IN_BOTH
    assert not english.endswith(".")
    assert not chinese.endswith("。")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_codes_from_the_future_stay_readable(lang: Language) -> None:
    """A newer server does not break an older client."""
    assert "999" in sentence(resolver_pb2.EvidenceCode, 999, lang)
    assert short_code(resolver_pb2.Outcome, 999, "OUTCOME_") == "999"
    assert short_code(resolver_pb2.Outcome, 0, "OUTCOME_") == ""
    assert short_code(resolver_pb2.Outcome, 1, "OUTCOME_") == "MATCH"


def example() -> resolver_pb2.Resolution:
    """An answer with everything that can be explained."""
    cambricon = firm_pb2.FirmSummary(firm_id="ZM1", display_name_zh="寒武纪", display_name_en="Cambricon")
    other = firm_pb2.FirmSummary(firm_id="ZM2", display_name_zh="寒武")
    name = firm_pb2.Name(text="寒武纪", kind=firm_pb2.NAME_KIND_SHORT)
    full = resolver_pb2.Resolution(
        outcome=resolver_pb2.OUTCOME_MATCH,
        firm=cambricon,
        confidence=0.97,
        match_type=resolver_pb2.MATCH_TYPE_SCRIPT_VARIANT,
        matched_name=name,
        query_normalized="寒武纪",
        parsed=resolver_pb2.ParsedName(places=["北京"], brand="寒武纪", legal_form="有限公司"),
        warnings=[resolver_pb2.WARNING_HIDDEN_CHARACTERS_STRIPPED],
        provenance=resolver_pb2.Provenance(snapshot="a" * 64, matcher_version="1", calibration="c"),
    )
    best = full.candidates.add(firm=cambricon, confidence=0.97, score=91, matched_name=name)
    best.evidence.add(
        code=resolver_pb2.EVIDENCE_CODE_SCRIPT_FOLDED,
        contribution=4.5,
        query_span=resolver_pb2.Span(start=0, end=3),
        name_span=resolver_pb2.Span(start=0, end=3),
    )
    runner = full.candidates.add(firm=other, confidence=0.02, score=20)
    runner.evidence.add(code=resolver_pb2.EVIDENCE_CODE_BRAND_CONTRADICTS, contribution=-3.0)
    return full


def test_a_match_is_explained() -> None:
    """Parts, verdict, evidence with spans, the runner-up and why it is not the answer, origin."""
    text = "\n".join(explain_resolution("寒武紀", example(), "en"))
    for part in (
        "Query: 寒武紀",
        "place 北京, brand 寒武纪, legal form 有限公司",
        "Note: invisible characters were left out.",
        "Match: Cambricon / 寒武纪 (ZM1), confidence 97.0%, equal in simplified script, through the name 寒武纪",
        "+4.50  equal once traditional script is folded to simplified [query 寒武紀; name 寒武纪]",
        "against   -3.00  the brands differ",
        "Why not 寒武 (ZM2): it is 95.0% less likely than Cambricon / 寒武纪 (ZM1)",
        "only ZM1 has: equal once traditional script is folded to simplified",
        "against ZM2 speaks: the brands differ",
        "snapshot aaaaaaaaaaaa,",
    ):
        assert part in text


def test_refusals_are_explained() -> None:
    """Ambiguous answers say what would settle them; refused names say what they are; near misses are marked as such."""
    ambiguous = resolver_pb2.Resolution(
        outcome=resolver_pb2.OUTCOME_AMBIGUOUS,
        ambiguity_reason=resolver_pb2.AMBIGUITY_REASON_SHARED_SHORT_NAME,
        hints=[resolver_pb2.HINT_EXCHANGE],
    )
    assert short_reason(ambiguous) == "several firms share this short name; the exchange would settle it"
    assert short_reason(ambiguous, "zh") == "多家企业共用此简称；补充交易所即可确定"
    assert "To settle it: the exchange would settle it." in explain_resolution("紫光", ambiguous)
    refused = resolver_pb2.Resolution(
        outcome=resolver_pb2.OUTCOME_NOT_FOUND,
        not_found_reason=resolver_pb2.NOT_FOUND_REASON_NOT_AN_ORGANIZATION,
        decoy=resolver_pb2.Decoy(
            label="Kirin 9000",
            reason=resolver_pb2.DECOY_REASON_PRODUCT,
            owner=firm_pb2.FirmReference(firm_id="ZM9", display_name_zh="华为"),
        ),
    )
    lines = explain_resolution("麒麟9000", refused)
    assert "The name is known as Kirin 9000: a product." in lines
    assert "Behind it stands 华为 (ZM9)." in lines
    assert "No firm came near." in lines


@pytest.mark.parametrize("lang", LANGUAGES)
def test_anything_can_be_explained(lang: Language) -> None:
    """Every value of every enum goes through, in both languages; also an empty answer."""
    assert explain_resolution("x", resolver_pb2.Resolution(), lang)
    for outcome in (1, 2, 3, 99):
        for value in range(45):
            answer = example()
            answer.ClearField("hints")
            answer.outcome = outcome  # type: ignore[assignment]
            answer.not_found_reason = value  # type: ignore[assignment]
            answer.ambiguity_reason = value  # type: ignore[assignment]
            answer.match_type = value  # type: ignore[assignment]
            answer.decoy.reason = value  # type: ignore[assignment]
            answer.hints.append(value)  # type: ignore[arg-type]
            answer.candidates[0].evidence[0].code = value  # type: ignore[assignment]
            assert all(line == line.rstrip("\n") for line in explain_resolution("寒", answer, lang))
            assert short_reason(answer, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_any_comparison_can_be_told(lang: Language) -> None:
    """Every relation and basis, with and without what the table says; also an empty answer."""
    assert explain_comparison("x", "y", resolver_pb2.NameComparison(), lang)
    for value in range(45):
        answer = resolver_pb2.NameComparison(first=example())
        answer.relation = value  # type: ignore[assignment]
        answer.basis = value  # type: ignore[assignment]
        answer.evidence.add(code=value)  # type: ignore[arg-type]
        lines = explain_comparison("甲", "乙", answer, lang)
        assert len(lines) == 5
        assert all(lines)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_any_trace_can_be_told(lang: Language) -> None:
    """Every stage and standing, with and without candidates; also an empty answer."""
    assert explain_trace("x", resolver_pb2.Explanation(), lang)
    for value in range(45):
        explanation = resolver_pb2.Explanation(resolution=example())
        explanation.steps.add(stage=value)  # type: ignore[arg-type]
        explanation.about_firm.standing = value  # type: ignore[assignment]
        explanation.about_firm.evidence.add(code=value)  # type: ignore[arg-type]
        told = explain_trace("寒", explanation, lang)
        assert set(explain_resolution("寒", example(), lang)) < set(told)
        assert all(told)
