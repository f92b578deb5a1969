"""Conditions on rows: against plain Python, and what is not a condition."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vendepunkt.data.where import rows_where
from vendepunkt.terms import UsageError, VendepunktError

FRAME = pd.DataFrame(
    {
        "age": [17.0, 40.0, np.nan, 66.0],
        "wave": ["2006", "2006", "2008", None],
        "trust": [1.0, 2.0, 1.0, np.nan],
        "odd name": [1, 2, 3, 4],
        "day": pd.to_datetime(["2020-01-01", "2021-01-01", None, "2022-01-01"]),
    }
)
LABELS = {"trust": {1.0: "can trust", 2.0: "cannot trust"}}


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("age >= 18", [1, 3]),
        ("18 <= age", [1, 3]),
        ("18 <= age < 65", [1]),
        ("not age >= 18", [0]),
        ("not not age >= 18", [1, 3]),
        ("wave == 2006", [0, 1]),
        ('wave == "2006" and age > 20', [1]),
        ("wave != 2006", [2]),
        ("trust == 'can trust'", [0, 2]),
        ("trust in ('can trust', 2)", [0, 1, 2]),
        ("trust not in [1]", [1]),
        ("age is missing", [2]),
        ("age is not missing and trust is missing", [3]),
        ("age == -5 or age > 60 or trust == 2", [1, 3]),
        ("age > 60 and (trust == 1 or trust == 2)", []),
        ("`odd name` > 2", [2, 3]),
        ("`odd name` == trust", [0, 1]),
        ("age<1e2", [0, 1, 3]),
        ("AGE > 1 OR TRUST == 1".lower(), [0, 1, 2, 3]),
        ("day >= '2021-01-01'", [1, 3]),
    ],
)
def test_conditions_choose_rows(condition: str, rows: list[int]) -> None:
    assert np.flatnonzero(rows_where(FRAME, condition, LABELS)).tolist() == rows


@pytest.mark.parametrize(
    "condition",
    [
        "", "   ", "age", "age >", "> 18", "age = 18", "age >= 18 and", "(age > 1", "age > 1)",
        "age in 18", "age in (18", "age in ()", "1 == 1", "'a' is missing", "age is", "age not 18",
        "age && 1", "not", "age > -trust", "__import__('os')", "age.__class__ ; 1",
        "(" * 100 + "age > 1" + ")" * 100, "age > 1 or " * 1000, "age > 'x", "age > 1;",
    ],
)  # fmt: skip
def test_what_is_no_condition_is_a_usage_error(condition: str) -> None:
    with pytest.raises(UsageError, match="--where"):
        rows_where(FRAME, condition, LABELS)


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("aeg > 18", "unknown_column"),
        ("trust == 'can trst'", "unknown_label"),
        ("age == 'old'", "unknown_label"),
        ("wave > 2006", "not_comparable"),
        ("wave == age", "not_comparable"),
        ("day > 'yesterday'", "not_comparable"),
    ],
)
def test_what_the_data_do_not_have_is_a_usage_error(condition: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        rows_where(FRAME, condition, LABELS, option="[measure] where")
    assert caught.value.code == code
    assert caught.value.text.startswith("[measure] where")


def test_the_nearest_column_is_named() -> None:
    with pytest.raises(UsageError, match="Try: trust"):
        rows_where(FRAME, "trsut == 1")


def three_valued(expression: object, row: dict[str, float | None]) -> bool | None:
    match expression:
        case ("not", inner):
            value = three_valued(inner, row)
            return None if value is None else not value
        case ("and", left, right):
            both = (three_valued(left, row), three_valued(right, row))
            return False if False in both else None if None in both else True
        case ("or", left, right):
            both = (three_valued(left, row), three_valued(right, row))
            return True if True in both else None if None in both else False
        case (str(name), str(how), float(number)):
            value = row[name]
            if value is None:
                return None
            return {"==": value == number, "<": value < number, ">=": value >= number}[how]
    raise AssertionError(expression)


def written(expression: object) -> str:
    match expression:
        case ("not", inner):
            return f"not ({written(inner)})"
        case ("and" | "or" as how, left, right):
            return f"({written(left)}) {how} ({written(right)})"
        case (name, how, number):
            return f"{name} {how} {number}"
    raise AssertionError(expression)


SIMPLE = st.tuples(
    st.sampled_from("ab"), st.sampled_from(["==", "<", ">="]), st.sampled_from([-1.0, 0.0, 1.5])
)
EXPRESSIONS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner), st.tuples(st.sampled_from(["and", "or"]), inner, inner)
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(EXPRESSIONS)
def test_it_agrees_with_three_valued_logic_row_by_row(expression: object) -> None:
    answers = [None, -1.0, 0.0, 2.0]
    rows = [{"a": a, "b": b} for a in answers for b in answers]
    frame = pd.DataFrame(rows, dtype=float)
    expected = [three_valued(expression, row) is True for row in rows]
    assert rows_where(frame, written(expression)).tolist() == expected


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("age trust wave()[]'\"`=<>!-,.12andorismissing "), max_size=40))
def test_any_text_is_a_condition_or_a_sentence(condition: str) -> None:
    said = ""
    try:
        rows_where(FRAME, condition, LABELS)
    except VendepunktError as error:
        said = error.text
    assert said == "" or said.startswith("--where")
