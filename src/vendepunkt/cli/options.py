"""Options that mean the same in every command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

SINGLE_PSU: Final = ("fail", "adjust", "average", "remove", "certainty")
REPLICATE_TYPES: Final = ("jk1", "jkn", "brr", "fay", "bootstrap")


class Names(click.ParamType[tuple[str, ...]]):
    """A list of column names with commas between them."""

    name = "a,b"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Split at commas; empty names are refused."""
        if isinstance(value, tuple):
            return value
        names = tuple(part.strip() for part in str(value).split(","))
        if not all(names):
            self.fail(
                f"{value!r} has an empty name. Allowed: names with commas between them.", param, ctx
            )
        if len(set(names)) < len(names):
            self.fail(f"{value!r} names a column twice.", param, ctx)
        return names


NAMES: Final = Names()


@dataclass(frozen=True, slots=True)
class Common:
    """The common options of a command that takes a data file.

    Attributes
    ----------
    where
        Condition that rows must meet, or None for all rows; see :mod:`vendepunkt.data`.
    weight, freq
        Column of sampling weights and of counts, or None.
    strata
        Column of strata, or None.
    cluster
        Columns of the clusters, one per stage, the first stage first.
    fpc
        Columns of the finite-population corrections, one per stage.
    nest
        Cluster labels start again in every stratum.
    single_psu
        What to do with a stratum that has one PSU: fail, adjust, average, remove or certainty.
    replicates
        Columns of replicate weights.
    replicate_type
        jk1, jkn, brr, fay or bootstrap; None without replicate weights.
    seed
        Seed of the random numbers, 0 or more.
    augment
        File for the data with the result's columns added, or None.
    as_json
        Answer with one JSON object.
    """

    where: str | None
    weight: str | None
    freq: str | None
    strata: str | None
    cluster: tuple[str, ...]
    fpc: tuple[str, ...]
    nest: bool
    single_psu: str
    replicates: tuple[str, ...]
    replicate_type: str | None
    seed: int
    augment: Path | None
    as_json: bool

    @property
    def has_design(self) -> bool:
        """Whether any option says how the sample was drawn or weighted."""
        return bool(
            self.weight or self.freq or self.strata or self.cluster or self.fpc or self.replicates
        )


_COMMON: Final = (
    click.option(
        "--where", metavar="EXPR", help='Rows to use, such as "wave == 2017 and age >= 18".'
    ),
    click.option("--weight", metavar="COL", help="Column of sampling weights."),
    click.option(
        "--freq", metavar="COL", help="Column of counts: a row stands for so many people."
    ),
    click.option("--strata", metavar="COL", help="Column of strata."),
    click.option(
        "--cluster", type=NAMES, default=(), help="Columns of clusters, first stage first."
    ),
    click.option(
        "--fpc", type=NAMES, default=(), help="Population sizes or fractions, one per stage."
    ),
    click.option("--nest", is_flag=True, help="Cluster labels start again in every stratum."),
    click.option(
        "--single-psu",
        type=click.Choice(SINGLE_PSU),
        default="fail",
        show_default=True,
        help="Rule for a stratum with one PSU.",
    ),
    click.option("--replicates", type=NAMES, default=(), help="Columns of replicate weights."),
    click.option(
        "--replicate-type", type=click.Choice(REPLICATE_TYPES), help="How they were made."
    ),
    click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=1,
        show_default=True,
        help="Seed of random numbers.",
    ),
    click.option(
        "--augment",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write the data with the result's columns added.",
    ),
    click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object."),
)


def common_options(command: F) -> Callable[..., Any]:
    """Give a command the common options, handed over as one :class:`Common` named `common`.

    Examples
    --------
    >>> @click.command()
    ... @common_options
    ... def count(common: Common) -> None:
    ...     click.echo(common.where)
    >>> count.main(["--where", "age > 18"], standalone_mode=False)
    age > 18
    """

    @wraps(command)
    def with_common(**options: Any) -> Any:
        taken = {field.name: options.pop(field.name) for field in fields(Common)}
        return command(common=Common(**taken), **options)

    wrapped: Callable[..., Any] = with_common
    for option in reversed(_COMMON):
        wrapped = option(wrapped)
    return wrapped


#: ``--json`` alone, for commands without a data file or design.
json_option = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")

#: The data file a command takes.
data_argument = click.argument("data", metavar="DATA", type=click.Path(path_type=Path))

#: The study folder a command takes; the folder we stand in when none is named.
study_argument = click.argument(
    "folder", metavar="STUDY", type=click.Path(path_type=Path), default=Path()
)
