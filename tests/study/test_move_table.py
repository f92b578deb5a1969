"""`[move]` of `study.toml`: what it says, its defaults, and what can be wrong with it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from vendepunkt.study import DropOutTable, MoveTable, read_text
from vendepunkt.study.schema_move import DROPOUT

STUDY = """\
[study]
title = "Panel"
language = "da"
frame = "households"

[data.panel]
file = "data/panel.csv"
person = "id"
wave = "year"

[waves.2017]

[waves.2022]

[design]
weights = { panel = "wp" }

[items.trust]
order = ["high", "low"]

[items.home]
order = ["own", "street"]

[measure]
wave = 2017
classes = 3

"""

MOVE = """\
[move]
classes = 3
compare = "2-4"
waves = [2017, 2022]
transitions = "constant"
initial = "age"
transition = "work"
where = "age >= 18"
asked = "result == 1"
observed = "home"
by = "sec"
lot = { da = "et bevis", en = "a certificate" }
circumstances = { alone = "alone == 1", jobless = { when = "work == 2", label = "without work" } }

[move.dropout]
column = "status"
absorbing = ["died"]

[move.dropout.kinds]
Refused = "non-response"
Dead = { exit = { da = "død", en = "died" } }
Moved = "exit: abroad"
Interviewed = "asked"
"""


def read(move: str, study: str = STUDY) -> MoveTable:
    found = read_text((study + move).encode(), Path())
    assert found.problems == ()
    assert found.study is not None
    assert found.study.move is not None
    return found.study.move


def test_everything_that_is_said_reaches_the_table() -> None:
    move = read(MOVE)
    assert (move.classes, move.compare, move.latent) == (3, (2, 3, 4), True)
    assert move.waves == ("2017", "2022")
    assert (move.transitions, move.initial, move.transition) == ("constant", "age", "work")
    assert (move.observed, move.by) == ("home", "sec")
    assert move.lot == {"da": "et bevis", "en": "a certificate"}
    words = {"da": "without work", "en": "without work"}
    assert move.circumstances == {"alone": ("alone == 1", None), "jobless": ("work == 2", words)}
    assert move.dropout == DropOutTable(
        "status",
        {
            "Refused": ("non-response", None),
            "Dead": ("exit", {"da": "død", "en": "died"}),
            "Moved": ("exit", {"da": "abroad", "en": "abroad"}),
            "Interviewed": ("asked", None),
        },
        ("died",),
    )


def test_what_is_not_said_follows_the_measurement() -> None:
    move = read("[move]\n")
    assert move.items == ("trust", "home")
    assert (move.classes, move.compare) == (3, (2, 3, 4))
    assert (move.weight, move.waves, move.dropout, move.latent) == (None, (), None, True)
    undecided = read("[move]\n", STUDY.replace("classes = 3\n", ""))
    assert (undecided.classes, undecided.compare) == (None, (2, 3, 4, 5))


def test_without_the_table_nobody_is_followed() -> None:
    study = read_text(STUDY.encode(), Path()).study
    assert study is not None
    assert study.move is None
    assert study.measures


@pytest.mark.parametrize(
    ("move", "latent", "measures"),
    [('observed = "home"\n', False, False), ('observed = "home"\nclasses = 2\n', True, False)],
)
def test_observed_states_stand_alone_where_no_classes_are_asked_for(
    move: str, latent: bool, measures: bool
) -> None:
    study = read_text(
        (STUDY.split("[measure]", maxsplit=1)[0] + "[move]\n" + move).encode(), Path()
    ).study
    assert study is not None
    assert study.move is not None
    assert (study.move.latent, study.measures) == (latent, measures)


def test_a_wave_may_have_a_time() -> None:
    text = STUDY.replace("[waves.2017]\n", "[waves.2017]\ntime = 0\n")
    text = text.replace("[waves.2022]\n", "[waves.2022]\ntime = 0.5\n")
    study = read_text(text.encode(), Path()).study
    assert study is not None
    assert [wave.time for wave in study.waves.values()] == [0.0, 0.5]


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ('transitions = "constant"', "transitionz = 1", "transitionz", "unknown_key"),
        ('transitions = "constant"', 'transitions = "rates"', "transitions", "bad_value"),
        ('compare = "2-4"', 'form = "stayer"', "form", "bad_value"),
        ('compare = "2-4"', 'form = "mover_stayer"', "form", "contradiction"),
        ("waves = [2017, 2022]", "waves = [2017]", "waves", "bad_value"),
        ("waves = [2017, 2022]", "waves = [2017, 2021]", "waves", "unknown_wave"),
        ('observed = "home"', 'observed = "hoem"', "observed", "unknown_item"),
        ('observed = "home"\n', "", "by", "contradiction"),
        ('by = "sec"\n', "", "lot", "contradiction"),
        ('initial = "age"', 'items = ["trst"]', "items", "unknown_item"),
        ('alone = "alone == 1"', "alone = 1", "circumstances", "bad_value"),
        ('when = "work == 2"', 'whn = "work == 2"', "circumstances", "bad_value"),
        ('column = "status"\n', "", "[move.dropout]", "missing_key"),
        ('column = "status"', 'column = "status"\ncolum = 1', "colum =", "unknown_key"),
        ('Refused = "non-response"', 'Refused = "refusal"', "Refused", "bad_value"),
        ('Refused = "non-response"', "Refused = { exit = 1 }", "Refused", "bad_value"),
        ('absorbing = ["died"]', 'absorbing = ["dead"]', "absorbing", "unknown_reason"),
        ('compare = "2-4"', "draws = 0", "draws", "bad_value"),
        ('compare = "2-4"', 'weight = "wave"', "weight", "bad_value"),
        ('{ da = "et bevis", en = "a certificate" }', "1", "lot", "bad_value"),
        ('da = "et bevis", ', "", "lot", "missing_language"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(old: str, new: str, line: str, code: str) -> None:
    assert old in MOVE
    text = STUDY + MOVE.replace(old, new, 1)
    lines = text.splitlines()
    found = [(lines[p.line - 1], p.code) for p in read_text(text.encode(), Path()).problems]
    assert any(place.startswith(line) and what == code for place, what in found), found


@pytest.mark.parametrize(
    ("design", "move", "code"),
    [
        ("", 'weight = "panel"', "contradiction"),
        ("", "only_weighted = true", "contradiction"),
        ('weights = { wave = { 2017 = "w" } }', "", "missing_key"),
        ('weights = { wave = { 2017 = "w" } }', 'weight = "none"', ""),
        ('weights = "w"', 'weight = "panel"', ""),
    ],
)
def test_weights_are_never_chosen_in_silence(design: str, move: str, code: str) -> None:
    text = STUDY.replace('weights = { panel = "wp" }', design) + f"[move]\n{move}\n"
    found = [p.code for p in read_text(text.encode(), Path()).problems]
    assert found == ([code] if code else [])


def test_following_needs_people_and_waves() -> None:
    text = STUDY.replace('person = "id"\n', "") + "[move]\n"
    assert [p.code for p in read_text(text.encode(), Path()).problems] == ["contradiction"]


@pytest.mark.parametrize(
    ("groups", "move", "codes"),
    [
        ("majority = [1]\nrest = [2, 3]", "", []),
        ("majority = [1]\nrest = [2, 3]", "classes = 4", ["contradiction"]),
        ("majority = [1]\nrest = [2, 3, 4]", "", ["contradiction"]),
    ],
)
def test_groups_gather_the_classes_that_are_followed(
    groups: str, move: str, codes: list[str]
) -> None:
    text = f"{STUDY}[move]\n{move}\n[groups]\n{groups}\n"
    assert [p.code for p in read_text(text.encode(), Path()).problems] == codes


def test_times_are_given_for_every_wave_or_for_none() -> None:
    text = STUDY.replace("[waves.2017]\n", "[waves.2017]\ntime = 0\n") + "[move]\n"
    assert [p.code for p in read_text(text.encode(), Path()).problems] == ["missing_key"]


def test_every_key_of_the_drop_out_reaches_its_table() -> None:
    assert set(DROPOUT.fields) == {field.name for field in dataclasses.fields(DropOutTable)}
