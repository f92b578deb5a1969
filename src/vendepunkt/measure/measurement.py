"""The result of the stage: who is how excluded, with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vendepunkt.measure import profiles
from vendepunkt.measure.asked import Asked
from vendepunkt.measure.choice import Choice
from vendepunkt.measure.classification import Classification
from vendepunkt.measure.classifiers import CLASSIFIERS
from vendepunkt.measure.continuum import Continuum
from vendepunkt.measure.dependence import LocalDependence
from vendepunkt.measure.equality import Equality
from vendepunkt.measure.groups import MainGroups
from vendepunkt.measure.material import Material
from vendepunkt.measure.model import ClassModel
from vendepunkt.measure.options import MeasureOptions
from vendepunkt.terms import Notice, Provenance, Ref, RefValue, UsageError, html_table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

STAGE = "measure"


@dataclass(frozen=True)
class Measurement:
    """Classes and main groups of a population, in the shape all results have.

    Attributes
    ----------
    options
        What was asked for.
    material
        The people and answers, with what was left out.
    classification
        The classes used: shares, profiles, posteriors, severity.
    groups
        The main groups above the classes.
    asked
        Who answered what.
    models, chosen
        Every number of classes fitted, and the position of the one used; empty for a rule.
    choice, continuum, dependence, equality
        The comparisons asked for, or None.
    converged
        Whether the estimates reached a maximum.
    notices
        What the program says of its own accord.
    provenance
        Where the result came from.
    """

    options: MeasureOptions
    material: Material
    classification: Classification
    groups: MainGroups
    asked: Asked
    models: tuple[ClassModel, ...]
    chosen: int
    choice: Choice | None
    continuum: Continuum | None
    dependence: LocalDependence | None
    equality: Equality | None
    converged: bool
    notices: tuple[Notice, ...]
    provenance: Provenance

    @property
    def model(self) -> ClassModel | None:
        """The fit that is used, or None for a rule."""
        return self.models[self.chosen] if self.models else None

    @property
    def weighted(self) -> bool:
        """Whether sampling weights were used; if not, results hold among the respondents."""
        return self.material.weights is not None

    @property
    def accuracy(self) -> float:
        """Expected share of people placed in the class they belong to; 1 for a rule."""
        found = self.classification
        return float(found.weights @ found.posterior.max(axis=1) / found.weights.sum())

    @property
    def dimension_labels(self) -> dict[str, str]:
        """Name of each dimension at the time of fitting, to what the items call it now."""
        severity = self.classification.severity
        items = zip(self.material.indicators, self.material.dimensions, strict=True)
        ordered = [dimension for item, dimension in items if item.ordered]
        named = () if severity is None else severity.dimensions
        return dict(zip(named, dict.fromkeys(ordered), strict=False))

    def table(self) -> pd.DataFrame:
        """Give shares, severities and profiles of classes and main groups, tidy, with intervals.

        Rows with ``class`` are about classes, rows with ``group`` about main groups. ``n`` is the
        smaller of the people expected in and placed in it, unweighted.
        """
        level = self.options.conf_level
        rows = profiles.class_rows(self.material, self.classification, level)
        rows += profiles.group_rows(self.material, self.classification, self.groups, level)
        return profiles.frame(rows)

    def glance(self) -> pd.DataFrame:
        """Give one row: classifier, people, classes, fit, separation."""
        import pandas as pd

        row: dict[str, object] = {
            "classifier": self.options.classifier,
            "n": self.material.n,
            "n_empty": self.material.n_empty,
            "weighted": self.weighted,
            "weighted_n": self.material.weighted_n,
            "classes": self.classification.classes,
            "groups": len(self.groups.groups),
            "named": self.groups.named,
            "accuracy": self.accuracy,
            "se_kind": self.classification.se_kind,
            "converged": self.converged,
        }
        if self.model is not None:
            row |= {
                "loglik": self.model.fit.loglik,
                "n_parameters": self.model.fit.n_parameters,
                "bic": self.model.criteria.bic,
                "entropy": self.model.criteria.entropy,
                "starts_at_best": self.model.fit.starts_at_best,
                "starts_finished": self.model.fit.starts_finished,
            }
        return pd.DataFrame([row])

    def augment(self, data: pd.DataFrame) -> pd.DataFrame:
        """Give `data` with everybody's posteriors, most likely class and group, and severity.

        Parameters
        ----------
        data
            The rows the measurement was made from, in their order.

        Returns
        -------
        DataFrame
            With ``class``, ``p_class_1`` …, ``group``, ``p_group_A`` … and ``severity``; empty for
            rows that were not used. Microdata: for inside the workplace only.

        Raises
        ------
        UsageError
            If the number of rows differs.
        """
        rows = self.material.used.size
        if len(data) != rows:
            raise UsageError("lengths", f"The data have {len(data)} rows, the measurement {rows}.")
        found, out = self.classification, data.copy()
        used = found.row_to_pattern >= 0
        posterior = found.row_posterior()
        groups = found.spread(self.groups.posterior(found))
        placed = np.nan_to_num(posterior, nan=0.0).argmax(axis=1) + 1.0
        out["class"] = np.where(used, placed, np.nan)
        for k in range(found.classes):
            out[f"p_class_{k + 1}"] = posterior[:, k]
        letters = [group.letter for group in self.groups.groups]
        likely = np.nan_to_num(groups, nan=0.0).argmax(axis=1)
        out["group"] = [
            letters[g] if there else None for g, there in zip(likely, used, strict=True)
        ]
        for position, letter in enumerate(letters):
            out[f"p_group_{letter}"] = groups[:, position]
        severity = found.person_severity()
        if severity is not None:
            out["severity"] = found.spread(severity)
        return out

    def refs(self) -> dict[str, RefValue]:
        """Give every citable value by its written ref, ``measure/shares/A`` and the like.

        Rows: ``shares/A``, ``severity/A`` and ``profile/A/ITEM/CATEGORY`` for main groups, the same
        with ``class-1`` for classes; ``n/A``, the people expected in a group; ``summary/`` for
        ``n``, ``n_empty``, ``classes``, ``accuracy``, ``entropy``, ``items``, ``most_items``; and
        ``said/`` for the numbers of the sentences about the choice of classes, the spectrum and
        local dependence.
        """
        values = [*self._summary(), *self._spoken()]
        expected = self.groups.expected(self.classification)
        values += [
            RefValue(Ref(STAGE, "n", group.letter), round(float(expected[g])))
            for g, group in enumerate(self.groups.groups)
        ]
        named = {"share": "shares", "severity": "severity", "profile": "profile"}
        for row in self.table().to_dict("records"):
            who = row["group"] if isinstance(row["group"], str) else f"class-{int(row['class'])}"
            tail = [who]
            if row["term"] == "profile":
                tail += [str(row["item"]), str(row["category"])]
            name = Ref(STAGE, named[str(row["term"])], "/".join(tail))
            values.append(RefValue(name, row["estimate"], row["conf_low"], row["conf_high"]))
        return {str(value.ref): value for value in values}

    def _spoken(self) -> list[RefValue]:
        """Give the numbers of the sentences about the choice and the spectrum."""
        said = {} if self.continuum is None else {"continuum": self.continuum.said}
        if self.equality is not None:
            said["equality-change"] = self.equality.said_change
        reasons = () if self.choice is None else self.choice.reasons
        said |= {f"choice/{place}": reason for place, reason in enumerate(reasons, start=1)}
        found = [
            RefValue(Ref(STAGE, "said", f"{name}/{key}"), value)
            for name, sentence in said.items()
            for key, value in sentence.values.items()
            if isinstance(value, (int, float))
        ]
        if self.dependence is not None:
            change = self.dependence.largest_change
            found.append(RefValue(Ref(STAGE, "said", "dependence/change"), change))
        return found

    def _summary(self) -> list[RefValue]:
        found: dict[str, float | int | None] = {
            "n": round(self.material.n),
            "n_empty": round(self.material.n_empty),
            "classes": self.classification.classes,
            "groups": len(self.groups.groups),
            "accuracy": self.accuracy,
            "items": len(self.material.indicators),
            "most_items": self.asked.most,
            "entropy": None if self.model is None else self.model.criteria.entropy,
        }
        return [RefValue(Ref(STAGE, "summary", name), value) for name, value in found.items()]

    def ref(self, row: str) -> RefValue:
        """Give the citable value of a row key, such as ``shares/A`` or ``summary/n``.

        Raises
        ------
        UsageError
            If there is no such row.
        """
        refs = self.refs()
        key = row if row.startswith(f"{STAGE}/") else f"{STAGE}/{row}"
        if key not in refs:
            raise UsageError(
                "unknown_ref", f"There is no value {row!r}.", try_="shares/A or summary/n"
            )
        return refs[key]

    def plot(self, language: str = "en") -> Figure:
        """Draw the profile of the main groups. For inside: nothing is hidden."""
        from vendepunkt.figures import draw
        from vendepunkt.measure.pictures import category_table, profile_table, share_table

        shares = share_table(self, language)
        table = profile_table(self, language)
        if table.empty:
            return draw(
                "profile_categories", category_table(self, language), language, shares=shares
            )
        return draw("profile", table, language, shares=shares, values="severity")

    def cite(self) -> str:
        """Give the sources of the classifier."""
        return "\n".join(CLASSIFIERS[self.options.classifier].sources)

    def __repr__(self) -> str:
        return f"<Measurement: {self._said()}>"

    def _repr_html_(self) -> str:
        shares = self.table().query("term == 'share' and group == group")
        columns = ["group", "estimate", "std_error", "conf_low", "conf_high", "n"]
        return html_table(shares[columns], self._said())

    def _said(self) -> str:
        found = self.classification
        parts = [
            f"{found.classes} classes by {self.options.classifier.replace('_', ' ')}",
            f"{len(self.material.indicators)} items",
            f"{self.material.n:.0f} people" + ("" if self.weighted else ", unweighted"),
            f"{found.se_kind} standard errors"
            if found.covariance is not None
            else "not identified",
        ]
        if self.model is not None:
            fit = self.model.fit
            parts.append(f"best reached by {fit.starts_at_best} of {fit.starts_finished} starts")
        parts.append("converged" if self.converged else "NOT CONVERGED")
        return "; ".join(parts)
