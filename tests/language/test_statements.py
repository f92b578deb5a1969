"""The twelve sentences, word by word."""

from __future__ import annotations

import pytest

from vendepunkt.language import LANGUAGES, STATEMENTS, placeholders, statement
from vendepunkt.terms import UsageError

VALUES = {
    "error_looks_like_movement": {"apparent": "39", "corrected": "10"},
    "dropout": {"x": "20", "first": "2017", "last": "2022", "groups": "G"},
    "model": {"K": 3, "e": "87"},
    "fieldwork": {"wave": "2022", "fieldwork": "F"},
}

DANISH = {
    "associations": "Tallene viser sammenhænge, ikke årsager.",
    "error_looks_like_movement": "Når to målinger sammenlignes person for person, ligner målefejl "
    "bevægelse: 39 pct. ser ud til at have flyttet sig, modellen anslår 10 pct.",
    "regression_to_the_mean": "De, der lå yderst ved første måling, vil i gennemsnit ligge mindre "
    "yderst ved den næste, også uden at noget er sket.",
    "dropout": "20 pct. af de adspurgte i 2017 er ikke med i 2022; bortfaldet er størst blandt G.",
    "frame": "Hjemløse, indsatte og beboere på institution er ikke med i stikprøven; de mest "
    "udsatte er derfor undervurderet.",
    "model": "Grupperne er en model med 3 klasser; 87 pct. forventes placeret rigtigt.",
    "same_size": "At en gruppe er lige stor, betyder ikke, at det er de samme mennesker.",
    "two_measurements": "To målinger viser ikke, hvornår eller hvor ofte nogen flyttede sig.",
    "interviewees": "De interviewede er udvalgt, fordi deres svar ændrede sig; antal og ord som "
    "”mange” gælder dem, ikke befolkningen.",
    "panel": "Panelet er ikke en stikprøve; stemmerne viser, hvad de fremmødte prioriterede.",
    "interval": "Intervallet dækker stikprøveusikkerhed i den valgte model, ikke valget af model, "
    "ord i spørgsmålene eller bortfald.",
    "fieldwork": "2022 er indsamlet F; forskelle kan skyldes tidspunktet.",
}

ENGLISH = {
    "associations": "These figures show associations, not causes.",
    "error_looks_like_movement": "Error in placing people looks like movement: 39 % seem to have "
    "moved, the model estimates 10 %.",
    "regression_to_the_mean": "People at the extremes at first will on average be less extreme "
    "next time even if nothing happened.",
    "dropout": "20 % of those asked in 2017 are not in 2022; most left among G.",
    "frame": "Homeless people, prisoners and residents of institutions are outside the sample, so "
    "the most excluded are under-counted.",
    "model": "The groups are a model with 3 classes; 87 % are expected to be placed correctly.",
    "same_size": "A group of the same size is not the same people.",
    "two_measurements": "Two measurements do not show when or how often people moved.",
    "interviewees": "Interviewees were chosen because their answers changed; counts and words such "
    "as “many” hold for them, not the population.",
    "panel": "The panel is not a sample; votes show what those present gave priority.",
    "interval": "The interval covers sampling error in the chosen model, not the choice of model, "
    "question wording or drop-out.",
    "fieldwork": "2022 was collected F; differences may reflect the period.",
}


def test_there_are_twelve() -> None:
    assert len(STATEMENTS) == 12
    assert tuple(DANISH) == tuple(ENGLISH) == STATEMENTS


@pytest.mark.parametrize("name", STATEMENTS)
def test_statement_is_there_word_by_word(name: str) -> None:
    values = VALUES.get(name, {})
    assert statement(name, "da", **values) == DANISH[name]
    assert statement(name, "en", **values) == ENGLISH[name]
    for language in LANGUAGES:
        assert placeholders(f"statement.{name}", language) == set(values)


def test_an_unknown_statement_is_refused() -> None:
    with pytest.raises(UsageError, match="statement is 'causes'"):
        statement("causes", "da")
