"""A folder with word vectors, made here with four directions that can be checked by eye."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vendepunkt.convene import Embedding, Helper, Theme, Words
from vendepunkt.terms import DataError

MADE = {
    "bus": [1.0, 0.0, 0.0],
    "tog": [0.9, 0.1, 0.0],
    "perron": [0.95, 0.0, 0.1],
    "suppe": [0.0, 1.0, 0.0],
    "gryde": [0.1, 0.9, 0.0],
    "##er": [0.0, 0.0, 0.0],
}
THEMES = [
    Theme("t1", "adult", Words(da="Bus")),
    Theme("t2", "adult", Words(da="Suppe")),
]


def write(folder: Path, tokens: list[str], rows: object) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "tokens.txt").write_text("\n".join(tokens) + "\n", encoding="utf-8")
    np.save(folder / "vectors.npy", np.asarray(rows))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "model", list(MADE), np.array(list(MADE.values()), dtype=np.float32))


def test_a_word_with_no_letter_in_common_finds_its_theme(folder: Path) -> None:
    assert Helper(themes=THEMES).suggest("Perron") == ()
    found = Helper(themes=THEMES, embedding=Embedding(folder)).suggest("Perron")
    assert [(one.theme, one.why) for one in found] == [("t1", ("perron",))]
    assert 0 < found[0].score <= 1


def test_ideas_are_alike_by_their_vectors(folder: Path) -> None:
    texts = ["tog", "gryde"]
    helper = Helper(themes=THEMES, embedding=Embedding(folder))
    assert helper.like("perron", texts)[0].at == 0


def test_words_that_are_not_known_say_nothing(folder: Path) -> None:
    assert Helper(themes=THEMES, embedding=Embedding(folder)).suggest("zebra") == ()
    assert Helper(themes=THEMES, embedding=Embedding(folder)).suggest("") == ()
    assert Helper(embedding=Embedding(folder)).like("", ["", "tog"]) == ()
    assert not Embedding(folder).vector(["zebra"]).any()
    assert not Embedding(folder).vector([]).any()


def test_a_vector_has_length_one(folder: Path) -> None:
    assert np.linalg.norm(Embedding(folder).vector(["bus og suppe"])) == pytest.approx(1.0)
    assert Embedding(folder).dimensions == 3


def test_words_are_cut_in_the_manner_of_wordpiece(folder: Path) -> None:
    model = Embedding(folder)
    assert model.vector(["busser"]) == pytest.approx(np.zeros(3))  # "bus" + "s…": not known
    assert model.vector(["grydeer"]) == pytest.approx(model.vector(["gryde"]))


def test_words_are_cut_in_the_manner_of_sentencepiece(tmp_path: Path) -> None:
    tokens = ["\u2581ensom", "heden", "\u2581", "ensom"]
    model = Embedding(write(tmp_path / "m", tokens, [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [-1, 0]]))
    assert model.vector(["Ensomheden"]) == pytest.approx(np.array([1, 1]) / np.sqrt(2))


def _no_folder(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def _no_tokens(folder: Path) -> None:
    (folder / "tokens.txt").unlink()


def _no_vectors(folder: Path) -> None:
    (folder / "vectors.npy").unlink()


def _not_utf8(folder: Path) -> None:
    (folder / "tokens.txt").write_bytes(b"\xe6\n")


def _no_array(folder: Path) -> None:
    (folder / "vectors.npy").write_bytes(b"something else")


def _nothing(folder: Path) -> None:
    (folder / "vectors.npy").write_bytes(b"")


def _objects(folder: Path) -> None:
    """An array of objects is a pickle, which could run a program: never opened."""
    np.save(folder / "vectors.npy", np.array([{}] * len(MADE)), allow_pickle=True)


def _an_archive(folder: Path) -> None:
    with (folder / "vectors.npy").open("wb") as file:
        np.savez(file, a=np.zeros((len(MADE), 2)))


def _whole_numbers(folder: Path) -> None:
    write(folder, list(MADE), np.zeros((len(MADE), 2), dtype=int))


def _one_row_short(folder: Path) -> None:
    write(folder, list(MADE), np.zeros((len(MADE) - 1, 2)))


def _one_dimension(folder: Path) -> None:
    write(folder, list(MADE), np.zeros(len(MADE)))


def _no_number(folder: Path) -> None:
    write(folder, list(MADE), np.full((len(MADE), 2), np.nan))


def _twice(folder: Path) -> None:
    write(folder, ["bus"] * len(MADE), np.zeros((len(MADE), 2)))


@pytest.mark.parametrize(
    "spoil",
    [
        _no_folder, _no_tokens, _no_vectors, _not_utf8, _no_array, _nothing, _objects,
        _an_archive, _whole_numbers, _one_row_short, _one_dimension, _no_number, _twice,
    ],
)  # fmt: skip
def test_a_folder_that_is_none_is_refused(spoil: Callable[[Path], None], folder: Path) -> None:
    spoil(folder)
    with pytest.raises(DataError) as caught:
        Embedding(folder)
    assert caught.value.code == "not_an_embedding"
    assert "tokens.txt" in str(caught.value)
    assert str(folder.parent) not in str(caught.value)
