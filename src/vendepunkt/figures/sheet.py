"""The paper a figure is drawn on: inches from the left, inches from the top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from vendepunkt.figures import style
from vendepunkt.figures.lettering import Weight, line_height, width, wrap

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a value stands between two places on the sheet.

    Attributes
    ----------
    left, right
        Places in inches.
    low, high
        The values that stand there.
    """

    left: float
    right: float
    low: float
    high: float

    def __call__(self, value: float) -> float:
        """Give the place of `value` in inches, held within the scale."""
        share = (value - self.low) / (self.high - self.low)
        return self.left + min(1.0, max(0.0, share)) * (self.right - self.left)


_BEND = 0.55  # how far a band runs straight out of its box before it turns, as a share of its way
_LARGE = 5.5  # points; a white edge would eat a smaller marker


class Sheet:
    """One matplotlib figure with a single axes whose units are inches, y running downwards.

    Parameters
    ----------
    width
        Width in inches; the height is given at the end to :meth:`finish`.
    """

    def __init__(self, width: float) -> None:
        self.width = width
        self.figure = Figure(figsize=(width, 1.0), facecolor=style.PAPER)
        self.axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self.axes.set_axis_off()
        self.axes.set_xlim(0.0, width)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = style.TEXT,
        colour: str = style.INK,
        weight: Weight = "normal",
        align: Align = "left",
        halo: bool = False,
    ) -> None:
        """Write one line whose vertical middle (of an x-high letter) is at `y`.

        With a halo the letters keep a white edge against what runs below them.
        """
        self.axes.text(
            x,
            y + 0.36 * size / 72,
            text,
            fontsize=size,
            color=colour,
            fontweight=weight,
            ha=align,
            va="baseline",
            family="DejaVu Sans",
            parse_math=False,
            path_effects=[withStroke(linewidth=2.2, foreground=style.PAPER)] if halo else None,
        )

    def block(
        self,
        x: float,
        top: float,
        text: str | list[str],
        limit: float,
        *,
        size: float = style.TEXT,
        colour: str = style.INK,
        weight: Weight = "normal",
    ) -> float:
        """Write wrapped lines below `top`; return the y below the last."""
        lines = wrap(text, limit, size, weight) if isinstance(text, str) else text
        step = line_height(size)
        for number, line in enumerate(lines):
            self.text(x, top + (number + 0.5) * step, line, size=size, colour=colour, weight=weight)
        return top + len(lines) * step

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        colour: str = style.RULE,
        points: float = 0.6,
        dashes: tuple[float, float] | None = None,
        layer: float = 1.0,
    ) -> None:
        """Draw a straight line; `points` is its thickness, `dashes` on and off in points."""
        self.axes.add_line(
            Line2D(
                [start[0], end[0]],
                [start[1], end[1]],
                color=colour,
                linewidth=points,
                linestyle=(0, tuple(d / points for d in dashes)) if dashes else "solid",
                zorder=layer,
            )
        )

    def box(
        self,
        left: float,
        top: float,
        wide: float,
        high: float,
        *,
        colour: str,
        edge: str | None = None,
        hatch: str | None = None,
        points: float = 0.6,
        layer: float = 1.5,
    ) -> None:
        """Draw a rectangle."""
        patch = Rectangle(
            (left, top),
            wide,
            high,
            facecolor=colour,
            edgecolor=edge or "none",
            linewidth=points if edge else 0.0,
            hatch=hatch,
            zorder=layer,
        )
        self.axes.add_patch(patch)

    def band(
        self,
        start: tuple[float, float, float],
        end: tuple[float, float, float],
        *,
        colour: str,
        edge: str = style.PAPER,
        hatch: str | None = None,
        dashes: tuple[float, float] | None = None,
        points: float = 0.5,
        layer: float = 1.2,
    ) -> None:
        """Draw a curved band; each end is given as x, its upper and its lower y."""
        (x0, top0, low0), (x1, top1, low1) = start, end
        near, far = x0 + _BEND * (x1 - x0), x1 - _BEND * (x1 - x0)
        curve = [Path.CURVE4] * 3
        outline = Path(
            [
                (x0, top0), (near, top0), (far, top1), (x1, top1),
                (x1, low1), (far, low1), (near, low0), (x0, low0),
                (x0, top0),
            ],
            [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY],
        )  # fmt: skip
        patch = PathPatch(
            outline,
            facecolor=colour,
            edgecolor=edge,
            linewidth=points,
            linestyle=(0, dashes) if dashes else "solid",
            hatch=hatch,
            zorder=layer,
        )
        self.axes.add_patch(patch)

    def mark(self, x: float, y: float, shape: str, colour: str, size: float = 6.0) -> None:
        """Set a group's marker with a thin white edge that keeps it apart from what is below."""
        extra = 0.85 if shape == "D" else 1.0  # a diamond looks larger than a circle of its width
        self.axes.add_line(
            Line2D(
                [x],
                [y],
                linestyle="none",
                marker=shape,
                markersize=size * extra,
                markerfacecolor=colour,
                markeredgecolor=style.PAPER,
                markeredgewidth=0.6 if size > _LARGE else 0.3,
                zorder=4,
            )
        )

    def hidden_lane(self, scale: Scale, y: float, word: str, size: float = style.SMALL) -> None:
        """Show that a value is hidden: a dashed line over the whole scale, after the word."""
        start = scale.left + 0.04
        if word:
            self.text(start, y, word, size=size, colour=style.GREY)
            start += width(word, size) + 0.05
        self.line(
            (start, y),
            (scale.right, y),
            colour=style.HIDDEN,
            points=0.8,
            dashes=(1.5, 3.0),
            layer=2,
        )

    def finish(self, height: float) -> Figure:
        """Cut the sheet at `height` inches and hand the figure over."""
        self.figure.set_size_inches(self.width, height)
        self.axes.set_ylim(height, 0.0)
        return self.figure
