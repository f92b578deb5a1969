"""The stage `report`: from a measurement to the files that may leave."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from vendepunkt.disclosure import Door, Rules
from vendepunkt.language import listed, text
from vendepunkt.measure import Measurement
from vendepunkt.pipeline.spoken import say
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
from vendepunkt.terms import Provenance, Ref, RefValue

if TYPE_CHECKING:
    from vendepunkt.pipeline.steps import Measured


def report_files(
    study: Study,
    measured: Measured,
    formats: Sequence[str],
    progress: Callable[[str, float], None],
) -> dict[str, bytes]:
    """Make the files of `out/`, after disclosure control.

    Parameters
    ----------
    study
        The study.
    measured
        What the stage `measure` made.
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
    found = say(measured.measurement, measured.labels, study)
    refs = found.refs() | _search_refs(found) | mark_refs(found)
    context = Context(
        language=study.language,
        about=_about(study, measured.source),
        method=_method(study, found, refs),
        provenance=_provenance(study, measured.measurement),
        door=Door(Rules(threshold=study.report.threshold)),
        refs=refs,
        results={"measure": found},
        notices=measured.notices,
    )
    document = compose(context, study.report.sections or None)
    progress("writing", 0.5)
    # Beside the folder first: what leaves takes its place in one go when everything is made.
    with tempfile.TemporaryDirectory(prefix="vendepunkt-") as room:
        written = write_report(document, room, formats, refs=refs)
        made = {f"out/{path.relative_to(room).as_posix()}": path.read_bytes() for path in written}
    stages = {"measure": measured.measurement.provenance}
    made["out/provenance.json"] = _json(provenance(study, stages, measured.notices))
    return made


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _about(study: Study, source: str) -> About:
    language = study.language
    if study.frame_text is not None:
        frame = study.frame_text[language]
    else:
        frame = text(f"study.frame.{study.frame}", language)
    used = [study.measure.wave] if study.measure.wave is not None else list(study.waves)
    waves = {}
    for key in used:
        wave = study.waves.get(key)
        if wave is not None:
            waves[wave.name.get(language, key)] = (wave.fieldwork or {}).get(language, "")
    given = next(iter(study.data.values())).source
    return About(
        title=study.title[language],
        subtitle=(study.subtitle or {}).get(language, ""),
        aim=(study.aim or {}).get(language, ""),
        asked_by=(study.asked_by or {}).get(language, ""),
        authors=study.authors,
        date=dt.datetime.now(tz=dt.UTC).astimezone().date(),
        frame=frame,
        outside_frame=study.frame == "households",
        source=(given or {}).get(language, source),
        waves=waves,
    )


def _method(study: Study, found: Measurement, refs: dict[str, RefValue]) -> Method:
    language = study.language
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
        model=_model(found, language, refs),
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


def _provenance(study: Study, measurement: Measurement) -> Provenance:
    made = measurement.provenance
    return Provenance(made.data_hash, made.design, study.seed, versions(), made.call)
