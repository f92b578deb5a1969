"""The table `[convene]` of `study.toml`: which panel meetings count, and how they are read."""

from __future__ import annotations

from typing import Final

from vendepunkt.study.kinds import Choice, Flag, ListOf, Text, Whole
from vendepunkt.study.schema_parts import Key, Table

#: Names of the voting rules. The stage `convene` holds them; a test holds the two together.
RULES: Final = (
    "choose-k",
    "approval",
    "dots",
    "score",
    "borda",
    "schulze",
    "sequential-pav",
    "equal-shares",
    "phragmen",
)

CONVENE: Final = Table(
    "convene",
    "Panel meetings: what those who know exclusion from their own life or work said and chose. "
    "Without this table none is read. The table may be empty. A study may consist of panel "
    "meetings alone: it then needs no `frame`, no `[data.NAME]` and no `[items.NAME]`.",
    (
        Key(
            "meetings",
            ListOf(Text('a folder in quotes, such as "panels/spring"')),
            "Folders of frozen meetings, inside the study folder; of each the latest version is "
            "read.",
            "every meeting in `panels/`",
        ),
        Key(
            "rule",
            Choice(RULES),
            "Count every vote by this rule in place of its own; the ballots must fit it.",
            "the rule of each vote",
        ),
        Key("places", Whole(1, 100), "How many themes are chosen.", "the places of each vote"),
        Key(
            "chance",
            Flag(),
            "Say how firmly each theme holds its place: in how many of 100 meetings with other "
            "people like these it would be chosen. Never said of a panel all of whose members "
            "took part.",
            "`true`",
        ),
        Key(
            "draws",
            Whole(100, 1_000_000),
            "Meetings that are drawn for that.",
            "the program's own number",
        ),
        Key(
            "random_draws",
            Flag(),
            "The panels were drawn at random from those they stand for. Only then are differences "
            "between panels tested.",
            "`false`",
        ),
        Key(
            "mapping",
            Text("a path in the study folder"),
            "For panels whose themes were grouped apart: a csv file with the columns `theme`, "
            "`common`, `by` and `why`, a row for each theme that has its like in another panel; "
            "with several meetings also `meeting`.",
            "the mapping of each meeting",
        ),
        Key(
            "texts",
            Choice(("released", "none")),
            "Ideas whose words are printed: those that were released one by one in the meeting, "
            "or none. Words that were not released are never printed.",
            '`"released"`',
        ),
    ),
    example="""\
[convene]
meetings = ["panels/spring"]
places = 3
mapping = "panels/common-themes.csv"
""",
)
