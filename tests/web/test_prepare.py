"""Preparing: a meeting is planned, printed, rehearsed and emptied; what has begun stands."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from vendepunkt.web.people.models import Blob, Change
from vendepunkt.web.record import verify
from vendepunkt.web.room import deletion, openings, preparing, rehearsing, showing, steps
from vendepunkt.web.room.freezing import to_meeting
from vendepunkt.web.room.models import Idea, Meeting, Opening, Step, Theme, Token
from vendepunkt.web.room.prepare.keys import key_of

pytestmark = pytest.mark.django_db


def _plan(bo) -> str:
    answer = bo.post(
        "/meetings/new/",
        {
            "title_da": "Møde om børn & unge",
            "language": "da",
            "admission": "single",
            "common_themes": "on",
            "ideas_each": 5,
            "idea_length": 200,
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    (meeting,) = Meeting.objects.all()
    base = f"/meetings/{meeting.slug}/prepare/"
    assert bo.post(base + "add/panel/", {"title_da": "Brugerpanelet"}).status_code == 302
    phase = {"title_da": "Barndom", "rule": "choose-k", "choices": 3, "places": 3}
    assert bo.post(base + "add/phase/", phase).status_code == 302
    pk = meeting.phases.get().pk
    question = {"kind": "pushes_out", "text_da": "Hvad skubber ud?"}
    assert bo.post(f"{base}add/question/{pk}/", question).status_code == 302
    group = {"name": "Bord 1"}
    panel = meeting.panels.get().pk
    assert bo.post(f"{base}add/group/{panel}/", group).status_code == 302
    return meeting.slug


def test_a_meeting_is_planned_from_nothing(as_role) -> None:
    bo = as_role("facilitator")
    slug = _plan(bo)
    meeting = Meeting.objects.get(slug=slug)
    assert slug == "moede-om-boern-unge"
    kinds = [step.kind for step in meeting.steps.all()]
    assert kinds == ["welcome", "ideas", "grouping", "vote", "result", "end"]
    assert meeting.phases.get().votes.get().choices == 3
    page = bo.get(f"/meetings/{slug}/prepare/").content.decode()
    assert "Bord 1" in page
    assert "Hvad skubber ud?" in page
    assert "Møde om børn &amp; unge" in bo.get("/meetings/").content.decode()
    assert verify() == ()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title_da": ""}, "Skriv det på dansk eller engelsk."),
        ({"ideas_each": 0}, "Skriv et tal fra 1 til 50."),
        ({"idea_length": 100_000}, "Skriv et tal fra 40 til 1000."),
        ({"date": "31-02-2026"}, "dato"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(as_role, fields, said) -> None:
    bo = as_role("facilitator")
    whole = {
        "title_da": "Et møde",
        "title_en": "",
        "language": "da",
        "admission": "open",
        "ideas_each": 5,
        "idea_length": 200,
    }
    page = bo.post("/meetings/new/", whole | fields).content.decode()
    assert said in page
    assert not Meeting.objects.exists()
    if "title_da" not in fields:
        assert 'value="Et møde"' in page


def test_keys_are_plain_and_never_taken_twice() -> None:
    assert key_of("Ældre på landet") == "aeldre-paa-landet"
    assert key_of("New") == "new-2"
    assert key_of("???") == "x"
    assert key_of("A", frozenset({"a", "a-2"})) == "a-3"


@pytest.mark.parametrize("large", ["", "1"])
def test_everything_is_printed(as_role, large) -> None:
    bo = as_role("facilitator")
    slug = _plan(bo)
    meeting = Meeting.objects.get(slug=slug)
    panel, phase = meeting.panels.get(), meeting.phases.get()
    Theme.objects.create(meeting=meeting, phase=phase, title_da="Ensomhed & sorg")
    made = bo.post(f"/meetings/{slug}/print/codes/{panel.key}/", {f"{panel.key}-count": 3})
    assert made.status_code == 302, made.content.decode()
    codes = list(Token.objects.values_list("key", flat=True))
    assert len(codes) == 3
    assert bo.get(f"/meetings/{slug}/print/").status_code == 200

    def text(kind: str, query: str) -> str:
        answer = bo.get(f"/meetings/{slug}/print/{kind}.pdf?large={large}&{query}")
        assert answer.status_code == 200
        pages = PdfReader(io.BytesIO(answer.content)).pages
        return "\n".join(page.extract_text() for page in pages)

    assert panel.code in "".join(text("poster", f"panel={panel.key}").split())
    found = "".join(text("codes", f"panel={panel.key}").split())
    assert [code for code in codes if code not in found] == []
    assert "Hvad skubber ud?" in text("slips", f"phase={phase.key}&copies=2")
    assert "Ensomhed & sorg" in text("ballots", f"phase={phase.key}&copies=2")


@pytest.mark.parametrize("kind", ["poster", "codes", "slips", "ballots", "nothing"])
def test_a_sheet_of_what_is_not_there_is_not_found(as_role, kind) -> None:
    bo = as_role("facilitator")
    slug = _plan(bo)
    answer = bo.get(f"/meetings/{slug}/print/{kind}.pdf?panel=x&phase=x&copies=-9")
    assert answer.status_code == 404


def test_what_has_begun_stands(as_role) -> None:
    bo = as_role("facilitator")
    slug = _plan(bo)
    meeting = Meeting.objects.get(slug=slug)
    panel, phase = meeting.panels.get(), meeting.phases.get()
    openings.open_question(panel, phase.questions.get())
    base = f"/meetings/{slug}/prepare/"
    page = bo.get(base + "add/phase/", follow=True)
    assert "Mødet er begyndt" in page.content.decode()
    bo.post(f"{base}phase/{phase.pk}/remove/")
    fields = {"title_da": "Barndom", "rule": "approval", "places": 3}
    bo.post(f"{base}phase/{phase.pk}/", fields)
    assert phase.votes.get().rule == "choose-k"
    # Words are mended all the same.
    fields = {"title_da": "Barndom og ungdom", "rule": "choose-k", "choices": 3, "places": 3}
    fields["text_da"] = "Hvad er vigtigst at gøre noget ved?"
    bo.post(f"{base}phase/{phase.pk}/", fields)
    phase.refresh_from_db()
    assert phase.title_da == "Barndom og ungdom"
    assert phase.votes.get().text_da == "Hvad er vigtigst at gøre noget ved?"


def _play(meeting, owner) -> None:
    """Hold a whole rehearsal with invented people."""
    panel = meeting.panels.get()
    for step in meeting.steps.all():
        panel.refresh_from_db()
        steps.go(panel, step.position, owner)
        if step.kind in {Step.Kind.IDEAS, Step.Kind.VOTE}:
            rehearsing.invented_answers(panel, owner)


def test_the_meeting_that_shows_how_it_works_runs_to_its_end(people) -> None:
    owner = people["owner"]
    meeting = showing.show_me(owner, "da")
    _play(meeting, owner)
    found = to_meeting(meeting)
    assert found.invented
    assert len(found.ideas) == 2 * rehearsing.WRITERS
    for vote in found.votes:
        assert len(found.ballots_of(vote.id, "panel")) == rehearsing.VOTERS
        assert len(found.themes_of(vote.id, "panel")) == 6


def test_ending_the_rehearsal_empties_the_room(people, as_role) -> None:
    owner = people["owner"]
    meeting = showing.show_me(owner, "da")
    _play(meeting, owner)
    as_role("owner").post(f"/meetings/{meeting.slug}/prepare/rehearsal/")
    meeting.refresh_from_db()
    assert not meeting.rehearsal
    assert not Idea.objects.exists()
    assert not Opening.objects.exists()
    assert not Token.objects.exists()
    assert not Theme.objects.exists()
    assert meeting.phases.count() == 2
    assert meeting.panels.get().at == 0
    assert verify() == ()


def test_deleting_leaves_no_words_anywhere(people) -> None:
    owner = people["owner"]
    meeting = showing.show_me(owner, "da")
    _play(meeting, owner)
    theme = Theme.objects.first()
    before = {"title_da": "ensomt ord"}
    preparing.record(owner, "theme.renamed", f"theme:{theme.pk}", before, {"title_da": "andet ord"})
    deletion.delete_meeting(meeting, owner)
    assert not Meeting.objects.exists()
    assert not Blob.objects.filter(text__contains="ord").exists()
    assert Change.objects.filter(what="meeting.delete").exists()
    assert verify() == ()


def test_a_meeting_goes_on_its_date_and_not_before(people) -> None:
    import datetime as dt

    meeting = showing.show_me(people["owner"], "da")
    meeting.delete_by = dt.date(2026, 5, 1)
    meeting.save()
    assert deletion.delete_due(dt.date(2026, 4, 30)) == []
    assert deletion.delete_due(dt.date(2026, 5, 1)) == [meeting.slug]
    assert not Meeting.objects.exists()


def test_codes_are_long_different_and_not_in_the_record(people) -> None:
    meeting = showing.show_me(people["owner"], "en")
    made = preparing.make_codes(meeting.panels.get(), 200, None, people["owner"])
    assert len(set(made)) == 200
    assert {len(code) for code in made} == {8}
    assert not Blob.objects.filter(text__contains=made[0]).exists()


def test_invented_people_answer_where_one_leads(people, as_role) -> None:
    meeting = showing.show_me(people["owner"], "da")
    steps.go(meeting.panels.get(), 1, people["owner"])
    bo = as_role("facilitator")
    assert (
        "Lad opdigtede folk svare"
        in bo.get(f"/meetings/{meeting.slug}/panel/lead/").content.decode()
    )
    where = f"/meetings/{meeting.slug}/prepare/invented/panel/"
    answer = bo.post(where, {"to": "lead"})
    assert answer["Location"].endswith("/panel/lead/")
    assert Idea.objects.count() == rehearsing.WRITERS
