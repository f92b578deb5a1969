"""Indicators: recodes, order, scores, categories that occur, versions of one question."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendepunkt.data import ItemDefinition, Survey, read_survey
from vendepunkt.terms import DataError, UsageError

GSS = Path(__file__).parents[2] / "examples" / "gss-panel" / "data" / "gss_panel0610.csv"
LABELS = {1: "often", 2: "sometimes", 3: "never", 8: "don't know", 9: "refused"}


def _survey(values: list[float | None], labels: dict[int, str] | None = None) -> Survey:
    frame = pd.DataFrame({"q": pd.Series(values, dtype="float64")})
    return Survey.from_frame(frame, value_labels={"q": LABELS if labels is None else labels})


def test_codes_in_the_order_of_the_codes_without_an_order() -> None:
    item = _survey([3, 1, None, 1]).indicator("q")
    assert item.categories == ("often", "never")
    assert item.codes.tolist() == [1, 0, -1, 0]
    assert item.codes.dtype == np.int32
    assert np.isnan(item.scores).all()
    assert item.unused == ("sometimes", "don't know", "refused")
    assert item.kind == "binary"
    assert item.answers == (("1",), ("3",))


def test_order_by_label_or_code_with_equal_steps_over_the_full_scale() -> None:
    survey = _survey([3, 1, None, 1])
    for order in (("never", "sometimes", "often"), (3, 2, 1), ("3", "2", "1")):
        item = survey.indicator(ItemDefinition("q", order=order, missing=("don't know", 9)))
        assert item.categories == ("never", "often")
        assert item.codes.tolist() == [0, 1, -1, 1]
        assert item.scores.tolist() == [0.0, 1.0]
        assert item.values.tolist() == [0.0, 2.0]
        assert item.unused == ("sometimes",)


def test_an_answer_without_a_place_in_the_order_is_an_error_unless_the_rest_is_missing() -> None:
    survey = _survey([1, 2, 3, 9])
    with pytest.raises(DataError, match="no place for refused") as caught:
        survey.indicator(ItemDefinition("q", order=("often", "sometimes", "never")))
    assert "rest" in caught.value.try_
    item = survey.indicator(
        ItemDefinition("q", order=("often", "sometimes", "never"), missing=("rest",))
    )
    assert item.codes.tolist() == [0, 1, 2, -1]


def test_free_text_is_never_shown_in_an_error() -> None:
    texts = [f"secret {k}" for k in range(30)]
    survey = Survey.from_frame(pd.DataFrame({"q": texts}))
    for definition in (ItemDefinition("q"), ItemDefinition("q", order=("a", "b"), kind="nominal")):
        with pytest.raises(DataError) as caught:
            survey.indicator(definition)
        assert "secret" not in str(caught.value)
        assert "30" in caught.value.text


def test_map_merge_missing_reverse_and_scores() -> None:
    survey = _survey([1, 2, 3, 8, 9])
    item = survey.indicator(
        ItemDefinition(
            "q", map={3: "not once"}, merge={"ever": ["often", 2]}, missing=("refused", 8),
            order=("ever", "not once"), scores=(0.1, 0.7),
        )
    )  # fmt: skip
    assert item.categories == ("ever", "not once")
    assert item.codes.tolist() == [0, 0, 1, -1, -1]
    assert item.scores.tolist() == [0.1, 0.7]
    assert item.answers == (("1", "2"), ("3",))
    assert "often, 2 → ever" in item.merged
    turned = survey.indicator(
        ItemDefinition("q", order=("often", "sometimes", "never"), missing=(8, 9), reverse=True)
    )
    assert turned.categories == ("never", "sometimes", "often")
    named = survey.indicator(
        ItemDefinition(
            "q", order=("often", "sometimes", "never"), missing=(8, 9),
            scores={"never": 1, "often": 0, "sometimes": 0.9},
        )
    )  # fmt: skip
    assert named.scores.tolist() == [0.0, 0.9, 1.0]


def test_merged_answers_may_be_listed_singly_in_the_order() -> None:
    survey = _survey([1, 2, 3])
    item = survey.indicator(
        ItemDefinition("q", merge=[["often", "sometimes"]], order=(3, 2, 1), missing=(8, 9))
    )
    assert item.categories == ("never", "often / sometimes")
    with pytest.raises(UsageError, match="in two places"):
        survey.indicator(
            ItemDefinition("q", merge=[["often", "never"]], order=(3, 2, 1), missing=(8, 9))
        )


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ((0, 0.5), "2 numbers for 3"),
        ((0, 2, 3), "leave the range"),
        ((0, 0.8, 0.5), "fall although"),
        ((0, float("nan"), 1), "leave the range"),
        ({"often": 0, "never": 1}, "sometimes"),
        ({"often": 0, "sometimes": 0.5, "nevr": 1}, "nevr"),
    ],
)
def test_scores_that_do_not_fit(scores: object, words: str) -> None:
    definition = ItemDefinition(
        "q", order=("often", "sometimes", "never"), scores=scores  # type: ignore[arg-type]
    )  # fmt: skip
    with pytest.raises(UsageError, match=words):
        _survey([1, 2, 3]).indicator(definition)


def test_a_recode_that_names_no_answer_is_a_slip() -> None:
    with pytest.raises(UsageError, match="oftn"):
        _survey([1, 2, 3]).indicator(ItemDefinition("q", map={"oftn": "yes"}))


def test_two_codes_with_the_same_words_stay_apart() -> None:
    item = _survey([1, 2, 3], {1: "yes", 2: "yes", 3: "no"}).indicator("q")
    assert item.categories == ("yes (1)", "yes (2)", "no")
    item = _survey([1, 2, 3], {1: "yes", 2: "yes", 3: "no"}).indicator(
        ItemDefinition("q", merge={"yes": [1, 2]}, order=("yes", "no"))
    )
    assert item.codes.tolist() == [0, 0, 1]


def test_guessed_kinds_never_change_the_item() -> None:
    survey = _survey([1, 2, 3], {1: "never", 2: "often", 3: "always"})
    assert survey.variables["q"].kind == "ordinal"
    assert survey.indicator("q").kind == "nominal"
    for kind in ("nominal", "text", "continuous"):
        other = survey.with_kinds({"q": kind}).indicator("q")
        np.testing.assert_array_equal(other.codes, survey.indicator("q").codes)
        assert other.kind == "nominal"


def test_many_values_must_be_asked_for() -> None:
    survey = Survey.from_frame(pd.DataFrame({"age": range(18, 80)}))
    with pytest.raises(DataError, match="62 different answers") as caught:
        survey.indicator("age")
    assert "continuous" in caught.value.try_
    item = survey.indicator(ItemDefinition("age", kind="continuous", order=("high", "low")))
    assert item.values.tolist() == list(range(18, 80))
    assert (item.scores[0], item.scores[-1]) == (1.0, 0.0)
    assert item.codes.tolist() == list(range(62))
    assert np.isnan(survey.indicator(ItemDefinition("age", kind="count")).scores).all()


def test_counts_are_whole_and_not_negative() -> None:
    for values in ([0.5, 1], [-1, 2]):
        with pytest.raises(DataError, match="no counts"):
            Survey.from_frame(pd.DataFrame({"k": values})).indicator(
                ItemDefinition("k", kind="count")
            )
    item = Survey.from_frame(pd.DataFrame({"k": [3, None, 0, 99]})).indicator(
        ItemDefinition("k", kind="count", missing=(99,))
    )
    assert item.codes.tolist() == [1, -1, 0, -1]


@pytest.mark.parametrize("kind", ["count", "continuous"])
def test_texts_are_no_measures(kind: str) -> None:
    with pytest.raises(DataError, match="does not hold numbers"):
        Survey.from_frame(pd.DataFrame({"k": ["a", "b"]})).indicator(ItemDefinition("k", kind=kind))


def test_ordinal_texts_need_an_order_and_labelled_codes_do_not() -> None:
    texts = Survey.from_frame(pd.DataFrame({"q": ["low", "high", "mid"] * 5}))
    with pytest.raises(UsageError, match="order is not known"):
        texts.indicator(ItemDefinition("q", kind="ordinal"))
    item = _survey([3, 2, 1], {1: "a", 2: "b", 3: "c"}).indicator(
        ItemDefinition("q", kind="ordinal")
    )
    assert item.scores.tolist() == [0, 0.5, 1]


def test_versions_of_a_question_are_joined_and_two_answers_refused() -> None:
    frame = pd.DataFrame({"a": [1, None, None, 2], "b": [None, 2, None, 2]})
    survey = Survey.from_frame(frame)
    definition = ItemDefinition("q", columns=("a", "b"))
    assert survey.indicator(definition).codes.tolist() == [0, 1, -1, 1]
    clash = Survey.from_frame(frame.assign(b=[2, 2, None, 2]))
    for kind in ("", "count"):
        with pytest.raises(DataError, match=r"differently in 1 row \(1;"):
            clash.indicator(ItemDefinition("q", columns=("a", "b"), kind=kind))


def test_versions_with_other_labels_need_a_map() -> None:
    frame = pd.DataFrame({"a": [1.0, None, 2.0], "b": [None, 1.0, None]})
    survey = Survey.from_frame(
        frame, value_labels={"a": {1: "yes", 2: "no"}, "b": {1: "agree", 2: "disagree"}}
    )
    item = survey.indicator(
        ItemDefinition(
            "q", columns=("a", "b"), map={"agree": "yes", "disagree": "no"}, order=("yes", "no")
        )
    )
    assert item.codes.tolist() == [0, 0, 1]


def test_items_without_answers_or_with_one() -> None:
    with pytest.raises(DataError, match="No row has an answer"):
        _survey([None, None]).indicator("q")
    (notice,) = _survey([1, 1]).indicator("q").notices
    assert notice.code == "constant_item"
    with pytest.raises(DataError, match="binary but has 3"):
        _survey([1, 2, 3]).indicator(ItemDefinition("q", kind="binary"))


def test_offered_codes_that_are_used_as_answers_are_said() -> None:
    survey = _survey([1, 2, 9])
    (notice,) = survey.indicator("q").notices
    assert notice.code == "offered_missing_used"
    assert survey.indicator(ItemDefinition("q", missing=(9,))).notices == ()
    accepted = survey.accept_missing().indicator("q")
    assert (accepted.codes.tolist(), accepted.notices) == ([0, 1, -1], ())


def test_categories_are_those_of_the_rows_used_over_all_waves() -> None:
    frame = pd.DataFrame({"t": [1, 1, 2, 2], "q": ["a", "b", "a", "c"]})
    survey = Survey.from_frame(frame, wave="t")
    definition = ItemDefinition("q", order=("a", "b", "c"))
    assert survey.indicator(definition).categories == ("a", "b", "c")
    first = survey.of_wave("1").indicator(definition)
    assert (first.categories, first.unused) == (("a", "b"), ("c",))
    taken = survey.indicator(definition).take(np.array([True, True, False, False]))
    assert (taken.categories, taken.unused) == (first.categories, first.unused)
    np.testing.assert_array_equal(taken.codes, first.codes)
    np.testing.assert_array_equal(taken.scores, first.scores)
    assert taken.answers == first.answers


def test_definitions_from_the_table_of_a_study() -> None:
    options = {"column": "q5", "type": "ordinal", "order": ["a", "b"], "missing": "rest"}
    definition = ItemDefinition.from_options("net", options)
    assert definition.columns == ("q5",)
    assert (definition.kind, definition.order, definition.missing) == (
        "ordinal", ("a", "b"), ("rest",),
    )  # fmt: skip
    with pytest.raises(UsageError, match="'ordr'"):
        ItemDefinition.from_options("net", {"ordr": []})
    with pytest.raises(UsageError, match="'ordnal'"):
        ItemDefinition.from_options("net", {"type": "ordnal"})


def test_the_nine_items_of_the_panel() -> None:
    """Counts of wave 1 as the latent class references of this panel have them."""
    survey = read_survey(GSS, person="firstid", wave="wave").of_wave("1")
    never = ("Sev Times a Year", "Once a Year", "Never")
    three = {
        "weekly": ["Almost Daily", "Sev Times a Week"],
        "monthly": ["Sev Times a Mnth", "Once a Month"],
        "rarely": list(never),
    }
    orders = {
        "satfin": ("Satisfied", "more or less", "Not at all Sat"),
        "health": ("Excellent", "Good", "Fair", "Poor"),
        "happy": ("Very Happy", "Pretty Happy", "Not Too Happy"),
        "life": ("Exciting", "Routine", "Dull"),
        "trust": ("can Trust", "Depends", "Cannot Trust"),
        "fair": ("Fair", "Depends", "Take Advantage"),
        "helpful": ("Helpful", "Depends", "Lookout for Self"),
    }
    definitions = [ItemDefinition(k, order=v, missing=("rest",)) for k, v in orders.items()]
    definitions += [
        ItemDefinition(k, merge=three, order=tuple(three), missing=("rest",))
        for k in ("socrel", "socfrend")
    ]
    items = survey.indicators(definitions)
    assert [len(item.categories) for item in items] == [3, 4, 3, 3, 3, 3, 3, 3, 3]
    assert sum(len(item.categories) - 1 for item in items) == 19
    codes = np.column_stack([item.codes for item in items])
    assert (codes >= 0).sum(axis=1).max() == 7
    shares = [np.bincount(item.codes[item.codes >= 0]) for item in items]
    # One class: the log-likelihood of independent items, from poLCA (see tests/reference/lca).
    loglik = sum(float((n * np.log(n / n.sum())).sum()) for n in shares)
    assert loglik == pytest.approx(-13620.8292, abs=1e-3)


@given(
    values=st.lists(st.sampled_from([1.0, 2.0, 3.0, None]), min_size=1, max_size=30),
    order=st.permutations([1, 2, 3]),
)
def test_recoding_equals_looking_up_each_row(values: list[float | None], order: list[int]) -> None:
    if all(v is None for v in values):
        return
    item = _survey(values, {1: "a", 2: "b", 3: "c"}).indicator(
        ItemDefinition("q", order=tuple(order))
    )
    names = {1: "a", 2: "b", 3: "c"}
    back = [None if code < 0 else item.categories[code] for code in item.codes]
    assert back == [None if v is None else names[int(v)] for v in values]
    assert list(item.scores) == sorted(item.scores)
