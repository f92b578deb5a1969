"""Gather the words of the web application, and keep their Danish fresh and whole.

    python tools/messages.py [PART…]    gather, update django.po and write django.mo, of all
                                        folders or of those whose path has one of the parts in it
    python tools/messages.py --check    say what is not fresh, empty, fuzzy or told in two ways

A folder under src/vendepunkt/web that has a folder `locale` keeps the words of its own files; what
lies in no such folder belongs to the next one above. English stands in the code and templates,
Danish in locale/da/LC_MESSAGES/django.po. A new folder begins with an empty `locale`.
"""

from __future__ import annotations

import gettext
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import django
from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

WEB = Path(__file__).resolve().parent.parent / "src" / "vendepunkt" / "web"
LANGUAGE = "da"
#: One moment for all files: when they were written is in the history of the repository.
MOMENT = datetime(2026, 11, 23, tzinfo=UTC)
PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}


def roots(web: Path) -> list[Path]:
    """Give every folder that keeps its own words."""
    return sorted(path.parent for path in web.glob("**/locale") if path.is_dir())


def gather(root: Path, others: list[Path]) -> Catalog:
    """Give the words of the files of one folder, without those of folders below it."""
    catalog = Catalog(locale=LANGUAGE, charset="utf-8", fuzzy=False)
    below = [other for other in others if other != root and other.is_relative_to(root)]
    for path in sorted([*root.glob("**/*.py"), *root.glob("**/*.html"), *root.glob("**/*.txt")]):
        if any(path.is_relative_to(other) for other in below):
            continue
        for messages, context in _messages(path):
            where = [(path.relative_to(root).as_posix(), None)]
            catalog.add(messages, locations=where, context=context)
    return catalog


def _messages(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What Django makes of a template has calls in the order of the text, and no indentation
        # that means anything.
        source = "\n".join(line.strip() for line in templatize(source).splitlines())
    file = io.BytesIO(source.encode("utf-8"))
    for _, messages, _, context in extract("python", file, KEYWORDS):
        yield messages, context


def po(root: Path) -> Path:
    """Give the file with the Danish of a folder."""
    return root / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def read(root: Path) -> Catalog:
    """Read the Danish of a folder; empty where there is none yet."""
    path = po(root)
    if not path.exists():
        return Catalog(locale=LANGUAGE)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def update(web: Path, parts: list[str]) -> None:
    """Bring folders up to date; what another folder says already is taken from there."""
    everywhere = roots(web)
    known = {
        (message.context, message.id): message.string
        for root in everywhere
        for message in read(root)
        if message.id and _told(message)
    }
    for root in everywhere:
        if parts and not any(part in root.relative_to(web.parent).as_posix() for part in parts):
            continue
        catalog, old = gather(root, everywhere), read(root)
        for message in catalog:
            if not message.id:
                continue
            before = old.get(message.id, message.context)
            told = before.string if before is not None and _told(before) else None
            message.string = told or known.get((message.context, message.id)) or message.string
        _write(root, catalog)


def _write(root: Path, catalog: Catalog) -> None:
    catalog.creation_date = catalog.revision_date = MOMENT
    catalog.header_comment = "# Danish words of this folder; see tools/messages.py."
    catalog.project, catalog.version = "Vendepunkt", ""
    catalog.last_translator = catalog.language_team = catalog.msgid_bugs_address = ""
    path = po(root)
    path.parent.mkdir(parents=True, exist_ok=True)
    words, compiled = io.BytesIO(), io.BytesIO()
    write_po(words, catalog, width=96, sort_output=True, ignore_obsolete=True)
    write_mo(compiled, catalog)
    for file, made in ((path, words), (path.with_suffix(".mo"), compiled)):
        # Somebody may have the file open: it is only touched where it differs.
        if not file.exists() or file.read_bytes() != made.getvalue():
            file.write_bytes(made.getvalue())


def faults(web: Path) -> Iterator[str]:
    """Say everything that is not as it should be, a line each."""
    everywhere = roots(web)
    told: dict[tuple[str | None, str], tuple[object, str]] = {}
    for root in everywhere:
        name = root.relative_to(web.parent).as_posix()
        wanted, catalog = gather(root, everywhere), read(root)
        there = {(one.context, one.id) for one in catalog if one.id}
        asked = {(one.context, one.id) for one in wanted if one.id}
        yield from (f"{name}: not gathered: {_short(one)}" for one in asked - there)
        yield from (f"{name}: used no more: {_short(one)}" for one in there - asked)
        for message in catalog:
            if not message.id:
                continue
            key = (message.context, message.id)
            if message.fuzzy:
                yield f"{name}: fuzzy: {_short(key)}"
            if not _told(message):
                yield f"{name}: no Danish: {_short(key)}"
                continue
            if not _same_places(message):
                yield f"{name}: a placeholder is lost or new: {_short(key)}"
            first = told.setdefault(key, (message.string, name))
            if first[0] != message.string:
                yield f"{name}: told otherwise in {first[1]}: {_short(key)}"
        yield from _not_compiled(root, name, catalog)


def _not_compiled(root: Path, name: str, catalog: Catalog) -> Iterator[str]:
    path = po(root).with_suffix(".mo")
    if not path.exists():
        yield f"{name}: django.mo is not there"
        return
    with path.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in catalog:
        if not message.id or not _told(message):
            continue
        if message.pluralizable:
            said = tuple(compiled.ngettext(*message.id, number) for number in (1, 2))
        elif message.context:
            said = compiled.pgettext(message.context, message.id)
        else:
            said = compiled.gettext(message.id)
        if said != message.string:
            yield f"{name}: django.mo is not fresh: {_short((message.context, message.id))}"


def _told(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else [message.string]
    return bool(strings) and all(isinstance(one, str) and one.strip() for one in strings)


def _same_places(message: Message) -> bool:
    """Say whether the Danish has the places of the English; a singular may do without."""
    english = message.id if message.pluralizable else (message.id,)
    danish = message.string if message.pluralizable else (message.string,)
    wanted = {place for text in english for place in PLACE.findall(text)}
    found = [set(PLACE.findall(text)) for text in danish]
    return found[-1] == wanted and all(one <= wanted for one in found)


def _short(key: tuple[str | None, str | tuple[str, ...]]) -> str:
    text = key[1] if isinstance(key[1], str) else key[1][0]
    return repr(text if len(text) < 70 else f"{text[:67]}…")


def main(words: list[str]) -> int:
    """Update, or check."""
    if not settings.configured:
        settings.configure()
        django.setup()
    if "--check" not in words:
        update(WEB, words)
    found = list(faults(WEB))
    for fault in found:
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
