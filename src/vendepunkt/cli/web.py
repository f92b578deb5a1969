"""``vendepunkt web``: look after the web application from a terminal."""

from __future__ import annotations

from pathlib import Path

import click

from vendepunkt.cli.answer import answer
from vendepunkt.cli.options import json_option

ROLES = ("owner", "researcher", "interviewer", "coder", "facilitator", "note_taker", "reader")


@click.group("web")
@click.option(
    "--study",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path(),
    metavar="FOLDER",
    help="The study that `vendepunkt serve` was given; this folder by default.",
)
def command(study: Path) -> None:
    """Look after the web application: accounts, backups, health.

    The database is the one that `vendepunkt serve` uses: in work/web of the study, or what
    DATABASE_URL names. These commands can be used while it runs.
    """
    from vendepunkt.web.serving import enter

    enter(study / "work" / "web")


@command.command("user")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), help="Role of a new account, or a new role.")
@click.option("--password", is_flag=True, help="Ask for a new password.")
@click.option("--forget-second", is_flag=True, help="Ask for no code until a new app is set up.")
@click.option("--active/--inactive", default=None, help="Take into use, or out of use.")
@json_option
def user(
    name: str,
    role: str | None,
    *,
    password: bool,
    forget_second: bool,
    active: bool | None,
    as_json: bool,
) -> None:
    """Make an account, or change one: for when nobody can sign in any more.

    A new account needs --role; it has no password until --password asks for one, or the owner
    makes a link for it on the page of people.
    """
    from vendepunkt.web.people.desk import change_account
    from vendepunkt.web.ready import make_tables

    make_tables()
    new = ""
    if password:
        new = click.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
    done = change_account(name, role=role, password=new, forget_second=forget_second, active=active)
    state = "made" if done.made else "changed"
    answer(
        {"user": done.name, "role": done.role, "active": done.active, "made": done.made},
        schema="web-user/1",
        as_json=as_json,
        lines=[
            f"{done.name} is {state}: {done.role}, {'in use' if done.active else 'out of use'}."
        ],
    )


@command.command("backup")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@json_option
def backup(file: Path | None, *, as_json: bool) -> None:
    """Write everything into one zip file, also while votes come in.

    Without FILE it lies in work/web/backups under the time of day. Passwords lie in it as hashes;
    keep it as you keep the database.
    """
    from vendepunkt.web.backups import backup as make
    from vendepunkt.web.backups import new_path
    from vendepunkt.web.health import need_tables

    need_tables()
    made = make(file or new_path())
    lines = [f"{made.path.as_posix()}: {sum(made.rows.values())} rows."]
    if made.open:
        lines.append(
            "Something is open, so it holds what ties ballots to phones. Where it lies now it is "
            "cleaned when that closes; a copy elsewhere is not."
        )
    answer(
        {"file": made.path, "rows": made.rows, "open": made.open, "head": made.head},
        schema="web-backup/1",
        as_json=as_json,
        lines=lines,
    )


@command.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
def restore(file: Path, *, as_json: bool) -> None:
    """Put a backup into an empty database: another folder, or another DATABASE_URL."""
    from vendepunkt.web.backups import restore as put
    from vendepunkt.web.ready import make_tables

    make_tables()
    made = put(file)
    answer(
        {"file": made.path, "rows": made.rows, "open": made.open, "head": made.head},
        schema="web-restore/1",
        as_json=as_json,
        lines=[f"{sum(made.rows.values())} rows are restored; the log is whole."],
    )


@command.command("doctor")
@json_option
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Say what is not as it should be: tables, log, traces, backups, settings, disk.

    Ends with 3 where something is wrong.
    """
    from vendepunkt.web.health import examine

    found = examine()
    answer(
        {"checks": found},
        schema="web-doctor/1",
        as_json=as_json,
        lines=[f"{'ok   ' if one.fine else 'WRONG'} {one.name}: {one.text}" for one in found],
    )
    if not all(one.fine for one in found):
        ctx.exit(3)
