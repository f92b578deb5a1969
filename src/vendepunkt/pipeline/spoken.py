"""A measurement in the words that readers see: items, dimensions and categories by their labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from vendepunkt.data import Indicator, Survey
from vendepunkt.measure import Choice, Equality, MainGroups, Measurement, Severity
from vendepunkt.move import Movement, ObservedMovement
from vendepunkt.study import Study


def category_labels(study: Study, survey: Survey, item: str) -> dict[str, str]:
    """Give category → what readers see, in the language of the report.

    A label of the study may name a category as it is called in the data or by its code.
    """
    definition = study.items[item]
    codes: dict[str, str] = {}
    for column in definition.columns:
        variable = survey.variables.get(column)
        for code, label in variable.labels.items() if variable is not None else ():
            codes.setdefault(label, f"{code:g}" if isinstance(code, float) else str(code))
    names = {*study.labels, *definition.labels, *codes}
    found = {}
    for name in names:
        words = study.label(item, name) or study.label(item, codes.get(name, name))
        if words is not None and study.language in words:
            found[name] = words[study.language]
    return found


def say(
    measurement: Measurement, labels: Mapping[str, Mapping[str, str]], study: Study
) -> Measurement:
    """Give a measurement with categories and dimensions named for readers.

    Parameters
    ----------
    measurement
        As it was fitted; it stays as it is, and so do the refs to it.
    labels
        Item → category → what readers see.
    study
        The study, for dimensions and item labels.
    """
    indicators = tuple(
        _said(item, labels.get(item.name, {}), study) for item in measurement.material.indicators
    )
    rows = tuple(
        tuple(_unlike(names, labels.get(item.name, {})))
        for item, names in zip(
            measurement.material.indicators, measurement.classification.rows, strict=True
        )
    )
    dimensions = _dimensions(study)
    found = measurement.classification
    return replace(
        measurement,
        material=replace(measurement.material, indicators=indicators),
        classification=replace(found, rows=rows, severity=_severity(found.severity, dimensions)),
        groups=_groups(measurement.groups, dimensions),
        equality=_equality(measurement.equality, {item.name: item.label for item in indicators}),
        choice=_choice(measurement.choice, {item.name: item.label for item in indicators}),
    )


def say_movement(
    movement: Movement, labels: Mapping[str, Mapping[str, str]], study: Study
) -> Movement:
    """Give a movement with categories and dimensions named for readers; see :func:`say`."""
    answers = movement.material.answers
    indicators = tuple(_said(item, labels.get(item.name, {}), study) for item in answers.indicators)
    rows = tuple(
        tuple(_unlike(names, labels.get(item.name, {})))
        for item, names in zip(answers.indicators, movement.classification.rows, strict=True)
    )
    dimensions = _dimensions(study)
    found = movement.classification
    return replace(
        movement,
        material=replace(movement.material, answers=replace(answers, indicators=indicators)),
        classification=replace(found, rows=rows, severity=_severity(found.severity, dimensions)),
        groups=_groups(movement.groups, dimensions),
    )


def say_observed(
    found: ObservedMovement, labels: Mapping[str, Mapping[str, str]], study: Study
) -> ObservedMovement:
    """Give movement between observed states with states and groups named for readers.

    The refs to its values stay those of the names in the data: take them before.
    """
    item = study.items.get(found.item)
    label = (item.label or {}).get(study.language) if item is not None else None
    by = found.by
    if by is not None:
        side = study.items.get(by.name)
        words = (side.label or {}).get(study.language) if side is not None else None
        names = tuple(_unlike(by.names, labels.get(by.name, {})))
        by = replace(by, names=names, label=words or by.label)
    states = tuple(_unlike(found.states, labels.get(found.item, {})))
    return replace(found, label=label or found.label, states=states, by=by)


def _dimensions(study: Study) -> dict[str, str]:
    return {item.dimension: dimension_label(study, item.dimension) for item in study.items.values()}


def _groups(groups: MainGroups, dimensions: Mapping[str, str]) -> MainGroups:
    conditions = tuple(
        replace(one, dimensions=tuple(dimensions.get(d, d) for d in one.dimensions))
        for one in groups.conditions
    )
    return replace(groups, severity=_severity(groups.severity, dimensions), conditions=conditions)


def _equality(equality: Equality | None, items: Mapping[str, str]) -> Equality | None:
    """Name items by their labels in the comparison of equal and free profiles."""
    if equality is None:
        return None
    models = tuple(
        replace(model, free=tuple(items.get(name, name) for name in model.free))
        for model in equality.models
    )
    return replace(equality, models=models)


def _severity(severity: Severity | None, dimensions: Mapping[str, str]) -> Severity | None:
    if severity is None:
        return None
    return replace(severity, dimensions=tuple(dimensions.get(d, d) for d in severity.dimensions))


def _choice(choice: Choice | None, items: Mapping[str, str]) -> Choice | None:
    """Name items by their labels in the reasons for a number of classes."""
    if choice is None:
        return None
    reasons = []
    for reason in choice.reasons:
        values = {
            key: items.get(value, value) if isinstance(value, str) else value
            for key, value in reason.values.items()
        }
        reasons.append(replace(reason, values=values))
    return replace(choice, reasons=tuple(reasons))


def _said(item: Indicator, labels: Mapping[str, str], study: Study) -> Indicator:
    definition = study.items.get(item.name)
    label = (definition.label or {}).get(study.language) if definition is not None else None
    return replace(
        item,
        label=label or item.label or item.name,
        dimension=dimension_label(study, item.dimension),
        categories=tuple(_unlike(item.categories, labels)),
        unused=tuple(labels.get(name, name) for name in item.unused),
    )


def dimension_label(study: Study, dimension: str) -> str:
    """Give what readers see for a dimension."""
    table = study.dimensions.get(dimension)
    return table.label.get(study.language, dimension) if table is not None else dimension


def _unlike(names: tuple[str, ...], labels: Mapping[str, str]) -> list[str]:
    """Put labels in place of names; two names with one label keep their own."""
    said = [labels.get(name, name) for name in names]
    return [
        label if said.count(label) == 1 else name for name, label in zip(names, said, strict=True)
    ]
