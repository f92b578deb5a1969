"""An invented report, in both languages, that holds every block and every kind of cell."""

from __future__ import annotations

import datetime as dt

from vendepunkt.disclosure import Door
from vendepunkt.report import (
    HIDDEN,
    Box,
    Bullets,
    Column,
    Contents,
    Document,
    Estimate,
    Figure,
    Heading,
    Note,
    Paragraph,
    Row,
    Statement,
    Table,
    literal,
    ref,
)
from vendepunkt.terms import Ref, RefValue

DAY = dt.date(2026, 11, 3)

SHARES = {
    "majority": (0.7143, 0.6812, 0.7446, 911),
    "at_risk": (0.2364, 0.2085, 0.2667, 302),
    "excluded": (0.0493, 0.0371, 0.0652, 63),
}

REFS = {
    str(value.ref): value
    for value in (
        *(
            RefValue(Ref("measure", "shares", name), share, low, high)
            for name, (share, low, high, _) in SHARES.items()
        ),
        RefValue(Ref("measure", "fit", "n"), 1276),
        RefValue(Ref("measure", "fit", "placed"), 0.873),
    )
}

WORDS = {
    "da": {
        "title": "Social eksklusion i befolkningen: tre grupper og afstanden mellem dem",
        "subtitle": "En undersøgelse af livskvalitet, helbred, afsavn, netværk og tillid",
        "lines": ("Udarbejdet for Det Opdigtede Råd", "Indsamlet i foråret 2022"),
        "box": "Hovedresultater",
        "first": "Majoritetsgruppen udgør {a} af befolkningen.",
        "second": "Risikogruppen udgør {b}, og eksklusionsgruppen udgør {c}.",
        "third": "Afstanden mellem grupperne er størst i netværk og afsavn.",
        "groups": "Grupperne",
        "how_big": "Hvor store er grupperne?",
        "text": "Af de {n} personer, der har svaret, hører {a} til majoritetsgruppen "
        "(95 %-sikkerhedsinterval: {ci} pct.). Det er flere end i de to andre grupper tilsammen, "
        "og billedet er det samme for kvinder og mænd.",
        "names": ("Majoritetsgruppen", "Risikogruppen", "Eksklusionsgruppen"),
        "caption": "Hovedgrupper i befolkningen. Pct. med 95 %-sikkerhedsinterval",
        "columns": ("Gruppe", "Pct. (sikkerhedsinterval)", "Antal"),
        "total": "I alt",
        "note": "Vægtede andele, uvægtet antal. Internt bortfald: 2 personer.",
        "source": "Opdigtede tal.",
        "profile": "Hvad kendetegner grupperne?",
        "items": {
            "Livskvalitet": ("Er tilfreds med livet", "Føler sig ofte trist"),
            "Afsavn": ("Må undvære ferie af økonomiske grunde", "Må undvære tandlæge"),
            "Netværk": ("Har en at tale med", "Er ofte alene uden at ønske det"),
        },
        "profile_caption": "Svar i hver gruppe. Pct.",
        "item": "Spørgsmål",
        "picture": "Grupperne på fire spørgsmål",
        "alt": "Søjler for tre grupper. Majoritetsgruppen ligger højest med 71 pct., "
        "eksklusionsgruppen lavest med 5 pct.",
        "method": "Metode",
        "remark": "Ordene mange og få bruges efter en fast regel.",
    },
    "en": {
        "title": "Social exclusion in the population: three groups and the distance between them",
        "subtitle": "A study of quality of life, health, deprivation, network and trust",
        "lines": ("Commissioned by The Invented Council", "Collected in spring 2022"),
        "box": "Main results",
        "first": "The majority group is {a} of the population.",
        "second": "The at-risk group is {b}, and the excluded group is {c}.",
        "third": "The distance between the groups is largest in network and deprivation.",
        "groups": "The groups",
        "how_big": "How large are the groups?",
        "text": "Of the {n} people who answered, {a} belong to the majority group "
        "(95 % confidence interval: {ci} %). These are more than the two other groups together, "
        "and the picture is the same for women and men.",
        "names": ("Majority group", "At-risk group", "Excluded group"),
        "caption": "Main groups in the population. Per cent with 95 % confidence interval",
        "columns": ("Group", "Per cent (confidence interval)", "n"),
        "total": "Total",
        "note": "Weighted shares, unweighted n. Item non-response: 2 people.",
        "source": "Invented figures.",
        "profile": "What marks the groups?",
        "items": {
            "Quality of life": ("Is satisfied with life", "Often feels sad"),
            "Deprivation": ("Goes without a holiday for lack of money", "Goes without a dentist"),
            "Network": ("Has somebody to talk to", "Is often alone without wishing it"),
        },
        "profile_caption": "Answers in each group. Per cent",
        "item": "Question",
        "picture": "The groups on four questions",
        "alt": "Bars for three groups. The majority group is highest at 71 %, the excluded group "
        "lowest at 5 %.",
        "method": "Method",
        "remark": "The words many and few follow a fixed rule.",
    },
}


def drawing(names: tuple[str, ...]) -> str:
    """Draw three bars by hand, with an id and a use of it as matplotlib writes them."""
    bars = "".join(
        f'<rect x="150" y="{20 + 50 * i}" width="{4 * share:.0f}" height="30" fill="{colour}" '
        f'clip-path="url(#clip)"/><text x="0" y="{40 + 50 * i}" font-size="14" '
        f'font-family="DejaVu Sans Mono">{name}</text>'
        for i, (name, share, colour) in enumerate(
            zip(names, (71, 24, 5), ("#0f4c5c", "#c8803a", "#7a1f3d"), strict=True)
        )
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE svg>'
        '<svg xmlns="http://www.w3.org/2000/svg" width="480pt" height="170pt" '
        'viewBox="0 0 480 170">'
        "<metadata>made by hand</metadata>"
        f'<defs><clipPath id="clip"><rect width="480" height="170"/></clipPath></defs>{bars}</svg>'
    )


def document(language: str, door: Door | None = None) -> Document:
    """Make the invented report in a language."""
    door = door or Door()
    words = WORDS[language]
    places = {
        "a": ref("measure/shares/majority", "pct"),
        "b": ref("measure/shares/at_risk", "pct"),
        "c": ref("measure/shares/excluded", "pct"),
        "ci": ref("measure/shares/majority", "ci"),
        "n": ref("measure/fit/n", "n"),
    }

    def said(key: str) -> str:
        return fill(words[key], places)

    return Document(
        title=words["title"],
        subtitle=words["subtitle"],
        language=language,
        date=DAY,
        lines=words["lines"],
        authors=("A. Forsker", "B. Forsker"),
        blocks=(
            Box(words["box"], (Bullets((said("first"), said("second"), said("third"))),)),
            Contents(),
            Heading(words["groups"]),
            Heading(words["how_big"], 2),
            Paragraph(said("text")),
            shares(words, door),
            Figure(
                "groups",
                words["picture"],
                drawing(words["names"]),
                words["alt"],
                door.drawn_from("groups", door.without_people("x")),
                source=words["source"],
            ),
            Heading(words["profile"], 2),
            profile(words, door),
            Heading(words["method"]),
            Statement("associations"),
            Statement("model", {"K": literal(3), "e": ref("measure/fit/placed", "points")}),
            Note(words["remark"]),
        ),
    )


def shares(words: dict, door: Door) -> Table:
    """Table of shares with intervals and a total."""
    _, clearance = door.counts("shares", [n for *_, n in SHARES.values()])
    rows = [
        Row((name, Estimate(share, low, high), n))
        for name, (share, low, high, n) in zip(words["names"], SHARES.values(), strict=True)
    ]
    first, second, third = words["columns"]
    return Table(
        "shares",
        words["caption"],
        (
            Column("group", first),
            Column("estimate", second, "pct1"),
            Column("n", third, "integer"),
        ),
        (*rows, Row((words["total"], 1.0, 1276), "total")),
        clearance,
        note=words["note"],
        source=words["source"],
    )


def profile(words: dict, door: Door) -> Table:
    """Table with rows in groups, hidden cells and an empty one."""
    _, clearance = door.counts("profile", [[40, 20, 3], [30, 20, 9]], totals="none")
    rows: list[Row] = []
    for place, (dimension, items) in enumerate(words["items"].items()):
        rows.append(Row((dimension,), "group"))
        for step, item in enumerate(items):
            last = HIDDEN if place == 1 and step == 1 else 0.2 + 0.1 * place + 0.3 * step
            middle = None if place == 2 and step == 1 else Estimate(0.5, 0.44, 0.56)
            rows.append(Row((item, Estimate(0.9 - 0.2 * place - 0.05 * step), middle, last)))
    return Table(
        "profile",
        words["profile_caption"],
        (
            Column("item", words["item"]),
            *(Column(key, name, "pct") for key, name in zip(SHARES, words["names"], strict=True)),
        ),
        tuple(rows),
        clearance,
    )


def fill(sentence: str, places: dict[str, str]) -> str:
    """Put marked places into an invented sentence; the level 95 is decided, not a result."""
    for name, place in places.items():
        sentence = sentence.replace("{" + name + "}", place)
    return sentence.replace("95 %", literal("95 %"))
