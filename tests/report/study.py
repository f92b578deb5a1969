"""An invented study, as sections see it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.report import demo

from vendepunkt.disclosure import Door
from vendepunkt.report import About, Context, Method
from vendepunkt.terms import Notice, Provenance, Ref, RefValue

REFS = demo.REFS | {
    str(value.ref): value
    for value in (
        RefValue(Ref("measure", "fit", "n_empty"), 6),
        RefValue(Ref("measure", "fit", "classes"), 3),
    )
}

FRAME = {"da": "Voksne i private husstande", "en": "Adults in private households"}
FIELDWORK = {"da": "marts til juni 2022", "en": "March to June 2022"}
DESIGN = {"da": "12 strata med 60 områder", "en": "12 strata with 60 areas"}
REASON = {"da": "Datasættet har ingen vægt", "en": "The data have no weight"}
MISSING = {
    "da": "Manglende svar indgår med den information, der er",
    "en": "Missing answers enter with what information there is",
}


def context(language: str, **changes: Any) -> Context:
    """Give a context; `changes` replace its fields."""
    given = Context(
        language=language,
        about=About(
            title=demo.WORDS[language]["title"],
            date=demo.DAY,
            frame=FRAME[language],
            outside_frame=True,
            asked_by="Det Opdigtede Råd",
            source=demo.WORDS[language]["source"],
            waves={"2022": FIELDWORK[language]},
            authors=("A. Forsker", "B. Forsker"),
        ),
        method=Method(
            design=DESIGN[language],
            weighted=False,
            unweighted_reason=REASON[language],
            n="measure/fit/n",
            n_empty="measure/fit/n_empty",
            missing=MISSING[language],
            classes="measure/fit/classes",
            placed="measure/fit/placed",
        ),
        provenance=Provenance(
            "ab" * 32, "x", 7, {"vendepunkt": "0.1.0", "python": "3.11.2", "numpy": "2.4.6"}
        ),
        door=Door(),
        refs=REFS,
        notices=(Notice("frame", "6 rows.", {}),) if language == "en" else (),
        checklist={"grolts.13": "0.87"},
        main=("{ref:measure/shares/majority|pct}",),
    )
    return replace(given, **changes)
