"""The log: read, filtered, verified, and handed out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from vendepunkt.study import changes
from vendepunkt.web import record as book
from vendepunkt.web.people.kinds import called
from vendepunkt.web.people.models import Blob, Change, Person
from vendepunkt.web.rights import needs

#: Changes on one page.
PAGE = 50


class FilterForm(forms.Form):
    """Which changes are shown."""

    who = forms.ModelChoiceField(
        Person.objects.order_by("first_name", "username"),
        label=_("Who"),
        required=False,
        empty_label=_("Everybody"),
        widget=forms.Select(attrs={"translate": "no"}),
    )
    what = forms.ChoiceField(label=_("What"), required=False)
    about = forms.CharField(label=_("About"), required=False, max_length=200)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        kinds = Change.objects.order_by("what").values_list("what", flat=True).distinct()
        self.fields["what"] = forms.ChoiceField(
            label=_("What"),
            required=False,
            choices=[("", _("Everything")), *((kind, called(kind)) for kind in kinds)],
        )


@needs("log")
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Show the log, the newest change first."""
    form = FilterForm(request.GET or None)
    shown = Change.objects.select_related("who").order_by("-number")
    if form.is_valid():
        chosen = {key: value for key, value in form.cleaned_data.items() if value}
        shown = shown.filter(**chosen)
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    contents = _contents(page.object_list)
    rows = [
        (change, called(change.what), contents(change.before_digest), contents(change.after_digest))
        for change in page
    ]
    query = request.GET.copy()
    query.pop("page", None)
    context = {"form": form, "page": page, "rows": rows, "query": query.urlencode()}
    return render(request, "people/log.html", context)


@needs("log")
@require_safe
def log_verify(request: HttpRequest) -> HttpResponse:
    """Go through the whole chain and say whether it holds."""
    context = {"faults": book.verify()[:PAGE], "head": book.head()}
    return render(request, "people/log_verify.html", context)


@needs("log")
@require_safe
def log_export(_request: HttpRequest) -> StreamingHttpResponse:
    """Hand out the chain as JSON lines; contents stay here."""
    response = StreamingHttpResponse(_lines(), content_type="application/jsonl; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="log.jsonl"'
    return response


def _contents(page: Iterable[Change]) -> Callable[[str], dict[str, Any] | None]:
    """Give a function from a digest to what was kept: empty for nothing, None once erased."""
    digests = {one for change in page for one in (change.before_digest, change.after_digest)}
    texts = dict(Blob.objects.filter(pk__in=digests - {""}).values_list("pk", "text"))

    def look_up(digest: str) -> dict[str, Any] | None:
        if not digest:
            return {}
        text = texts.get(digest)
        return dict(json.loads(text)) if text else None

    return look_up


def _lines() -> Iterator[str]:
    for change in Change.objects.order_by("number").iterator():
        yield changes.to_line(change.entry()) + "\n"
