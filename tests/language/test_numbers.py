"""Numbers as Danish and English readers write them."""

from __future__ import annotations

import math

import pytest

from vendepunkt.language import integer, interval, number, p_value, percent, points, span


@pytest.mark.parametrize(
    ("value", "decimals", "da", "en"),
    [
        (2292, 0, "2.292", "2,292"),
        (1234567.891, 2, "1.234.567,89", "1,234,567.89"),
        (0.5, 1, "0,5", "0.5"),
        (-3.25, 1, "\u22123,2", "\u22123.2"),
        (-0.001, 2, "0,00", "0.00"),
        (None, 1, "", ""),
        (math.nan, 1, "", ""),
        (math.inf, 1, "", ""),
    ],
)
def test_number(value: float | None, decimals: int, da: str, en: str) -> None:
    assert number(value, "da", decimals) == da
    assert number(value, "en", decimals) == en


def test_percent() -> None:
    assert percent(0.0493, "da") == "5 pct."
    assert percent(0.0493, "en", 1) == "4.9 %"
    assert percent(None, "da") == ""
    assert points(1, "da") == "100"
    assert integer(71, "da") == "71"


@pytest.mark.parametrize(
    ("p", "da", "en"),
    [
        (0.0004, "<0,001", "<0.001"),
        (0.0005, "0,001", "0.001"),
        (0.05, "0,050", "0.050"),
        (1, "1,000", "1.000"),
        (None, "", ""),
    ],
)
def test_p_value_is_never_zero(p: float | None, da: str, en: str) -> None:
    assert p_value(p, "da") == da
    assert p_value(p, "en") == en


def test_interval_says_its_level() -> None:
    assert interval(0.68, 0.745, "da", 1) == "95 %-sikkerhedsinterval: 68,0–74,5 pct."
    assert interval(0.1, 0.2, "en", level=0.9) == "90 % confidence interval: 10–20 %"
    assert interval(None, 0.2, "en") == ""


def test_a_span_with_a_minus_is_written_with_a_word() -> None:
    assert span(-0.1, 0.1, "da") == "\u221210 til 10"
    assert span(1.5, 2.5, "en", 1, share=False) == "1.5–2.5"
