"""The table `[move]` of `study.toml`: how people are followed over the waves."""

from __future__ import annotations

from typing import Final

from vendepunkt.study.kinds import (
    Choice,
    CodeKind,
    Condition,
    Flag,
    FlagOrWords,
    ListOf,
    MapOf,
    Number,
    ReasonKind,
    Record,
    Text,
    Whole,
)
from vendepunkt.study.schema_parts import CLASSES, COLUMN, Key, Table

CONDITION: Final = Text("a condition in quotes")
FORMULA: Final = Text("a formula in quotes")

DROPOUT: Final = Record(
    {
        "column": COLUMN,
        "kinds": MapOf(ReasonKind(), "LABEL"),
        "absorbing": ListOf(Text("a name of an exit in quotes")),
    },
    required=("column", "kinds"),
)

MOVE: Final = Table(
    "move",
    "How people are followed over the waves: who moves between the groups, which way, and how sure "
    "that is. Without this table nobody is followed. All waves are read; `[measure]` still uses "
    "its own.",
    (
        Key("items", ListOf(Text()), "Names of the items to use, in all waves.", "`[measure]`'s"),
        Key(
            "waves",
            ListOf(CodeKind(), least=2),
            "The waves to use, at least two; in the order of the study.",
            "all",
        ),
        Key(
            "classes",
            CLASSES,
            "The number of classes you decide on, or several for the program to recommend one.",
            'the number decided on in `[measure]`, else `"2-5"`',
        ),
        Key(
            "compare",
            CLASSES,
            "Numbers of classes to show beside the one you decided on.",
            "from 2 to one more than `classes`",
        ),
        Key(
            "transitions",
            Choice(("free", "constant", "rate")),
            "`free`: a transition table for each step. `constant`: one for all steps. `rate`: "
            "rates per year, for waves of unequal distance.",
            '`"free"`',
        ),
        Key(
            "form",
            Choice(("plain", "mover_stayer", "random_intercept")),
            "`mover_stayer`: some never move. `random_intercept`: stable differences between "
            "people beside movement; three waves or more.",
            '`"plain"`',
        ),
        Key(
            "initial",
            FORMULA,
            'What the class at the first wave depends on: `"x + z"`; the value in the first wave '
            "a person was asked in.",
        ),
        Key(
            "transition",
            FORMULA,
            'What moving depends on: `"x + z"`.',
        ),
        Key(
            "transition_at",
            Choice(("end", "start")),
            "Where a column of `transition` changes over the waves: its value at the end of each "
            "step, as LMest and others take it, or at its start, before the move.",
            '`"end"`',
        ),
        Key(
            "weight",
            Choice(("panel", "none")),
            "Weights of `[design]` to use: the panel's (or the one column for all rows, which "
            "must then not change within a person), or none.",
            '`"panel"` where there is one, else `"none"`',
        ),
        Key(
            "only_weighted",
            Flag(),
            "Leave people without a panel weight out, which is said; without it they are an error.",
            "`false`",
        ),
        Key(
            "where",
            CONDITION,
            'People to follow, such as `"age >= 18"`, by the first wave they were asked in.',
            "all",
        ),
        Key("starts", Whole(1, 100_000), "Random starts per round.", "`50`"),
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
        Key("dirichlet", Number(0, 100), "Weak prior, in pseudo-observations.", "`0`, none"),
        Key(
            "small_cells",
            Choice(("dirichlet", "flag")),
            "Intervals of transitions that rest on few people: from a refit with a weak prior, or "
            "none.",
            '`"dirichlet"`',
        ),
        Key(
            "draws",
            Whole(1, 100_000),
            "Draws of everybody's path, for the distribution of change in severity.",
            "`200`",
        ),
        Key(
            "excess_replicates",
            Whole(0, 100_000),
            "Bootstrap replicates for the interval of how much of apparent movement is error.",
            "`0`, no interval",
        ),
        Key(
            "compare_steps",
            Flag(),
            "With three waves or more: test one transition table for all steps, or rates, against "
            "one for each.",
            "`true`",
        ),
        Key(
            "measurement",
            Flag(),
            "Compare answers that mean the same in all waves with answers that partly do, or do "
            "not.",
            "`false`",
        ),
        Key(
            "three_steps",
            Flag(),
            "Fit the movement in three steps as well (groups, placing, movement), beside the "
            "model of all waves at once.",
            "`false`",
        ),
        Key(
            "circumstances",
            MapOf(Condition(), "NAME"),
            "Circumstances whose change is set against the change in severity of the same people, "
            "losses and gains apart: `{jobless = \"work == 'none'\"}`. None may be an item.",
        ),
        Key(
            "asked",
            CONDITION,
            "Rows that are interviews, such as `\"result == 'complete'\"`.",
            "by the reasons, else by what the rows hold",
        ),
        Key(
            "dropout",
            DROPOUT,
            "Who leaves: `column` says in the row of a wave why the person was not interviewed; "
            '`kinds` gives each of its labels a kind: `"exit"` (death, emigration, institution), '
            '`"non-response"` (refusal, loss) or `"asked"`, with a name for readers after a colon '
            '(`"exit: died"`) or per language (`{exit = {da = "død", en = "died"}}`); `absorbing` '
            "names the exits without a way back (else those that nobody came back from).",
            "nothing is said of why people leave",
        ),
        Key(
            "observed",
            Text("the name of an item"),
            "An item that says the state itself, such as where a person lives: its transitions "
            "are counted, without error of measurement. Classes are then fitted beside it only "
            "where `classes` says so; without a table `[measure]` none are measured either.",
        ),
        Key(
            "by",
            Text("an item or a column"),
            "With `observed`: groups of people that are set side by side.",
        ),
        Key(
            "lot",
            FlagOrWords(),
            "The groups of `by` were made by lot; in words, what was given by lot: "
            '`{da = "et boligbevis", en = "a rent certificate"}`. Only the step from the first '
            "wave is then causal, and the report says so.",
            "`false`",
        ),
    ),
    example="""\
[move]
classes = 3
transitions = "free"
initial = "age"
weight = "panel"
measurement = true

[move.dropout]
column = "status"
kinds = {refused = "non-response", dead = {exit = {da = "død", en = "died"}}}
absorbing = ["died"]
""",
)
