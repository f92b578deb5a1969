"""What is printed for a meeting: every word is there, as tagged PDF, one thing to a slip."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from pypdf import PdfReader

from vendepunkt.report.sheets import (
    CodeSlip,
    CodeSlips,
    IdeaSlips,
    PaperBallots,
    Poster,
    Sheet,
    print_sheets,
)

DAY = dt.date(2026, 1, 28)
QR = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9H0z"/></svg>'
ALT = "QR-kode til mødets side"


def _pages(sheet: Sheet, *, large: bool = False, mark: str = "") -> list[str]:
    pdf = PdfReader(io.BytesIO(print_sheets(sheet, "Ark", "da", DAY, large=large, mark=mark)))
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "da"
    return [page.extract_text() for page in pdf.pages]


@pytest.mark.parametrize("large", [False, True])
def test_a_poster_says_how_to_come_in(large: bool) -> None:
    (page,) = _pages(
        Poster("Møde", ["Tag telefonen frem."], "adresse", "AB23", QR, ALT), large=large
    )
    assert "AB23" in "".join(page.split())  # the letters stand apart, to be read aloud
    assert "adresse" in page


@pytest.mark.parametrize(("large", "pages"), [(False, 2), (True, 4)])
def test_every_code_is_on_a_slip_of_its_own(large: bool, pages: int) -> None:
    slips = [CodeSlip(f"KODE {n}", QR) for n in range(20, 31)]
    found = _pages(CodeSlips("Møde", ["Kun til dig."], "adresse", slips, ALT), large=large)
    assert len(found) == pages
    text = "\n".join(found)
    assert [slip.code for slip in slips if text.count(slip.code) != 1] == []
    assert text.count("Kun til dig.") == 11


@pytest.mark.parametrize(("large", "pages"), [(False, 2), (True, 3)])
def test_idea_slips_fill_their_pages(large: bool, pages: int) -> None:
    found = _pages(IdeaSlips("Barndom", "Hvad skubber ud?", ["Ingen navne."], 6), large=large)
    assert len(found) == pages
    assert "\n".join(found).count("Hvad skubber ud?") == 6


def test_ballots_list_every_theme_and_a_rehearsal_is_marked() -> None:
    themes = [(f"Tema {n}", "Beskrivelse") for n in range(14)]
    sheet = PaperBallots("Barndom", "Sæt op til 3 krydser", themes, "Nummer", copies=3)
    found = _pages(sheet, mark="Prøve")
    assert len(found) == 3
    for page in found:
        assert [name for name, _ in themes if name not in page] == []
        assert "Nummer" in page
        assert "Prøve" in page
