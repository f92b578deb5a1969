"""Make the invented meeting of this folder again: words from ``words.toml``, chance from a seed.

    python examples/panels/make_meeting.py

writes ``panels/minikonference/v1``; run again it writes nothing, since nothing changed. Everything
is invented: who sits where, who sent what, and who voted for what are drawn with a seed, so that
the counts come out as ``words.toml`` wants them.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import tomllib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from vendepunkt.convene import (
    Ballot,
    Carried,
    Channel,
    Group,
    Idea,
    IdeaState,
    Kind,
    LifePhase,
    Meeting,
    Note,
    Panel,
    Placement,
    Question,
    Theme,
    Vote,
    Words,
    freeze,
)

HERE = Path(__file__).parent
SEED = 20260917
START = dt.datetime(2026, 9, 17, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))
CHOICES = 3
FACILITATORS = ("facilitator A", "facilitator B")
#: How likely an idea's words were released, and how likely it came on paper or through a helper.
RELEASED, PAPER, HELPER = 0.6, 0.15, 0.06


def meeting(words: Mapping[str, Any]) -> Meeting:
    """Make the meeting from its words."""
    chance = random.Random(SEED)  # noqa: S311  # an invented meeting keeps no secrets
    groups = [
        Group(f"g{place}", panel["id"], name)
        for place, (panel, name) in enumerate(
            ((panel, name) for panel in words["panel"] for name in panel["groups"]), start=1
        )
    ]
    ideas, placements = _ideas(words, groups, chance)
    notes = tuple(_notes(words, groups))
    placed = {one.idea: one.theme for one in placements if not one.undone}
    return Meeting(
        id=words["meeting"]["id"],
        title=Words(**words["meeting"]["title"]),
        date=START.date(),
        language="da",
        invented=True,
        phases=tuple(LifePhase(one["id"], Words(one["da"], one["en"])) for one in words["phase"]),
        panels=tuple(
            Panel(one["id"], Words(one["da"], one["en"]), one["present"]) for one in words["panel"]
        ),
        groups=tuple(groups),
        questions=tuple(
            Question(f"{phase['id']}-{kind}", phase["id"], kind, Words(**text))
            for phase in words["phase"]
            for kind, text in words["question"].items()
        ),
        notes=notes,
        ideas=tuple(ideas),
        themes=tuple(_theme(one, words, placed, notes) for one in words["theme"]),
        placements=tuple(placements),
        votes=tuple(
            Vote(
                f"afstemning-{one['id']}",
                one["id"],
                "choose-k",
                places=3,
                choices=CHOICES,
                text=Words("Vælg op til tre temaer", "Choose up to three themes"),
            )
            for one in words["phase"]
        ),
        ballots=tuple(_ballots(words, groups, chance)),
        help_shown=len(placed),
        help_taken=round(0.62 * len(placed)),
        attribution=words["meeting"]["attribution"],
    )


def _theme(
    one: Mapping[str, Any], words: Mapping[str, Any], placed: Mapping[str, str],
    notes: tuple[Note, ...],
) -> Theme:  # fmt: skip
    under = [idea for idea, theme in placed.items() if theme == one["id"]]
    about = [note.id for note in notes if note.theme == one["id"]]
    carried = words["carried"]
    return Theme(
        one["id"],
        one["phase"],
        Words(one["da"], one["en"]),
        Words(one["describe_da"], one["describe_en"]),
        version=2,
        cites=(*under[:2], *about),
        carried=Carried(carried["by"], carried["why"]) if carried["theme"] == one["id"] else None,
        on_ballot=one.get("on_ballot", True),
    )


def _ideas(
    words: Mapping[str, Any], groups: list[Group], chance: random.Random
) -> tuple[list[Idea], list[Placement]]:
    """Give the ideas in the order they lie on the table, and where they were placed."""
    sent = [*_said(words)]
    chance.shuffle(sent)
    ids = {(one["theme"], one["text"]): f"i{place}" for place, one in enumerate(sent, start=1)}
    other = {one["id"]: one["phase"] for one in words["theme"]}
    ideas: list[Idea] = []
    placements: list[Placement] = []
    for place, one in enumerate(sent, start=1):
        group = chance.choice(groups)
        roll = chance.random()
        channel: Channel = (
            "helper" if roll < HELPER else "paper" if roll < HELPER + PAPER else "phone"
        )
        state: IdeaState = one["state"]
        shown = state == "shown" and one["text"] is not None
        released = shown and chance.random() < RELEASED
        ideas.append(
            Idea(
                f"i{place}",
                group.panel,
                f"{one['phase']}-{one['kind']}",
                one["text"],
                channel,
                state,
                one["reason"],
                ids[one["theme"], one["same"]] if one["same"] else None,
                released,
                group.id,
            )
        )
        if not one["theme"]:
            continue
        at = START + dt.timedelta(minutes=60, seconds=20 * place)
        by = FACILITATORS[place % 2]
        if chance.random() < 0.06:
            # Put under another theme first, and taken back: the trail keeps both.
            wrong = [
                theme for theme, phase in other.items()
                if phase == one["phase"] and theme != one["theme"]
            ]  # fmt: skip
            placements.append(
                Placement(f"i{place}", chance.choice(wrong), by, at, "flyttet", undone=True)
            )
            at += dt.timedelta(seconds=10)
        why = "samme ord som en anden" if one["same"] else ""
        placements.append(Placement(f"i{place}", one["theme"], by, at, why))
    return ideas, placements


def _said(words: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give every idea with what is decided about it."""
    plain = {"state": "shown", "reason": "", "same": "", "theme": ""}
    kinds: tuple[tuple[str, Kind], ...] = (("pushes", "pushes_out"), ("lets", "lets_in"))
    for theme in words["theme"]:
        common = plain | {"phase": theme["phase"], "theme": theme["id"]}
        for name, kind in kinds:
            for text in theme[name]:
                yield common | {"kind": kind, "text": text}
                for again in theme.get("same", {}).get(text, ()):
                    yield common | {"kind": kind, "text": again, "same": text}
    for one in words["apart"]:
        yield plain | {"text": None} | one


def _notes(words: Mapping[str, Any], groups: list[Group]) -> Iterator[Note]:
    place = 0
    for phase, said in words["notes"].items():
        for group in groups:
            place += 1
            theme, text = said[group.name]
            yield Note(f"n{place}", group.id, phase, text, theme)


def _ballots(
    words: Mapping[str, Any], groups: list[Group], chance: random.Random
) -> Iterator[Ballot]:
    for panel, phases in words["votes"].items():
        home = [group.id for group in groups if group.panel == panel]
        for phase, table in phases.items():
            wanted = {name: n for name, n in table.items() if name != "voters"}
            voters, blank, paper, helper = table["voters"]
            cast = _drawn(wanted, voters - blank, chance) + [set() for _ in range(blank)]
            channels: list[Channel] = ["paper"] * paper + ["helper"] * helper
            channels += ["phone"] * (voters - len(channels))
            chance.shuffle(channels)
            seats = [home[place % len(home)] for place in range(voters)]
            for marks, channel, seat in zip(cast, channels, seats, strict=True):
                yield Ballot(
                    f"afstemning-{phase}",
                    panel,
                    dict.fromkeys(sorted(marks), Fraction(1)),
                    channel,
                    seat,
                )


def _drawn(wanted: Mapping[str, int], voters: int, chance: random.Random) -> list[set[str]]:
    """Draw ballots of at most three crosses, none empty, on which each theme gets its count."""
    while True:
        cast: list[set[str]] = [set() for _ in range(voters)]
        for theme, n in sorted(wanted.items(), key=lambda pair: -pair[1]):
            open_ = [one for one in cast if len(one) < CHOICES]
            if len(open_) < n:
                break
            for one in chance.sample(open_, n):
                one.add(theme)
        else:
            if all(cast):
                return cast


def main(folder: Path = HERE / "panels") -> int:
    """Freeze the meeting and say where."""
    words = tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))
    sys.stdout.write(f"{freeze(meeting(words), folder)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
