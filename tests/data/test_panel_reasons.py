"""Who was asked, who left and why: the first reason is carried, exits are places."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from vendepunkt.data import Panel, Survey, leavers, panel, retention
from vendepunkt.language import text
from vendepunkt.terms import UsageError

KINDS = {
    "dead": "exit: died",
    "moved out": "exit: abroad",
    "refused": "non-response",
    "lost": "non-response: lost",
    "done": "asked",
}


def follow(*people: str, **options: Any) -> Panel:
    """Follow people, a letter per wave: answers (A), asked (.), a reason, or no row (-)."""
    words = {"d": "dead", "m": "moved out", "r": "refused", "l": "lost", ".": "done"}
    rows = [
        (person, wave, 1.0 if mark == "A" else None, words.get(mark), None)
        for person, marks in enumerate(people)
        for wave, mark in enumerate(marks)
        if mark != "-"
    ]
    frame = pd.DataFrame(rows, columns=["k", "t", "a", "why", "nothing"])
    kinds = {word: KINDS[word] for word in frame["why"].dropna().unique()}
    options = {"reason_column": "why", "reason_kinds": kinds, **options}
    return panel(Survey.from_frame(frame, person="k", wave="t"), ["a"], **options)


def said(held: Panel) -> list[list[str]]:
    names = ("", *held.reason_names)
    return [[names[code] for code in row] for row in held.reasons]


def test_the_first_reason_is_carried_forward_until_the_person_is_asked_again() -> None:
    held = follow("AdlA", "Adll", "ArdA", "A.lr", "A--l", "rAAA", "AAA-")
    assert said(held) == [
        ["", "died", "died", ""],
        ["", "died", "died", "died"],
        ["", "refused", "refused", ""],
        ["", "", "lost", "lost"],
        ["", "", "", "lost"],
        ["refused", "", "", ""],
        ["", "", "", ""],
    ]
    assert held.asked[3].tolist() == [True, True, False, False]
    assert not held.present[3, 1]


def test_an_exit_counts_even_when_the_person_had_refused_before() -> None:
    held = follow("Ard.", "Ardl", "Amdl", "AAAA")
    assert held.exit_names == ("died", "abroad")
    assert said(held)[1] == ["", "refused", "refused", "refused"]
    np.testing.assert_array_equal(
        held.exits, [[0, 0, 1, 0], [0, 0, 1, 1], [0, 2, 2, 2], [0, 0, 0, 0]]
    )
    assert held.absorbing == (False, True)  # one came back after death; nobody from abroad


def test_who_comes_back_after_an_exit_is_counted_and_said() -> None:
    held = follow("AdA", "Ad.", "Add", "ArA")
    found = [n for n in held.notices if n.code == "back_after_exit"]
    assert [n.values for n in found] == [{"n": 2, "reason": "died"}]
    assert held.absorbing == (False,)
    assert not [n for n in follow("ArA", "Add").notices if n.code == "back_after_exit"]


def test_reasons_of_waves_that_are_not_chosen_are_carried_too() -> None:
    held = follow("Adl", "AAl", "A-l", waves=["0", "2"])
    assert said(held) == [["", "died"], ["", "lost"], ["", "lost"]]


def test_answers_win_over_a_reason() -> None:
    frame = pd.DataFrame({"k": [1, 1], "t": [1, 2], "a": [1, 2], "why": [None, "refused"]})
    survey = Survey.from_frame(frame, person="k", wave="t")
    held = panel(survey, ["a"], reason_column="why", reason_kinds={"refused": "non-response"})
    assert held.asked.all()
    assert not held.reasons.any()
    assert [n.values for n in held.notices] == [{"n": 1}]


def test_counts_add_to_the_people_of_each_wave() -> None:
    held = follow("Adl", "AAA", "A--", "-AA", "rAA", "rrr", "Arr")
    table = retention(held)
    assert list(table.columns) == ["wave", "kind", "reason", "n"]
    assert set(table.groupby("wave")["n"].sum()) == {held.n}
    rows = [tuple(row) for row in table.itertuples(index=False)]
    assert rows == [
        ("0", "asked", "", 4),
        ("0", "non-response", "refused", 2),
        ("0", "not yet", "", 1),
        ("1", "asked", "", 3),
        ("1", "exit", "died", 1),
        ("1", "non-response", "refused", 2),
        ("1", "unknown", "", 1),
        ("2", "asked", "", 3),
        ("2", "exit", "died", 1),
        ("2", "non-response", "refused", 2),
        ("2", "unknown", "", 1),
    ]
    assert [tuple(row) for row in leavers(held).itertuples(index=False)] == [
        ("0", "2", "exit", "died", 1, 0.25),
        ("0", "2", "non-response", "refused", 1, 0.25),
        ("0", "2", "unknown", "", 1, 0.25),
    ]
    inside = held.domain(np.arange(held.n) < 2)
    assert set(retention(inside).groupby("wave")["n"].sum()) == {2}


def test_who_is_asked_in_none_of_the_waves() -> None:
    frame = pd.DataFrame({"k": [1, 1, 2, 2], "t": [1, 2, 1, 2], "a": [1.0, 1.0, None, None]})
    table = retention(panel(Survey.from_frame(frame, person="k", wave="t"), ["a"]))
    assert [tuple(row) for row in table.itertuples(index=False)] == [
        ("1", "asked", "", 1), ("1", "never", "", 1), ("2", "asked", "", 1), ("2", "never", "", 1),
    ]  # fmt: skip


FRAME = pd.DataFrame(
    {"k": [1, 1, 2, 2], "t": [1, 2, 1, 2], "a": [1.0, None, 1.0, None], "why": [None, 7, None, 8]}
)
LABELS = {"why": {7: "Deceased", 8: "Not reinterviewed", 9: "In institution"}}


def labelled(**options: Any) -> Panel:
    survey = Survey.from_frame(FRAME, person="k", wave="t", value_labels=LABELS)
    return panel(survey, ["a"], reason_column="why", **options)


def test_labels_or_codes_may_be_named() -> None:
    by_label = {"Deceased": "exit", "Not reinterviewed": "non-response", "In institution": "exit"}
    held = labelled(reason_kinds=by_label)
    assert held.reason_names == ("Deceased", "Not reinterviewed", "In institution")
    assert held.reason_kinds == ("exit", "non-response", "exit")
    np.testing.assert_array_equal(held.reasons, [[0, 1], [0, 2]])
    held = labelled(reason_kinds={"7": "exit: gone", "8": "exit: gone"})
    assert (held.reason_names, held.reasons[:, 1].tolist()) == (("gone",), [1, 1])


@pytest.mark.parametrize(
    ("kinds", "code", "word"),
    [
        ({"Deceasd": "exit", "8": "exit"}, "unknown_reason", "Deceased"),
        ({"Deceased": "exit"}, "reasons_unmapped", "'Not reinterviewed': 'non-response'"),
        (None, "reasons_unmapped", "'Deceased': 'exit'"),
        ({"Deceased": "exits", "8": "exit"}, "not_allowed", "kind of 'Deceased' exit"),
        ({"7": "exit: x", "8": "non-response: x"}, "reason_in_two_kinds", ""),
    ],
)
def test_reasons_that_are_not_understood(kinds: Any, code: str, word: str) -> None:
    with pytest.raises(UsageError) as caught:
        labelled(reason_kinds=kinds)
    assert caught.value.code == code
    assert word in caught.value.try_


def test_an_unknown_label_is_answered_with_those_that_are_known() -> None:
    with pytest.raises(UsageError) as caught:
        labelled(reason_kinds={"left": "exit"})
    assert caught.value.allowed == "Deceased, In institution, Not reinterviewed"


def test_free_text_is_no_reason_and_is_not_shown() -> None:
    frame = pd.DataFrame({"k": range(50), "t": [1, 2] * 25, "a": 1.0})
    frame["why"] = [f"a secret {place}" for place in range(50)]
    survey = Survey.from_frame(frame, person="k", wave="t")
    with pytest.raises(UsageError) as caught:
        panel(survey, ["a"], reason_column="why")
    assert caught.value.code == "not_reasons"
    assert "secret" not in str(caught.value)
    with pytest.raises(UsageError, match="'wy' is not a column"):
        panel(survey, ["a"], reason_column="wy")
    with pytest.raises(UsageError) as caught:
        panel(survey, ["a"], reason_kinds={"x": "exit"})
    assert caught.value.code == "no_reason_column"


def test_codes_that_are_declared_missing_can_be_reasons() -> None:
    frame = FRAME.assign(why=[-1.0, 7.0, -1.0, -2.0])
    labels = {"why": {7: "Deceased", -1: "Not applicable", -2: "Refused"}}
    survey = Survey.from_frame(
        frame, person="k", wave="t", value_labels=labels, missing={"why": [-1, -2]}
    )
    kinds = {"Deceased": "exit", "Refused": "non-response"}
    held = panel(survey, ["a"], reason_column="why", reason_kinds=kinds)
    np.testing.assert_array_equal(held.reasons, [[0, 1], [0, 2]])
    held = panel(survey, ["a"], reason_column="why", reason_kinds={"Deceased": "exit"})
    np.testing.assert_array_equal(held.reasons, [[0, 1], [0, 0]])


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_notice_has_its_sentence(language: str) -> None:
    held = follow("AdA", "A-A", ".AA")
    codes = {"back_after_exit"}
    assert codes <= {n.code for n in held.notices}
    for notice in held.notices:
        assert text(f"warning.{notice.code}", language, **notice.values)  # type: ignore[arg-type]
