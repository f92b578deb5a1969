"""A number comes from its ref, or not at all."""

from __future__ import annotations

import pytest

from vendepunkt.report.inline import FORMATS, Span, literal, plain, ref, resolve
from vendepunkt.terms import Ref, RefusedError, RefValue

REFS = {
    "m/s/A": RefValue(Ref("m", "s", "A"), 0.7143, 0.68, 0.745),
    "m/s/n": RefValue(Ref("m", "s", "n"), 1276),
    "m/s/p": RefValue(Ref("m", "s", "p"), 0.0002),
    "m/s/name": RefValue(Ref("m", "s", "name"), "Gruppe A"),
    "m/s/gap": RefValue(Ref("m", "s", "gap"), -3),
    "m/s/part": RefValue(Ref("m", "s", "part"), -1.5),
    "m/s/none": RefValue(Ref("m", "s", "none"), None),
}


@pytest.mark.parametrize(
    ("place", "da", "en"),
    [
        ("{ref:m/s/A|pct}", "71\u00a0pct.", "71\u00a0%"),
        ("{ref:m/s/A|pct1}", "71,4\u00a0pct.", "71.4\u00a0%"),
        ("{ref:m/s/A|points}", "71", "71"),
        ("{ref:m/s/A|points1}", "71,4", "71.4"),
        ("{ref:m/s/A|ci}", "68–74", "68–74"),
        ("{ref:m/s/A|ci1}", "68,0–74,5", "68.0–74.5"),
        ("{ref:m/s/A|num1}", "0,7", "0.7"),
        ("{ref:m/s/A|num2}", "0,71", "0.71"),
        ("{ref:m/s/A|num3}", "0,714", "0.714"),
        ("{ref:m/s/n|n}", "1.276", "1,276"),
        ("{ref:m/s/p|p}", "<0,001", "<0.001"),
        ("{ref:m/s/gap|gap}", "3", "3"),
        ("{ref:m/s/part|gap}", "1,50", "1.50"),
        ("{ref:m/s/name|text}", "Gruppe A", "Gruppe A"),
    ],
)
def test_every_format_in_both_languages(place: str, da: str, en: str) -> None:
    assert plain(resolve(place, REFS, "da")) == da
    assert plain(resolve(place, REFS, "en")) == en


def test_no_format_is_untested() -> None:
    source = test_every_format_in_both_languages.pytestmark[0].args[1]
    assert {place.partition("|")[2][:-1] for place, *_ in source} == set(FORMATS)


def test_a_missing_ref_is_an_error() -> None:
    with pytest.raises(RefusedError, match="m/s/B"):
        resolve("Det er {ref:m/s/B|pct}.", REFS, "da")


def test_a_ref_without_a_value_is_an_error() -> None:
    with pytest.raises(RefusedError, match="has no value"):
        resolve("Det er {ref:m/s/none|pct}.", REFS, "da")


def test_an_interval_that_is_not_there_is_an_error() -> None:
    with pytest.raises(RefusedError, match="has no value"):
        resolve("{ref:m/s/n|ci}", REFS, "da")


def test_a_text_is_not_printed_as_a_number() -> None:
    with pytest.raises(RefusedError, match="is a text"):
        resolve("{ref:m/s/name|pct}", REFS, "da")


@pytest.mark.parametrize("typed", ["71 pct. er med.", "Gruppe 2", "½ og 1/2"])
def test_a_typed_number_is_an_error(typed: str) -> None:
    with pytest.raises(RefusedError, match="typed into the sentence"):
        resolve(typed, REFS, "da")


def test_a_number_that_a_person_decided_on_is_marked() -> None:
    assert plain(resolve(f"I {literal('2017')}", REFS, "da")) == "I 2017"
    assert literal("{ref:x}") == "{as:(ref:x)}"


def test_an_unknown_format_is_an_error_where_it_is_written_and_where_it_is_read() -> None:
    with pytest.raises(ValueError, match="none of"):
        ref("m/s/A", "percent")
    with pytest.raises(RefusedError, match="format 'percent'"):
        resolve("{ref:m/s/A|percent}", REFS, "da")


def test_a_printed_number_carries_its_ref_and_value() -> None:
    spans = resolve("Det er {ref:m/s/A|pct} her", REFS, "da")
    assert spans[1] == Span("71\u00a0pct.", "m/s/A", "0.7143")


def test_a_sentence_that_ends_with_pct_has_one_full_stop() -> None:
    assert plain(resolve("Det er {ref:m/s/A|pct}.", REFS, "da")) == "Det er 71\u00a0pct."
    assert plain(resolve("It is {ref:m/s/A|pct}.", REFS, "en")) == "It is 71\u00a0%."


def test_a_unit_stays_with_its_number_also_across_a_place() -> None:
    assert plain(resolve("({ref:m/s/A|ci} pct.)", REFS, "da")) == "(68–74\u00a0pct.)"


def test_other_braces_are_only_braces() -> None:
    assert plain(resolve("{a} og {}", REFS, "da")) == "{a} og {}"
