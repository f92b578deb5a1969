"""The stage `report`: from a measurement to the files that may leave."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vendepunkt.disclosure import Door, Rules
from vendepunkt.language import listed, text
from vendepunkt.measure import Measurement
from vendepunkt.pipeline.gathering import panel_files
from vendepunkt.pipeline.spoken import say, say_movement, say_observed
from vendepunkt.report import (
    About,
    Context,
    Method,
    compose,
    literal,
    mark_refs,
    ref,
    write_report,
)
from vendepunkt.study import Study, provenance, versions
from vendepunkt.terms import Notice, Provenance, Ref, RefValue

if TYPE_CHECKING:
    from vendepunkt.pipeline.convening import Convened
    from vendepunkt.pipeline.moving import Moved
    from vendepunkt.pipeline.steps import Measured


@dataclass(frozen=True, slots=True)
class Found:
    """What the stages made that a report is about; None where the study does not ask for one.

    Attributes
    ----------
    measured, moved, convened
        What `measure`, `move` and `convene` made.
    """

    measured: Measured | None = None
    moved: Moved | None = None
    convened: Convened | None = None


def report_files(
    study: Study,
    found: Found,
    notices: tuple[Notice, ...],
    formats: Sequence[str],
    progress: Callable[[str, float], None],
) -> dict[str, bytes]:
    """Make the files of `out/`, after disclosure control.

    Parameters
    ----------
    study
        The study.
    found
        What the stages made.
    notices
        What those about people who answered say of their own accord.
    formats
        Formats of the document.
    progress
        Called with what is being done and the fraction done.

    Returns
    -------
    dict
        Path within the study folder → content.
    """
    progress("composing", 0.1)
    results, refs = _results(study, found)
    stages = _stages(found)
    context = Context(
        language=study.language,
        about=_about(study, _source(found), results),
        method=_method(study, results, refs),
        provenance=_provenance(study, stages),
        door=Door(Rules(threshold=study.report.threshold)),
        refs=refs,
        results=results,
        notices=notices,
    )
    document = compose(context, study.report.sections or None)
    progress("writing", 0.5)
    # Beside the folder first: what leaves takes its place in one go when everything is made.
    with tempfile.TemporaryDirectory(prefix="vendepunkt-") as room:
        written = write_report(document, room, formats, refs=refs)
        made = {f"out/{path.relative_to(room).as_posix()}": path.read_bytes() for path in written}
    said, panels = notices, None
    if found.convened is not None:
        said = (*notices, *found.convened.outside(study.report.threshold))
        panels = panel_files(study)
    made["out/provenance.json"] = _json(provenance(study, stages, said, panels))
    return made


def _results(study: Study, made: Found) -> tuple[dict[str, Any], dict[str, RefValue]]:
    """Give the results by name, in readers' words, and the refs to all their values.

    ``measure``, ``move``, ``observed``, ``circumstances`` and ``convene``, each only where asked
    for.
    """
    results: dict[str, Any] = {}
    refs: dict[str, RefValue] = {}
    measured, moved = made.measured, made.moved
    if measured is not None:
        found = say(measured.measurement, measured.labels, study)
        results["measure"] = found
        refs |= found.refs() | _search_refs(found) | mark_refs(found)
    if moved is not None:
        refs |= {str(value.ref): value for value in moved.refs()}
        if moved.movement is not None:
            followed = say_movement(moved.movement, moved.labels, study)
            results["move"] = followed
            refs |= mark_refs(followed.as_measurement(), "move")
        if moved.observed is not None:
            seen = say_observed(moved.observed, moved.labels, study)
            results["observed"] = seen
            refs |= seen.refs()
        if moved.circumstances:
            results["circumstances"] = moved.circumstances
    if made.convened is not None:
        results["convene"] = made.convened.meetings
        refs |= {str(value.ref): value for value in made.convened.refs()}
    return results, refs


def _stages(made: Found) -> dict[str, Provenance]:
    found = {}
    measured, moved = made.measured, made.moved
    if measured is not None:
        found["measure"] = measured.measurement.provenance
    if moved is not None and moved.movement is not None:
        found["move"] = moved.movement.provenance
    if moved is not None and moved.observed is not None:
        found["observed"] = moved.observed.provenance
    if made.convened is not None:
        found["convene"] = made.convened.provenance
    return found


def _source(made: Found) -> str:
    if made.measured is not None:
        return made.measured.source
    return "" if made.moved is None else made.moved.source


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _about(study: Study, source: str, results: Mapping[str, Any]) -> About:
    language = study.language
    if not study.surveys and study.frame_text is None:
        frame = text("convene.page.frame", language)
    elif study.frame_text is not None:
        frame = study.frame_text[language]
    else:
        frame = text(f"study.frame.{study.frame}", language)
    waves = {}
    for key in _waves_used(study):
        wave = study.waves.get(key)
        if wave is not None:
            waves[wave.name.get(language, key)] = (wave.fieldwork or {}).get(language, "")
    for followed in (results.get("move"), results.get("observed")):
        for name in () if followed is None else followed.waves:
            waves.setdefault(name, "")
    given = next((table.source for table in study.data.values()), None)
    return About(
        title=study.title[language],
        subtitle=(study.subtitle or {}).get(language, ""),
        aim=(study.aim or {}).get(language, ""),
        asked_by=(study.asked_by or {}).get(language, ""),
        authors=study.authors,
        date=dt.datetime.now(tz=dt.UTC).astimezone().date(),
        frame=frame,
        outside_frame=study.surveys and study.frame == "households",
        source=(given or {}).get(language, source),
        waves=waves,
    )


def _waves_used(study: Study) -> list[str]:
    """Name the waves in use: the one measured, or all that are followed."""
    if study.move is not None:
        return [key for key in study.waves if not study.move.waves or key in study.move.waves]
    return [study.measure.wave] if study.measure.wave is not None else list(study.waves)


def _method(study: Study, results: Mapping[str, Any], refs: dict[str, RefValue]) -> Method:
    """Say how the numbers were made: those of the measurement, else those of movement."""
    if "measure" in results:
        return _measured_method(study, results, refs)
    language = study.language
    if not study.surveys:
        return Method(design="", weighted=False, n="")
    found = results.get("move")
    observed = found is None
    found = results["observed"] if found is None else found
    design = found.design if observed else found.material.design
    said = text("study.no_design", language) if design is None else design.describe(language)
    reason = study.design.unweighted
    return Method(
        design=said,
        weighted=found.weighted,
        unweighted_reason="" if found.weighted or reason is None else reason[language],
        n="move/observed_summary/n" if observed else "move/summary/n",
        n_empty="" if observed else "move/summary/n_empty",
        model=_followed_model(study, results),
        missing=text("study.counted" if observed else "study.fiml", language),
        classes="" if observed else "move/summary/classes",
        placed="" if observed else "move/summary/accuracy",
    )


def _followed_model(study: Study, results: Mapping[str, Any]) -> tuple[str, ...]:
    """Say how people were followed over the waves, as sentences with marked places."""
    language, said = study.language, []
    if "move" in results:
        found = results["move"]
        places = {
            "items": ref("move/summary/items", "n"),
            "classes": ref("move/summary/classes", "n"),
            "waves": ref("move/summary/waves", "n"),
        }
        said.append(text("study.move_model", language, **places))
        kind = found.model.fit.transitions_kind
        said.append(text(f"study.move_transitions.{kind}", language))
        at = "end" if study.move is None else study.move.transition_at
        for key, given in (
            ("study.move_initial", found.material.initial),
            (f"study.move_depends.{at}", found.material.transition),
        ):
            if given is not None:
                names = literal(listed(given.names[1:], language))
                said.append(text(key, language, names=names))
    if "observed" in results:
        found = results["observed"]
        waves = ref("move/observed_summary/waves", "n")
        label = literal(found.label)
        said.append(text("study.observed_model", language, item=label, waves=waves))
    return tuple(said)


def _measured_method(study: Study, results: Mapping[str, Any], refs: dict[str, RefValue]) -> Method:
    language, found = study.language, results["measure"]
    design = found.material.design
    said = text("study.no_design", language) if design is None else design.describe(language)
    reason = study.design.unweighted
    is_model = found.model is not None
    return Method(
        design=said,
        weighted=found.weighted,
        unweighted_reason="" if found.weighted or reason is None else reason[language],
        n="measure/summary/n",
        n_empty="measure/summary/n_empty",
        model=(*_model(found, language, refs), *_followed_model(study, results)),
        missing=text(f"study.{found.options.missing}", language),
        classes="measure/summary/classes" if is_model else "",
        placed="measure/summary/accuracy" if is_model else "",
    )


def _model(found: Measurement, language: str, refs: dict[str, RefValue]) -> tuple[str, ...]:
    items = ref("measure/summary/items", "n")
    if found.model is None:
        return (text("study.rule", language, items=items),)
    classes = ref("measure/summary/classes", "n")
    said = [text("study.model", language, classes=classes, items=items)]
    if "measure/search/finished" in refs:
        finished = ref("measure/search/finished", "n")
        best = ref("measure/search/best", "n")
        said.append(text("study.starts", language, finished=finished, best=best))
    if found.material.covariates is not None:
        names = literal(listed(found.material.covariates.names[1:], language))
        said.append(text("study.covariates", language, names=names))
    return tuple(said)


def _search_refs(found: Measurement) -> dict[str, RefValue]:
    """Give refs to how the maximum was found; a model of one class was not searched for."""
    if found.model is None or found.model.classes == 1:
        return {}
    fit = found.model.fit
    values = {"finished": fit.starts_finished, "best": fit.starts_at_best}
    made = [RefValue(Ref("measure", "search", name), int(value)) for name, value in values.items()]
    return {str(value.ref): value for value in made}


def _provenance(study: Study, stages: Mapping[str, Provenance]) -> Provenance:
    """Give the provenance that is printed: that of the first stage, with the calls of all."""
    first = next(iter(stages.values()))
    call = first.call if len(stages) == 1 else {name: made.call for name, made in stages.items()}
    return Provenance(first.data_hash, first.design, study.seed, versions(), call)
