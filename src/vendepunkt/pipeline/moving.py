"""The stage `move`: from people over waves and the study's options to their movement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from vendepunkt.data import Panel
from vendepunkt.measure import GroupOptions
from vendepunkt.move import (
    Circumstance,
    CircumstanceChange,
    Ground,
    Movement,
    MoveOptions,
    ObservedMovement,
    circumstance_change,
    move,
    observed_movement,
)
from vendepunkt.pipeline.following import Followed
from vendepunkt.study import MoveTable, Study
from vendepunkt.terms import Notice, Ref, RefValue

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """What the stage `move` hands to the report.

    Attributes
    ----------
    movement
        Movement between groups, named as in the data; None where no classes are asked for.
    observed
        Movement between observed states, or None.
    circumstances
        Change in each circumstance against change in severity.
    labels
        Item → category → what readers see.
    notices
        What the program says of its own accord, about data and movement.
    source
        Name of the data file.
    """

    movement: Movement | None
    observed: ObservedMovement | None
    circumstances: tuple[CircumstanceChange, ...]
    labels: dict[str, dict[str, str]]
    notices: tuple[Notice, ...]
    source: str

    @property
    def converged(self) -> bool:
        """Whether the estimates reached a maximum; counts always have."""
        return self.movement is None or self.movement.converged

    def refs(self) -> tuple[RefValue, ...]:
        """Give every citable value of all of them."""
        found = (self.movement, self.observed)
        values = [value for one in found if one is not None for value in one.refs().values()]
        return (*values, *circumstance_refs(self.circumstances))


def move_options(study: Study, stated: MoveTable) -> MoveOptions:
    """Say `[move]` and `[groups]` in the words of the stage.

    Raises
    ------
    UsageError
        If the stage refuses an option.
    """
    from vendepunkt.pipeline.measuring import group_names

    names = group_names(study)
    shown = {
        key: wave.name.get(study.language, key) for key, wave in study.waves.items() if key in names
    }
    return MoveOptions(
        classes=stated.compare,
        chosen=stated.classes,
        transitions=stated.transitions,
        form=stated.form,
        starts=stated.starts,
        seed=study.seed,
        order=stated.order,
        se=stated.se,
        dirichlet=stated.dirichlet,
        small_cells=stated.small_cells,
        draws=stated.draws,
        compare_transitions=stated.compare_steps,
        measurement=stated.measurement,
        excess_replicates=stated.excess_replicates,
        three_steps=stated.three_steps,
        dropout=stated.dropout is not None,
        groups=GroupOptions(
            ranks={group.name: group.ranks for group in study.groups},
            # Results of the stage know waves by the names that readers see.
            names={shown.get(wave, wave): words for wave, words in names.items()},
        ),
    )


def circumstance_refs(changes: tuple[CircumstanceChange, ...]) -> Iterator[RefValue]:
    """Give ``circumstances/NAME/term/change/group``; the group is ``all`` where there is none."""
    for one in changes:
        for row in one.table().to_dict("records"):
            where = [one.circumstance.name, row["term"], row["change"], row["group"] or "all"]
            ref = Ref("move", "circumstances", "/".join(map(str, where)))
            yield RefValue(ref, row["estimate"], row["conf_low"], row["conf_high"])


def set_against(
    study: Study, stated: MoveTable, followed: Followed, found: Movement
) -> tuple[CircumstanceChange, ...]:
    """Set the change in each circumstance of `[move]` against the change in severity."""
    material = replace(found.material, panel=followed.panel)
    ground = Ground.of(material, found.model, found.groups, found.options)
    changes = []
    for name, (condition, label) in stated.circumstances.items():
        words = (label or {}).get(study.language, name)
        change = circumstance_change(ground, Circumstance(words, condition))
        changes.append(replace(change, ground=found.ground))
    return tuple(changes)


def run_move(
    study: Study, stated: MoveTable, followed: Followed, progress: Progress | None
) -> tuple[Movement | None, ObservedMovement | None, tuple[CircumstanceChange, ...]]:
    """Follow the people of a study: between groups, between observed states, or both."""
    found = None
    if stated.latent:
        found = move(
            without_answers(followed.panel),
            move_options(study, stated),
            initial=followed.initial,
            transition=followed.transition,
            progress=progress,
        )
    seen = None
    changes = () if found is None else set_against(study, stated, followed, found)
    if followed.observed is not None:
        seen = observed_movement(
            followed.panel,
            followed.observed,
            by=followed.by,
            lot=lot_words(stated, study.language),
        )
    return found, seen, changes


def lot_words(stated: MoveTable, language: str) -> bool | str:
    """Give what was given by lot in the language of the report; true where it is not named."""
    if isinstance(stated.lot, bool):
        return stated.lot
    return stated.lot.get(language, "") or True


def without_answers(held: Panel) -> Panel:
    """Give the same people without the columns of the data that their answers were read from.

    What is kept in `work/` for the next run need not hold every answer a second time.
    """
    survey = held.survey
    names = [name for name in (survey.person, survey.wave) if name is not None]
    light = replace(
        survey,
        frame=survey.frame[names],
        variables={name: survey.variables[name] for name in names},
        reasons={},
        offers=(),
        sets={},
    )
    return replace(held, survey=light)
