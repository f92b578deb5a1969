import numpy as np
import pytest
from tests.measure.cases import spectrum_people

from vendepunkt.data import Design
from vendepunkt.measure import MeasureOptions, measure
from vendepunkt.measure.engine import engine
from vendepunkt.measure.material import material
from vendepunkt.measure.replicated import replicated
from vendepunkt.numerics import fit_classes


def area_design(columns: list[np.ndarray]) -> Design:
    """Bootstrap replicates of 60 areas of ten, with further columns behind them."""
    made = Design(600, weights=np.ones(600), clusters=(np.arange(600) % 60,)).with_replicates(
        "bootstrap", n_replicates=20, seed=3
    )
    assert made.replicate_weights is not None
    weights = np.column_stack([made.replicate_weights.matrix(), *columns])
    return Design(600, weights=np.ones(600), replicates=weights, replicate_type="bootstrap")


def test_each_replicate_is_what_the_model_gives_on_those_weights() -> None:
    people, design = spectrum_people(600), area_design([])
    options = MeasureOptions(classes=(2,))
    used = material(people, options, design)
    made = engine(used)
    fit = fit_classes(made.data, 2, starts=5, seed=1)
    found = replicated(used, made, fit)
    assert design.replicate_weights is not None
    by_hand = []
    for weights in design.replicate_weights.matrix().T:
        again = material(people, options, Design(600, weights=weights))
        one = fit_classes(engine(again).data, 2, starts=5, seed=1)
        # Classes are numbered by size in each fit: the one whose people answer worse goes last.
        order = sorted((0, 1), key=lambda k: one.profiles[0][0, k])
        same = sorted((0, 1), key=lambda k: fit.profiles[0][0, k])
        place = np.empty(2, dtype=int)
        place[same] = order
        by_hand.append(one.shares[place])
    spread = np.cov(np.array(by_hand).T)
    assert found.covariance[:2, :2] == pytest.approx(spread, rel=1e-3)
    assert (found.used, found.elsewhere) == (20, ())


def test_a_replicate_that_ends_in_another_solution_is_named() -> None:
    people = spectrum_people(600)
    # Weights on people who disagree with themselves: nothing like the two classes is left.
    odd = (people[0].codes == 0) != (people[1].codes == 0)
    found = measure(
        people,
        MeasureOptions(classes=(2,), starts=5),
        design=area_design([np.where(odd, 600 / odd.sum(), 0.0)]),
    )
    assert found.model is not None
    assert found.model.replicates_elsewhere == (21,)
    said = next(notice for notice in found.notices if notice.code == "replicates_dropped")
    assert "21" in said.text
