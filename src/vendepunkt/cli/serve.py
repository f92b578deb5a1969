"""``vendepunkt serve``: the web application on this machine."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from vendepunkt.terms.errors import UsageError
from vendepunkt.web.serving import LOOPBACK, Place, get_ready, serve


@click.command("serve")
@click.argument(
    "study", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False)
)
@click.option(
    "--bind",
    default="localhost:8000",
    show_default=True,
    metavar="HOST:PORT",
    help="Where to listen; 0.0.0.0:8000 for everybody on the same network.",
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="HOST",
    help="Name by which people reach it; can be given several times.",
)
@click.option("--https", is_flag=True, help="A server in front of this one ends https.")
@click.option("--no-browser", is_flag=True, help="Open no browser.")
def command(
    study: Path | None, bind: str, names: tuple[str, ...], *, https: bool, no_browser: bool
) -> None:
    """Open the rooms of panel meetings in a browser.

    The database lies in work/web of STUDY, or of this folder. The first time a page opens on
    which you make your own account. Stop with Ctrl-C; nothing is lost.
    """
    place = _place(bind, names, https)
    home = (study or Path()) / "work" / "web"
    ready = get_ready(home, study, place)
    first = place.url + ready.first

    def listening() -> None:
        if ready.first:
            click.echo("Make your own account here, once:")
            click.echo(f"  {first}")
        else:
            click.echo(f"Vendepunkt answers at {first}/home/")
        if place.host not in LOOPBACK:
            others = ", ".join(name for name in place.hosts if name not in LOOPBACK)
            click.echo(f"Others reach it by port {place.port} of: {others}")
        click.echo("Ctrl-C stops it.")
        sys.stdout.flush()
        if not no_browser:
            click.launch(first if ready.first else f"{first}/home/")

    serve(ready, place, listening)


def _place(bind: str, names: tuple[str, ...], https: bool) -> Place:
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise UsageError(
            "bad_bind", f"--bind is {bind!r}.", allowed="HOST:PORT", try_="--bind localhost:8000"
        )
    return Place(host.strip("[]"), int(port), names, https)
