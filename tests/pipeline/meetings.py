"""A small invented meeting of two panels, and a study that consists of it alone."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest

from vendepunkt.convene import (
    Ballot,
    Carried,
    Group,
    Idea,
    LifePhase,
    Meeting,
    Note,
    Panel,
    Placement,
    Question,
    SameTheme,
    Theme,
    Vote,
    Words,
    freeze,
)

STUDY = """\
[study]
title = { da = "To paneler om eksklusion", en = "Two panels on exclusion" }
language = "en"
seed = 7

[convene]
draws = 400

[report]
formats = ["html"]
"""

#: Panel → crosses for home, work, debt, trust, in the order of `THEMES`; blank ballots last.
VOTES = {
    "users": ([17, 14, 11, 9, 6, 2], 28),
    "councils": ([8, 15, 12, 12, 9, 1], 24),
}
THEMES = {
    "lonely": ("Ensomhed", "Loneliness"),
    "home": ("Bolig", "Housing"),
    "debt": ("Gæld", "Debt"),
    "office": ("Mødet med kommunen", "Meeting the authorities"),
    "work": ("Arbejde", "Work"),
    "school": ("Skolen", "School"),
}


START = dt.datetime(2026, 5, 4, 13, tzinfo=dt.UTC)


def ballots(panel: str) -> list[Ballot]:
    """Spread the crosses of a panel over its voters, three to a ballot at most."""
    counts, voters = VOTES[panel]
    marks: list[dict[str, Fraction]] = [{} for _ in range(voters)]
    place = 0
    for theme, count in zip(THEMES, counts, strict=True):
        for _ in range(count):
            while len(marks[place % voters]) >= 3 or theme in marks[place % voters]:
                place += 1
            marks[place % voters][theme] = Fraction(1)
            place += 1
    return [
        Ballot("adults", panel, own, "paper" if i % 4 == 0 else "phone", f"{panel}-{i % 4}")
        for i, own in enumerate(marks)
    ]


def meeting(**changes: object) -> Meeting:
    """Give the meeting; `changes` replace its fields."""
    panels = (
        Panel("users", Words("Brugere og fagfolk", "Users and practitioners"), present=29),
        Panel("councils", Words("Lokale udsatteråd", "Local councils"), present=24),
    )
    themes = tuple(
        Theme(
            key,
            "adult",
            Words(*title),
            Words(f"Om {title[0].lower()}.", f"About {title[1].lower()}."),
            carried=Carried("the council", "it was just below") if key == "work" else None,
            cites=("i0", "n0") if key == "lonely" else (),
        )
        for key, title in THEMES.items()
    )
    ideas = tuple(
        Idea(
            f"i{i}",
            "users" if i % 2 else "councils",
            "out",
            f"Idea number {'abcdefghijkl'[i]}",
            released=i < 4,
            state="removed" if i == 11 else "shown",
            same_as="i1" if i == 9 else None,
        )
        for i in range(12)
    )
    placements = tuple(
        Placement(f"i{i}", list(THEMES)[i % 4], "facilitator", START.replace(minute=i))
        for i in range(10)
    )
    fields: dict[str, object] = {
        "id": "spring",
        "title": Words("Minikonference", "Mini-conference"),
        "date": dt.date(2026, 5, 4),
        "language": "da",
        "invented": True,
        "phases": (LifePhase("adult", Words("Voksenliv og alderdom", "Adult life and old age")),),
        "panels": panels,
        "groups": tuple(
            Group(f"{panel}-{i}", panel, f"Bord {i + 1}") for panel in VOTES for i in range(4)
        ),
        "questions": (
            Question("out", "adult", "pushes_out",
                     Words("Hvad skubber ud?", "What pushes people out?")),
        ),
        "notes": (Note("n0", "users-0", "adult", "A note of a table.", "lonely"),),
        "ideas": ideas,
        "themes": themes,
        "placements": placements,
        "votes": (Vote("adults", "adult"),),
        "ballots": (*ballots("users"), *ballots("councils")),
        "mapping": (),
        "help_shown": 10,
        "help_taken": 7,
    }  # fmt: skip
    return Meeting(**(fields | changes))  # type: ignore[arg-type]


def apart() -> Meeting:
    """Give a meeting whose panels had their themes grouped apart, and mapped afterwards."""
    whole = meeting()
    themes, renamed = [], {}
    for panel in ("users", "councils"):
        for theme in whole.themes:
            if (panel, theme.id) == ("councils", "school"):
                continue
            key = f"{theme.id}-{panel}"
            renamed[panel, theme.id] = key
            themes.append(Theme(key, "adult", theme.title, theme.description, panel=panel))
    cast = tuple(
        Ballot(
            one.vote,
            one.panel,
            {renamed[one.panel, key]: v for key, v in one.marks.items()
             if (one.panel, key) in renamed},
            one.channel,
            one.group,
        )
        for one in whole.ballots
    )  # fmt: skip
    mapping = tuple(
        SameTheme(theme.id, theme.id.split("-")[0], "two facilitators", "same words")
        for theme in themes
        if not theme.id.startswith("school")
    )
    return meeting(id="apart", themes=tuple(themes), ballots=cast, placements=(), mapping=mapping)


def make_study(folder: Path, *meetings: Meeting, text: str = STUDY) -> Path:
    """Write a study of panel meetings alone."""
    folder.mkdir(parents=True)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    for one in meetings or (meeting(),):
        freeze(one, folder / "panels")
    return folder


def drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an empty picture in place of each drawing; tests of figures and examples draw them."""
    blank = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>'
    monkeypatch.setattr("vendepunkt.figures.draw", lambda *_, **__: None)
    monkeypatch.setattr("vendepunkt.figures.svg_text", lambda *_: blank)
