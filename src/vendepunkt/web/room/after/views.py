"""Pages for what comes of a meeting: the trail, what may leave, the frozen version, deletion."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vendepunkt.language import integer, percent, span, statement, text
from vendepunkt.terms import Notice
from vendepunkt.web.people.models import Person
from vendepunkt.web.record import record
from vendepunkt.web.rights import needs
from vendepunkt.web.room import deletion, freezing
from vendepunkt.web.room.freezing import vote_id
from vendepunkt.web.room.models import Idea, Meeting, Opening, Placement, Theme
from vendepunkt.web.room.prepare.refused import refusals_as_messages
from vendepunkt.web.room.results import Result, comparison_of, results_of, tally_of
from vendepunkt.web.room.words import said


class _Under:
    """A theme on the trail: the ideas that lie under it, and those that did."""

    def __init__(self, theme: Theme, placements: list[Placement]) -> None:
        self.theme = theme
        self.standing = [one for one in placements if not one.undone]
        self.undone = [one for one in placements if one.undone]


@needs("meeting.see")
@require_safe
def results(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what came of each vote, and the way to everything that follows."""
    meeting = get_object_or_404(Meeting, slug=slug)
    language = (get_language() or "da")[:2]
    found = [_shown(one, language) for one in results_of(meeting)]
    context: dict[str, Any] = {
        "meeting": meeting,
        "results": found,
        "study": bool(settings.STUDY),
        "statement": statement("panel", language),
        "pairs": _pairs(meeting, language),
    }
    return render(request, "after/results.html", context)


@needs("meeting.see")
@require_safe
def picture(request: HttpRequest, slug: str, vote: str, panel: str) -> HttpResponse:
    """Draw the places of a vote in a panel."""
    from vendepunkt.figures import alt_text, draw, svg_text

    meeting = get_object_or_404(Meeting, slug=slug)
    language = (get_language() or "da")[:2]
    for one in tally_of(meeting).tallies:
        if (one.vote, one.panel) == (vote, panel):
            table = one.placings_table(language)
            alt = alt_text("placings", table, language, places=one.places)
            drawn = draw("placings", table, language, places=one.places, width=_width(request))
            return HttpResponse(svg_text(drawn, alt), content_type="image/svg+xml")
    raise Http404


@needs("meeting.see")
@require_safe
def side_by_side(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Draw two panels side by side."""
    from vendepunkt.figures import draw, svg_text

    meeting = get_object_or_404(Meeting, slug=slug)
    language = (get_language() or "da")[:2]
    found = comparison_of(meeting)
    if found is None or number >= len(found.pairs):
        raise Http404
    pair = found.pairs[number]
    drawn = draw(
        "panel_comparison",
        found.shares_table(pair.vote, language),
        language,
        differences=found.named_differences(pair, language),
        width=_width(request),
    )
    alt = " ".join(found.sentences(language, pair))
    return HttpResponse(svg_text(drawn, alt), content_type="image/svg+xml")


def _width(request: HttpRequest) -> str:
    return "narrow" if request.GET.get("width") == "narrow" else "wide"


def _pairs(meeting: Meeting, language: str) -> list[dict[str, Any]]:
    """Say what panels agree on and where they differ, two at a time."""
    found = comparison_of(meeting)
    if found is None:
        return []
    phases = {
        vote_id(opening.vote, opening.round): said(opening.vote.phase, "title")
        for opening in Opening.objects.filter(panel__meeting=meeting, vote__isnull=False)
        if opening.vote is not None
    }
    return [
        {
            "phase": phases.get(pair.vote.split("+")[0], ""),
            "panels": f"{found.title(pair.first, language)} · {found.title(pair.second, language)}",
            "sentences": found.sentences(language, pair),
        }
        for pair in found.pairs
    ]


def _shown(result: Result, language: str) -> dict[str, Any]:
    """Give a result as its page says it."""
    from vendepunkt.figures import alt_text

    tally = result.tally
    if tally is None:
        return {"result": result}
    table = tally.placings_table(language)

    order = [one.theme for one in tally.standings]

    def titles(themes: Iterable[str]) -> str:
        return ", ".join(tally.title(theme, language) for theme in sorted(themes, key=order.index))

    other = tally.representative
    rows = [
        {
            "title": tally.title(one.theme, language),
            "people": one.people,
            "votes": integer(int(one.votes), language),
            "share": "" if one.share is None else percent(one.share, language, decimals=0),
            "span": ""
            if one.low is None or one.high is None
            else span(one.low, one.high, language),
            "chance": None if one.chance is None else round(100 * one.chance),
            "status": one.status,
        }
        for one in tally.standings
    ]
    return {
        "result": result,
        "tally": tally,
        "rows": rows,
        "alt": alt_text("placings", table, language, places=tally.places),
        "chosen": titles(tally.chosen.certain),
        "tied": titles(tally.chosen.tied),
        "other": None if other is None else titles(other.certain),
        "other_tied": None if other is None else titles(other.tied),
        "dots": tally.rule == "dots",
        "under": titles(one.theme for one in tally.just_under),
        "under_by": next((int(-one.margin) for one in tally.just_under if one.margin), 0),
        "said": [_sentence(one, language) for one in tally.notices if one.code != "convene_panel"],
    }


def _sentence(notice: Notice, language: str) -> str:
    plain = {name: v if isinstance(v, int) else str(v) for name, v in notice.values.items()}
    return text(f"warning.{notice.code}", language, **plain)


@needs("meeting.see")
@require_safe
def trail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show which idea went under which theme, who put it there, and what was undone."""
    meeting = get_object_or_404(Meeting, slug=slug)
    placements = (
        Placement.objects.filter(idea__panel__meeting=meeting)
        .select_related("idea__panel", "theme", "by")
        .order_by("theme__position", "id")
    )
    by_theme: dict[UUID, list[Placement]] = {}
    for one in placements:
        by_theme.setdefault(one.theme_id, []).append(one)
    phases = []
    for phase in meeting.phases.all():
        themes = [_Under(theme, by_theme.get(theme.pk, [])) for theme in phase.themes.all()]
        loose = Idea.objects.filter(
            question__phase=phase, state=Idea.State.SHOWN, same_as__isnull=True
        ).exclude(placements__undone=False)
        phases.append(
            {
                "phase": phase,
                "themes": [one for one in themes if not one.theme.gone or one.undone],
                # By their random keys: the order on the disk may be the one they were sent in.
                "loose": loose.select_related("panel").order_by("id"),
            }
        )
    return render(request, "after/trail.html", {"meeting": meeting, "phases": phases})


@needs("meeting.release")
def release(request: HttpRequest, slug: str) -> HttpResponse:
    """Decide, one idea at a time, whose words may leave in open data."""
    meeting = get_object_or_404(Meeting, slug=slug)
    ideas = Idea.objects.filter(
        panel__meeting=meeting, state=Idea.State.SHOWN, redacted=False
    ).select_related("panel", "question__phase")
    ideas = ideas.order_by("question__phase__position", "text")
    if request.method == "POST":
        chosen = set(request.POST.getlist("released"))
        with transaction.atomic():
            changed = [one for one in ideas if one.released != (str(one.pk) in chosen)]
            for one in changed:
                one.released = not one.released
                one.save(update_fields=["released"])
                state = {"released": one.released}
                record(_who(request), "idea.release", f"idea:{one.pk}", after=state)
        told = ngettext("%(n)s idea was changed.", "%(n)s ideas were changed.", len(changed))
        messages.success(request, told % {"n": len(changed)})
        return redirect("release", slug)
    return render(request, "after/release.html", {"meeting": meeting, "ideas": ideas})


@needs("meeting.release")
@require_POST
@refusals_as_messages
def freeze(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a frozen version into the study folder."""
    meeting = get_object_or_404(Meeting, slug=slug)
    if not settings.STUDY:
        messages.error(
            request,
            _("This server was started without a study. Start it with: vendepunkt serve STUDY"),
        )
        return redirect("results", slug)
    folder = freezing.freeze_meeting(meeting, Path(settings.STUDY), _who(request))
    shown = folder.relative_to(Path(settings.STUDY)).as_posix()
    messages.success(request, _("The meeting is frozen as %(where)s.") % {"where": shown})
    return redirect("results", slug)


@needs("meeting.release")
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete a meeting for good, once its key is typed."""
    meeting = get_object_or_404(Meeting, slug=slug)
    wrong = False
    if request.method == "POST":
        if request.POST.get("typed", "").strip() == meeting.slug:
            deletion.delete_meeting(meeting, _who(request))
            messages.success(request, _("The meeting is deleted."))
            return redirect("meetings")
        wrong = True
    return render(request, "after/delete.html", {"meeting": meeting, "wrong": wrong})


def _who(request: HttpRequest) -> Person | None:
    return request.user if isinstance(request.user, Person) else None
