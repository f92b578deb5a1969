"""Taking a meeting's data out: each format with what it is for; only what may leave is in it."""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from vendepunkt import convene
from vendepunkt.terms import VendepunktError
from vendepunkt.web.people.models import Person
from vendepunkt.web.record import record
from vendepunkt.web.rights import needs
from vendepunkt.web.room.freezing import to_meeting
from vendepunkt.web.room.models import Meeting
from vendepunkt.web.room.prepare.refused import refusals_as_messages


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file that can be fetched.

    Attributes
    ----------
    name
        Its key in :data:`vendepunkt.convene.formats.FORMATS`.
    ending
        Ending of the file; empty where it is a folder.
    title, help
        What it is, and what it is for.
    one_vote
        Whether it holds one vote of one panel.
    """

    name: str
    ending: str
    title: Any
    help: Any
    one_vote: bool = False


#: What is offered, in this order.
KINDS: Final = (
    Kind("workbook", ".xlsx", _("a workbook"), _("Sheets for Excel and its like.")),
    Kind("tables", "", _("tables"), _("Text files (CSV) for any statistics program.")),
    Kind(
        "pabulib",
        ".pb",
        _("a Pabulib file"),
        _("The open format of voting research. One vote of one panel."),
        one_vote=True,
    ),
    Kind(
        "ballots",
        ".csv",
        _("a list of ballots"),
        _("A row for each mark. One vote of one panel."),
        one_vote=True,
    ),
)


@needs("meeting.release")
@require_safe
def exports(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what can be taken out, and what it is for."""
    meeting = get_object_or_404(Meeting, slug=slug)
    context = {
        "meeting": meeting,
        "formats": KINDS,
        "panels": meeting.panels.all(),
        "phases": meeting.phases.all(),
    }
    return render(request, "after/exports.html", context)


@needs("meeting.release")
@require_safe
@refusals_as_messages
def export(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Give a meeting in a format."""
    kind = next((one for one in KINDS if one.name == name), None)
    if kind is None:
        raise Http404
    meeting = get_object_or_404(Meeting, slug=slug)
    frozen = to_meeting(meeting)
    with tempfile.TemporaryDirectory(prefix="vendepunkt-") as folder:
        try:
            written = convene.write_meeting(
                frozen,
                Path(folder) / f"{slug}{kind.ending}",
                name,
                panel=request.GET.get("panel") or None,
                phase=request.GET.get("phase") or None,
            )
        except VendepunktError:
            # What is wrong names options of the command line; here there are two boxes.
            messages.error(request, _("That vote cannot be given: too few people voted in it."))
            return redirect("exports", slug)
        said = tuple(written.said((get_language() or "da")[:2]))
        file, content = _one_file(written.paths, said, Path(folder), slug)
    who = request.user if isinstance(request.user, Person) else None
    record(who, "meeting.export", f"meeting:{slug}", after={"format": name})
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )


def _one_file(
    paths: tuple[Path, ...], losses: tuple[str, ...], folder: Path, slug: str
) -> tuple[str, bytes]:
    """Give a file as it is; several, or what got lost on the way, as one zip."""
    found = [path for one in paths for path in ([one] if one.is_file() else one.rglob("*"))]
    files = sorted(path for path in found if path.is_file())
    if len(files) == 1 and not losses:
        return files[0].name, files[0].read_bytes()
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, path.relative_to(folder).as_posix())
        if losses:
            archive.writestr("not-in-these-files.txt", "\n".join(losses) + "\n")
    return f"{slug}.zip", packed.getvalue()
