"""What a variable is taken to be and why; what only looks missing is offered."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from vendepunkt.data import KINDS, Survey, Variable
from vendepunkt.terms import UsageError


def _variable(values: list[Any], labels: dict[Any, str] | None = None, name: str = "q") -> Variable:
    frame = pd.DataFrame({name: values})
    return Survey.from_frame(frame, value_labels={name: labels or {}}).variables[name]


@pytest.mark.parametrize(
    ("values", "labels", "kind"),
    [
        ([1, 2, 1], None, "binary"),
        ([1, 2, 1], {1: "yes", 2: "no"}, "binary"),
        (["ja", "nej", "ja"], None, "binary"),
        ([1, 2, 3], {1: "never", 2: "sometimes", 3: "always"}, "ordinal"),
        ([1, 2, 3], {1: "aldrig", 2: "sjældent", 3: "ofte"}, "ordinal"),
        ([1, 2, 3], {1: "spouse", 2: "child", 3: "cousin"}, "nominal"),
        ([1, 2, 3], None, "ordinal"),
        (list(range(12)), None, "ordinal"),
        (list(range(13)), None, "count"),
        (list(range(18, 80)) * 2, None, "continuous"),
        ([0.5, 1.5, 2.5], None, "continuous"),
        ([18, 30, 45, 61, *range(46, 60)] * 3, {80: "80 or older"}, "continuous"),
        (["red", "green", "blue"] * 5, None, "nominal"),
        (["very good", "rather good", "bad"] * 5, None, "ordinal"),
        ([f"said {k}" for k in range(40)], None, "text"),
        (list(range(1001, 1101)), None, "id"),
        ([None, None], None, "nominal"),
        ([pd.Timestamp("2017-01-01"), pd.Timestamp("2018-01-01")], None, "date"),
    ],
)
def test_kinds_are_guessed_with_a_reason(
    values: list[Any], labels: dict[Any, str] | None, kind: str
) -> None:
    variable = _variable(values, labels)
    assert variable.kind == kind
    assert variable.kind_guessed
    assert variable.why
    assert variable.kind in KINDS


@pytest.mark.parametrize("name", ["id", "caseid", "RESP_ID", "person", "løbenr", "firstid"])
def test_names_of_ids(name: str) -> None:
    assert _variable([4, 7, 1], name=name).kind == "id"
    assert _variable(["a", "b", "c"], name=name).kind == "id"


@pytest.mark.parametrize("name", ["paid", "video", "identity", "residence"])
def test_names_that_only_contain_id(name: str) -> None:
    assert _variable([4, 7, 1], name=name).kind == "ordinal"


def test_kinds_can_be_said_otherwise() -> None:
    survey = Survey.from_frame(pd.DataFrame({"q": [1, 2, 3]})).with_kinds({"q": "count"})
    variable = survey.variables["q"]
    assert (variable.kind, variable.kind_guessed, variable.why) == ("count", False, "as asked for")
    with pytest.raises(UsageError, match="'ordnal'"):
        survey.with_kinds({"q": "ordnal"})
    with pytest.raises(UsageError, match="'p' is not a column"):
        survey.with_kinds({"p": "count"})


def test_labelled_but_unused_categories_are_named() -> None:
    assert _variable([1, 2], {1: "a", 2: "b", 3: "c"}).unused_labels == ("c",)


def _offered(values: list[Any], labels: dict[Any, str]) -> dict[Any, str]:
    survey = Survey.from_frame(pd.DataFrame({"q": values}), value_labels={"q": labels})
    said = [n for n in survey.notices if n.code == "offered_missing"]
    assert bool(said) == bool(survey.offers)
    assert survey.frame["q"].notna().all()
    return {offer.code: offer.why for offer in survey.offers}


def test_labelled_negative_codes_are_offered() -> None:
    assert _offered([1, -9, -8], {1: "yes", -9: "Refused", -8: "something"}) == {
        -9: "negative code", -8: "negative code",
    }  # fmt: skip


def test_a_scale_around_zero_is_not_offered_but_its_missing_words_are() -> None:
    scale = {-2: "much worse", -1: "worse", 0: "same", 1: "better", 2: "much better"}
    assert _offered([-2, -1, 0, 1, 2], scale) == {}
    assert -9 in _offered([-1, 0, 1, -9], {-1: "worse", 1: "better", 9: "x", -9: "Refused"})
    assert -4 in _offered([-4, 1, 4], {-4: "Technical error", 1: "a", 2: "b", 3: "c", 4: "d"})


@pytest.mark.parametrize(
    "words",
    ["Refused", "Don't know", "-8. Don't know", "No answer", "Inapplicable", "Ved ikke",
     "Ønsker ikke at svare", "Uoplyst", "Ikke relevant", "missing"],
)  # fmt: skip
def test_words_of_missing_answers_are_offered(words: str) -> None:
    assert _offered([1, 2, 8], {1: "a", 2: "b", 8: words}) == {8: "label"}
    assert _offered(["a", "b", words] * 4, {}) == {words: "label"}


@pytest.mark.parametrize("words", ["Knows refusal rates", "Unmissable", "I have refused work"])
def test_other_words_are_not(words: str) -> None:
    assert _offered([1, 2, 8], {1: "a", 2: "b", 8: words}) == {}


def test_unlabelled_negative_numbers_are_answers() -> None:
    assert _offered([-5.5, 1, 2], {}) == {}


def test_accepting_for_some_columns_only() -> None:
    labels = {1: "yes", 2: "no", -9: "Refused"}
    frame = pd.DataFrame({"a": [1, 2, -9], "b": [-9, 2, 1]})
    survey = Survey.from_frame(frame, value_labels={"a": labels, "b": labels})
    half = survey.accept_missing(["a"])
    assert half.missing_reasons("a").tolist() == [None, None, "-9: Refused"]
    assert half.frame["b"].tolist() == [-9, 2, 1]
    assert [o.column for o in half.offers] == ["b"]
    assert (half.variables["a"].kind, half.variables["b"].kind) == ("binary", "nominal")
    assert half.variables["a"].missing == {"-9": "Refused"}
    assert survey.frame["a"].tolist() == [1, 2, -9]
    with pytest.raises(UsageError, match="'c'"):
        survey.accept_missing(["c"])


def test_a_kind_that_was_asked_for_survives_accepting() -> None:
    frame = pd.DataFrame({"a": [1, 2, -9]})
    survey = Survey.from_frame(frame, value_labels={"a": {1: "y", 2: "n", -9: "Refused"}})
    assert survey.with_kinds({"a": "count"}).accept_missing().variables["a"].kind == "count"


def test_reasons_are_counted_the_most_frequent_first() -> None:
    survey = Survey.from_frame(
        pd.DataFrame({"a": [1, None, 8, 9, 9, 9, None]}),
        value_labels={"a": {8: "away", 9: "refused"}}, missing={"a": [8, 9]},
    )  # fmt: skip
    counts = {str(reason): n for reason, n in survey.missing_counts("a").items()}
    assert list(counts.items()) == [("9: refused", 3), ("no reason given", 2), ("8: away", 1)]
