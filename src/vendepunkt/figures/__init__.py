"""Pictures of results: the only place with matplotlib.

Every figure takes a plain tidy table on which disclosure has already decided, with the words as the
reader shall see them. A value that is None is hidden: it is drawn as hidden, with a note, and never
as zero. A row that is absent was not asked, and leaves a gap. Each figure has a sibling that says
in words what it shows, made from the same table.

==================== ===================================================== =====================
figure               question                                              columns of its table
==================== ===================================================== =====================
`profile`            how do the groups answer?                             item group estimate
`profile_categories` what are all the answers of each group?               item category group
                                                                           estimate
`class_choice`       how many classes?                                     classes bic aic …
`uncertainty`        how surely are people placed?                         group low high estimate
`shares`             how large are the groups?                             group estimate
`spectrum`           where do people and groups lie from best to worst?    low high estimate
`alluvial`           who went from which group to which, wave by wave?     kind wave group estimate
                                                                           wave_from wave_to from to
`transitions`        of 100 people in a group, how many were where later?  wave_from wave_to from to
                                                                           estimate
`severity_change`    how much did severity change, and which way?          low high estimate
`paths`              which ways did people go over all waves?              path estimate n
`placings`           which themes were chosen, and how firmly?             theme estimate status
`panel_comparison`   what do panels give priority, side by side?           theme panel estimate
==================== ===================================================== =====================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from matplotlib.figure import Figure

from vendepunkt.figures.alluvial import alluvial, alluvial_alt
from vendepunkt.figures.categories import profile_categories, profile_categories_alt
from vendepunkt.figures.choice import class_choice, class_choice_alt
from vendepunkt.figures.histogram import spectrum, spectrum_alt, uncertainty, uncertainty_alt
from vendepunkt.figures.pages import pages
from vendepunkt.figures.panelgaps import panel_comparison, panel_comparison_alt
from vendepunkt.figures.paths import paths, paths_alt
from vendepunkt.figures.placings import placings, placings_alt
from vendepunkt.figures.profile import profile, profile_alt
from vendepunkt.figures.save import png_bytes, save_svg, svg_text
from vendepunkt.figures.severitychange import severity_change, severity_change_alt
from vendepunkt.figures.sharebars import shares, shares_alt
from vendepunkt.figures.style import house_style
from vendepunkt.figures.transitions import transitions, transitions_alt
from vendepunkt.terms import choose

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "FIGURES",
    "FigureKind",
    "alluvial",
    "alluvial_alt",
    "alt_text",
    "class_choice",
    "class_choice_alt",
    "draw",
    "pages",
    "panel_comparison",
    "panel_comparison_alt",
    "paths",
    "paths_alt",
    "placings",
    "placings_alt",
    "png_bytes",
    "profile",
    "profile_alt",
    "profile_categories",
    "profile_categories_alt",
    "save_svg",
    "severity_change",
    "severity_change_alt",
    "shares",
    "shares_alt",
    "spectrum",
    "spectrum_alt",
    "svg_text",
    "transitions",
    "transitions_alt",
    "uncertainty",
    "uncertainty_alt",
]


@dataclass(frozen=True, slots=True)
class FigureKind:
    """One member of the family of figures.

    Attributes
    ----------
    draw
        Table and language to a matplotlib figure; also takes ``width`` and ``title``.
    describe
        Table and language to the alternative text; takes the figure's other options.
    """

    draw: Callable[..., Figure]
    describe: Callable[..., str]


#: Every figure by name.
FIGURES: Final[Mapping[str, FigureKind]] = {
    "profile": FigureKind(profile, profile_alt),
    "profile_categories": FigureKind(profile_categories, profile_categories_alt),
    "class_choice": FigureKind(class_choice, class_choice_alt),
    "uncertainty": FigureKind(uncertainty, uncertainty_alt),
    "shares": FigureKind(shares, shares_alt),
    "spectrum": FigureKind(spectrum, spectrum_alt),
    "alluvial": FigureKind(alluvial, alluvial_alt),
    "transitions": FigureKind(transitions, transitions_alt),
    "severity_change": FigureKind(severity_change, severity_change_alt),
    "paths": FigureKind(paths, paths_alt),
    "placings": FigureKind(placings, placings_alt),
    "panel_comparison": FigureKind(panel_comparison, panel_comparison_alt),
}


def draw(name: str, table: pd.DataFrame, language: str, **options: Any) -> Figure:
    """Draw a figure by its name, untouched by the user's own matplotlib settings.

    Parameters
    ----------
    name
        A key of :data:`FIGURES`.
    table, language
        As the figure takes them.
    **options
        The figure's own options, among them ``width`` and ``title``.

    Examples
    --------
    >>> import pandas as pd
    >>> figure = draw("shares", pd.DataFrame({"group": ["A"], "estimate": [1.0]}), "da")
    """
    kind = FIGURES[choose(name, tuple(FIGURES), "figure")]
    with house_style():
        return kind.draw(table, language, **options)


def alt_text(name: str, table: pd.DataFrame, language: str, **options: Any) -> str:
    """Say in words what a figure shows; ``width`` and ``title`` are taken and left aside.

    Parameters
    ----------
    name, table, language, **options
        As for :func:`draw`, so that both are called alike.

    Examples
    --------
    >>> import pandas as pd
    >>> alt_text("shares", pd.DataFrame({"group": ["A"], "estimate": [1.0]}), "en")
    "Bar chart: the groups' shares of all. Groups: A: 100 %."
    """
    kind = FIGURES[choose(name, tuple(FIGURES), "figure")]
    heard = {key: value for key, value in options.items() if key not in ("width", "title")}
    return kind.describe(table, language, **heard)
