"""Every table and key of `study.toml`: what it means, what is allowed, what holds without it.

The reference page and the reading of a study are both made from :data:`TABLES`.
"""

from __future__ import annotations

from typing import Final

from vendepunkt.study.kinds import (
    Choice,
    CodeKind,
    Day,
    Flag,
    ListOf,
    ListOrMap,
    MapOf,
    Number,
    Text,
    Whole,
    Words,
)
from vendepunkt.study.schema_convene import CONVENE
from vendepunkt.study.schema_move import MOVE
from vendepunkt.study.schema_parts import (
    CLASSES,
    COLUMN,
    COLUMNS,
    MOST_CLASSES,
    WEIGHTS,
    Key,
    Table,
)

LEAST_THRESHOLD: Final = 3
FRAMES: Final = ("households", "population", "other")

#: Tables of stages that this version does not have.
LATER: Final = {
    "circumstance": "life circumstances",
    "register": "registers",
    "select": "selection of people to interview",
    "interview": "interviews",
    "synthesise": "findings",
    "simulate": "scenarios",
}


STUDY: Final = Table(
    "study",
    "What the study is.",
    (
        Key("title", Words(), "Title of the study and of its report.", required=True),
        Key("subtitle", Words(), "What stands under the title: what kind of study it is."),
        Key("aim", Words(), "What the study wants to know, in a sentence or two."),
        Key("asked_by", Words(), "Who asked for the study and paid for it."),
        Key("authors", ListOf(Text("a name in quotes")), "Who answers for the report."),
        Key("language", Choice(("da", "en")), "Language of the report.", '`"en"`'),
        Key(
            "seed", Whole(0, 2**63 - 1), "Seed of all random numbers; printed in the report.", "`1`"
        ),
        Key(
            "frame",
            Choice(FRAMES),
            "Whom the sample could reach. `households`: people in private households, so that "
            "homeless people, prisoners and residents of institutions are outside, and the report "
            "says so; `population`: everybody, those people too; `other`: say it in `frame_text`. "
            "Only a study of panel meetings alone goes without.",
            required=True,
            of_surveys=True,
        ),
        Key("frame_text", Words(), "The frame in your own words."),
    ),
    required=True,
    example="""\
[study]
title = {da = "Udsatte grupper i 2022", en = "Excluded groups in 2022"}
subtitle = {da = "En spørgeskemaundersøgelse", en = "A questionnaire survey"}
asked_by = {da = "Kommunens udsatteråd", en = "The council for vulnerable citizens"}
authors = ["A. Forsker", "B. Forsker"]
language = "da"
seed = 2022
frame = "households"
""",
)

DATA: Final = Table(
    "data",
    "A data file; this version reads one per study. Only a study of panel meetings alone goes "
    "without.",
    (
        Key(
            "file",
            Text("a path in the study folder"),
            "The file, inside the study folder.",
            required=True,
        ),
        Key(
            "encoding",
            Text("an encoding, such as windows-1252"),
            "Encoding of a text file.",
            "found out",
        ),
        Key("person", COLUMN, "Column with the person's id."),
        Key("wave", COLUMN, "Column that says which wave a row belongs to."),
        Key(
            "wide",
            ListOrMap(
                ListOf(Text("a mark of column names")), MapOf(MapOf(COLUMN, "VARIABLE"), "WAVE")
            ),
            "For one row per person: the marks of the waves in the names of the columns, such as "
            '`["t1", "t2"]`, or wave → variable → column.',
        ),
        Key(
            "source",
            Words(),
            "Where the data come from, as it stands under tables and figures.",
            "the name of the file",
        ),
        Key("legal_basis", Text(), "On what legal basis the data are held."),
        Key("controller", Text(), "Who is responsible for the data."),
        Key("purpose", Text(), "For what purpose they are held."),
        Key("delete_by", Day(), "Day by which they must be gone; after it the study is refused."),
    ),
    named=True,
    required=True,
    of_surveys=True,
    example="""\
[data.panel]
file = "data/panel.sav"
person = "id"
wave = "year"
legal_basis = "GDPR article 6(1)(e)"
delete_by = 2032-12-31
""",
)

WAVES: Final = Table(
    "waves",
    "A wave: NAME is the wave as it stands in the data.",
    (
        Key("name", Words(), "What readers see.", "NAME"),
        Key("fieldwork", Words(), "When the answers were collected; printed apart from the name."),
        Key(
            "time",
            Number(0, 10_000),
            "When the wave was, in years: `2017.5`, or `0.5` for half a year after the first.",
            "the year, where all waves are named by one",
        ),
    ),
    named=True,
    example="""\
[waves.2022]
name = "2022"
fieldwork = {da = "marts til juni 2022", en = "March to June 2022"}
""",
)

DESIGN: Final = Table(
    "design",
    "How the sample was drawn and weighted.",
    (
        Key("strata", COLUMN, "Column of strata."),
        Key("cluster", COLUMNS, "Columns of clusters (PSUs first), one per stage."),
        Key("fpc", COLUMNS, "Columns of population sizes or sampling fractions, one per stage."),
        Key("nest", Flag(), "Cluster labels start again in every stratum.", "`false`"),
        Key(
            "single_psu",
            Choice(("fail", "adjust", "average", "remove", "certainty")),
            "What to do with a stratum that has one PSU; named in every result.",
            '`"fail"`',
        ),
        Key("replicates", COLUMNS, "Columns of replicate weights."),
        Key(
            "replicate_type",
            Choice(("jk1", "jkn", "brr", "fay", "bootstrap")),
            "How the replicate weights were made; required with `replicates`.",
        ),
        Key("freq", COLUMN, "Column of counts: a row stands for so many people."),
        Key("weights", WEIGHTS, "Columns of sampling weights."),
        Key("unweighted", Words(), "Why the study has no weights; printed in the report."),
    ),
    example="""\
[design]
strata = "region"
cluster = ["municipality", "household"]
nest = true
single_psu = "adjust"
weights = {wave = {2022 = "w22"}, panel = "w1722"}
""",
)

DIMENSIONS: Final = Table(
    "dimensions",
    "What readers see for a dimension that items name.",
    (Key("label", Words(), "What readers see.", required=True),),
    named=True,
    example="""\
[dimensions.trust]
label = {da = "Tillid", en = "Trust"}
""",
)

ITEMS: Final = Table(
    "items",
    "An indicator: what was asked, and how its answers are read. Only a study of panel "
    "meetings alone goes without.",
    (
        Key("column", COLUMN, "Column of the data.", "NAME"),
        Key(
            "columns", ListOf(COLUMN), "Several columns, of which each person answered at most one."
        ),
        Key("dimension", Text(), "Dimension the item belongs to.", "NAME"),
        Key(
            "type",
            Choice(("binary", "nominal", "ordinal", "monotone", "count", "negbin", "continuous")),
            "Type of the item.",
            "categories without an order",
        ),
        Key("map", MapOf(Text(), "ANSWER"), "Answer → category; done first."),
        Key(
            "merge",
            ListOrMap(ListOf(ListOf(CodeKind())), MapOf(ListOf(CodeKind()), "CATEGORY")),
            "Category → the answers that become it; or lists of answers, named by joining them.",
        ),
        Key(
            "order",
            ListOf(CodeKind(), least=2),
            "Categories from good to bad, after `map` and `merge`.",
        ),
        Key("reverse", Flag(), "Turn the order round.", "`false`"),
        Key(
            "missing",
            ListOf(CodeKind(), single=True),
            'Answers that count as missing; `"rest"` for all that `order` does not list.',
        ),
        Key(
            "scores",
            ListOrMap(ListOf(Number(0, 1), distinct=False), MapOf(Number(0, 1), "CATEGORY")),
            "Category → score, 0 best to 1 worst; or the scores along `order`.",
            "equal steps along `order`",
        ),
        Key("label", Words(), "What readers see.", "the label in the data"),
        Key(
            "labels",
            MapOf(Words(), "CATEGORY"),
            "Category → what readers see, for this item; see also `[labels]`.",
            "the category",
        ),
    ),
    named=True,
    required=True,
    of_surveys=True,
    example="""\
[items.trust]
column = "q14"
dimension = "trust"
order = ["high", "middle", "low"]
merge = {high = ["very high", "rather high"], low = ["rather low", "very low"]}
missing = ["refused"]
label = {da = "Tillid til andre", en = "Trust in others"}

[items.health]
order = [1, 2, 3, 4]
labels = {1 = {da = "Godt", en = "Good"}}
""",
)

MEASURE: Final = Table(
    "measure",
    "How the groups are found.",
    (
        Key("items", ListOf(Text()), "Names of the items to use.", "all"),
        Key(
            "classes",
            CLASSES,
            "The number of classes you decide on, or several for the program to recommend one.",
            '`"1-6"`',
        ),
        Key(
            "compare",
            CLASSES,
            "Numbers of classes to show beside the one you decided on.",
            "from 1 to one more than `classes`",
        ),
        Key("starts", Whole(1, 100_000), "Random starts per round.", "`50`"),
        Key(
            "where",
            Text("a condition in quotes"),
            'Rows to use, such as `"age >= 18"`.',
            "all rows",
        ),
        Key("wave", CodeKind(), "The wave to use.", "all rows"),
        Key(
            "weight",
            Choice(("wave", "panel", "none")),
            "Weights of `[design]` to use: the wave's or those of all rows, the panel's, none.",
            '`"wave"`',
        ),
        Key(
            "order",
            Choice(("severity", "size")),
            "How classes are ordered in tables.",
            '`"severity"`',
        ),
        Key(
            "se",
            Choice(("opg", "hessian", "robust", "design")),
            "Kind of standard errors.",
            "design where there is one, else robust",
        ),
        Key(
            "blrt",
            Whole(0, 100_000),
            "Bootstrap replicates of the likelihood-ratio test.",
            "`0`, no test",
        ),
        Key(
            "covariates",
            Text("a formula in quotes"),
            'What class membership depends on: `"x + z"`.',
        ),
        Key(
            "missing",
            Choice(("fiml", "listwise")),
            "Use every answer given, or only complete rows.",
            '`"fiml"`',
        ),
        Key(
            "classifier",
            Choice(("latent_classes", "sum_score")),
            "How groups are made: by a latent class model, or by a count over dimensions.",
            '`"latent_classes"`',
        ),
        Key(
            "direct_effects",
            ListOf(ListOf(Text(), least=2)),
            "Pairs of items that may depend on each other within a class.",
        ),
        Key(
            "local_dependence", Flag(), "Look for such pairs and show the fit with them.", "`false`"
        ),
        Key("continuum", Flag(), "Ask whether the groups are cuts on one spectrum.", "`false`"),
        Key(
            "equal_across",
            Text("an item or a column"),
            "Groups of people, such as sex, across which equal and free profiles are compared.",
        ),
        Key("dirichlet", Number(0, 100), "Weak prior, in pseudo-observations.", "`0`, none"),
        Key(
            "deprived_from",
            MapOf(CodeKind(), "ITEM"),
            "For the sum score: item → category from which on it counts.",
            "the worst category",
        ),
        Key(
            "cutoffs",
            ListOf(Number(0, 1000)),
            "For the sum score: rising scores at which the next group begins.",
            "`[1, 2]`",
        ),
    ),
    example="""\
[measure]
items = ["trust", "health"]
wave = 2022
where = "age >= 18 and region != 'abroad'"
classes = 3
compare = "1-6"
blrt = 100
""",
)

GROUPS: Final = Table(
    "groups",
    "Main groups: each key is a group and lists severity ranks of classes, where 1 is the least "
    "severe class. Every class stands in one group. Without this table every class is a group: "
    "A, B, C.",
    (
        Key(
            "GROUP",
            ListOf(Whole(1, MOST_CLASSES), single=True),
            "Severity ranks in this group, such as `excluded = [3]`.",
        ),
        Key(
            "names", MapOf(Words(), "GROUP"), "Group → what readers see.", "the program's own names"
        ),
        Key(
            "wave_names",
            MapOf(MapOf(Words(), "GROUP"), "WAVE"),
            "Wave → group → what readers see in that wave, where it differs.",
            "`names`",
        ),
    ),
    example="""\
[groups]
majority = [1]
at_risk = [2]
excluded = [3]

[groups.names]
excluded = {da = "Eksklusionsgruppen", en = "The excluded"}
""",
)

LABELS: Final = Table(
    "labels",
    "Category → what readers see, for all items: translations of the answers in the data.",
    (Key("CATEGORY", Words(), "What readers see for this category.", "the category"),),
    example="""\
[labels]
high = {da = "Høj", en = "High"}
middle = {da = "Mellem", en = "Middle"}
low = {da = "Lav", en = "Low"}
""",
)

REPORT: Final = Table(
    "report",
    "What is published in `out/`.",
    (
        Key("sections", ListOf(Text()), "Sections, in order.", "all"),
        Key("formats", ListOf(Choice(("html", "pdf"))), "Formats.", '`["html", "pdf"]`'),
        Key("profile", Choice(("report",)), "Profile of the document.", '`"report"`'),
        Key(
            "threshold",
            Whole(LEAST_THRESHOLD, 1000),
            "Smallest number of people a published number may rest on.",
            "`5`",
        ),
    ),
    example="""\
[report]
sections = ["front", "groups", "profile", "method", "statements"]
formats = ["html", "pdf"]
threshold = 10
""",
)

#: Every table of this version, in the order of the reference page.
TABLES: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        STUDY,
        DATA,
        WAVES,
        DESIGN,
        DIMENSIONS,
        ITEMS,
        LABELS,
        MEASURE,
        MOVE,
        GROUPS,
        CONVENE,
        REPORT,
    )
}
