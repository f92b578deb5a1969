"""Formulas of the documentation are MathML that says what the TeX said."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def mathml() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mathml", DOCS / "_ext" / "mathml.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _bare(markup: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"<math[^>]*>", "<math>", markup))


def test_an_accent_stays_on_the_letter_when_there_is_an_index(mathml: ModuleType) -> None:
    said = _bare(mathml.convert(r"\hat\theta_k", block=True))
    assert '<msub><moveraccent="true"><mi>θ</mi><mostretchy="false">ˆ</mo></mover>' in said
    assert said.index("<mi>θ</mi>") < said.index("<mi>k</mi>")


@pytest.mark.parametrize("accent", ["hat", "bar", "tilde", "dot", "overline"])
def test_every_accent_is_known(mathml: ModuleType, accent: str) -> None:
    assert "munderover" not in mathml.convert(rf"\{accent}{{x}}_i", block=True)


def test_a_sum_keeps_its_limits(mathml: ModuleType) -> None:
    assert "<munderover>" in mathml.convert(r"\sum_{i=1}^n x_i", block=True)


@pytest.mark.parametrize(
    ("tex", "spaces"), [(r"p \log n", 2), (r"\log L", 1), (r"a = \exp(b)", 0), ("ab", 0)]
)
def test_a_function_stands_apart_from_letters(mathml: ModuleType, tex: str, spaces: int) -> None:
    assert mathml.convert(tex, block=False).count("<mspace") == spaces
