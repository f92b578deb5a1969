"""Participants' pages, as a phone sees them."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.test import Client
from tests.web.panels import (
    panel_of,
    phones,
    question_of,
    small_meeting,
    stand_at,
    theme_ids,
    vote_of,
)

from vendepunkt.web.room.admission import admit
from vendepunkt.web.room.models import Batch, Idea, OpenBallot, PaperBallot, Theme, Token
from vendepunkt.web.room.openings import close, open_question, open_vote
from vendepunkt.web.room.phone.guesses import ROOM, Guesses, guesses
from vendepunkt.web.room.secrets import Pass
from vendepunkt.web.room.sending import cast
from vendepunkt.web.room.versions import bump, forget

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh():
    forget()
    guesses.forget()


class Page(HTMLParser):
    """What a page says, and its forms: the values that would be sent."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.forms: list[dict[str, Any]] = []
        self.said: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag == "form":
            self.forms.append({"fields": {}, "buttons": {}, **given})
        elif self.forms and tag == "input" and given.get("type") != "checkbox":
            self.forms[-1]["fields"][given.get("name", "")] = given.get("value", "")
        elif self.forms and tag == "button" and "name" in given:
            self.forms[-1]["buttons"][given["name"]] = given.get("value", "")

    def handle_data(self, data) -> None:
        self.said.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.said))

    def entry(self, n: int = 0) -> dict[str, str]:
        """Give what the nth form for entering something sends by itself."""
        form = [one for one in self.forms if one.get("class") == "entry"][n]
        return dict(form["fields"]) | form["buttons"]

    def named(self, tag: str) -> list[dict[str, str]]:
        return [given for name, given in self.tags if name == tag]


class Phone:
    """A phone with a browser; keeps cookies unless it is told not to."""

    def __init__(self, panel, *, cookies: bool = True, language: str = "en") -> None:
        self.client = Client()
        self.client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = language
        self.cookies, self.panel, self.language = cookies, panel, language
        self.at = f"/m/{panel.code}/"

    def get(self, path: str = "", **headers: str) -> Any:
        return self._answer(self.client.get(path or self.at, headers=headers))

    def post(self, sent: dict[str, Any], path: str = "", **headers: str) -> Any:
        response = self.client.post(path or self.at, sent, headers=headers)
        return self._answer(response)

    def _answer(self, response: Any) -> Any:
        if not self.cookies:
            self.client.cookies.clear()
            self.client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = self.language
        if response.status_code == 303:
            return self.get(response["Location"])
        response.page = Page(response.content.decode())
        return response

    def come_in(self) -> Any:
        return self.post(self.get().page.entry())

    @property
    def mine(self) -> Pass:
        return Pass.read(self.client.cookies[f"vp-{self.panel.code}"].value)


@pytest.fixture
def panel():
    return panel_of(small_meeting())


@pytest.fixture
def asked(panel):
    """Give a panel that is asked for ideas."""
    open_question(panel, question_of(panel.meeting))
    stand_at(panel, "ideas")
    return panel


@pytest.fixture
def voting(panel):
    """Give a panel that votes, and its opening."""
    opening = open_vote(panel, vote_of(panel.meeting))
    stand_at(panel, "vote")
    return panel, opening


# --- coming in -------------------------------------------------------------------------------


def test_a_typed_code_lets_a_phone_in_at_once(panel) -> None:
    phone = Phone(panel)
    form = phone.get("/").page.entry()
    response = phone.post(form | {"code": f" {panel.code[:3]} {panel.code[3:].lower()}"}, "/")
    assert "You are in" in response.page.text
    assert Token.objects.filter(panel=panel, arrived=True).count() == 1


def test_the_panels_qr_code_leads_to_a_door_with_one_button(panel) -> None:
    phone = Phone(panel)
    response = phone.get()
    assert not Token.objects.exists(), "looking at a page is not coming in"
    assert len([one for one in response.page.forms if one.get("class") == "entry"]) == 1
    assert "You are in" in phone.post(response.page.entry()).page.text
    assert Token.objects.count() == 1


@pytest.mark.parametrize("cookies", [True, False])
def test_the_button_pressed_twice_is_one_person(panel, cookies) -> None:
    phone = Phone(panel, cookies=cookies)
    form = phone.get().page.entry()
    phone.post(form)
    assert "You are in" in phone.post(form).page.text
    assert Token.objects.count() == 1


def test_a_phone_that_is_in_stays_who_it_is_when_it_types_the_code_again(panel) -> None:
    phone = Phone(panel)
    phone.come_in()
    before = phone.mine
    phone.post(phone.get("/").page.entry() | {"code": panel.code}, "/")
    assert phone.mine == before
    assert Token.objects.count() == 1


@pytest.mark.parametrize("admission", ["open", "single"])
def test_a_phone_of_a_rehearsal_that_was_cleared_comes_in_again(admission) -> None:
    panel = panel_of(small_meeting(admission=admission))
    phone = Phone(panel)
    code = {}
    if admission == "single":
        code = {"code": Token.objects.create(key="K7QL2XPA", panel=panel).key}
    phone.post(phone.get().page.entry() | code)
    Token.objects.all().delete()
    if code:
        code = {"code": Token.objects.create(key="M8RN3YQB", panel=panel).key}
    response = phone.get()
    assert response.status_code == 200
    assert "Welcome" in response.page.text
    assert "You are in" in phone.post(response.page.entry() | code).page.text
    assert Token.objects.filter(arrived=True).count() == 1


def test_the_cookie_is_for_this_site_and_no_script_and_a_day(panel) -> None:
    phone = Phone(panel)
    form = phone.get().page.entry()
    response = phone.client.post(phone.at, form, secure=True)
    cookie = response.cookies[f"vp-{panel.code}"]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 24 * 60 * 60
    assert re.fullmatch(r"[0-9a-f]{32}\.[0-9a-f]{32}", cookie.value)


def test_a_wrong_code_comes_back_as_it_was_typed(panel) -> None:
    phone = Phone(panel)
    response = phone.post(phone.get("/").page.entry() | {"code": "nope99"}, "/")
    assert response.status_code == 404
    assert "We do not know that code" in response.page.text
    assert response.page.entry()["code"] == "nope99"


@pytest.mark.parametrize("path", ["/m/NOPE99/", "/m/NOPE99/kept", "/m/NOPE99/ABCD2345/"])
def test_an_address_with_a_wrong_code_asks_for_the_code(panel, path) -> None:
    response = Phone(panel).get(path)
    assert response.status_code == 404
    assert "Your code" in response.page.text


def test_an_address_in_small_letters_leads_to_the_panel(panel) -> None:
    response = Phone(panel).client.get(f"/m/{panel.code.lower()}/")
    assert response["Location"] == f"/m/{panel.code}/"


def test_very_many_wrong_codes_do_not_keep_out_who_has_the_right_one(panel) -> None:
    phone = Phone(panel)
    form = phone.get("/").page.entry()
    answers = {phone.post(form | {"code": f"X{n}"}, "/").status_code for n in range(ROOM + 5)}
    assert answers == {404, 429}
    assert "You are in" in phone.post(form | {"code": panel.code}, "/").page.text
    assert "You are in" in Phone(panel).come_in().page.text


def test_while_somebody_guesses_ones_own_code_works_beside_the_panels() -> None:
    panel = panel_of(small_meeting(admission="single"))
    Token.objects.create(key="K7QL2XPA", panel=panel)
    for _ in range(ROOM + 5):
        guesses.wrong()
    phone = Phone(panel)
    form = phone.get("/").page.entry()
    for code in ("K7QL2XPA", "WRONGONE"):
        response = phone.post(form | {"code": code}, "/")
        assert response.status_code == 429, "right and wrong are told apart"
        assert "Type the panel's code as well" in response.page.text
    form = response.page.entry()
    response = phone.post(form | {"code": "k7ql 2xpa", "panel": panel.code}, "/")
    assert "You are in" in response.page.text


def test_wrong_codes_are_forgotten_with_time() -> None:
    now = [0.0]
    counted = Guesses(lambda: now[0])
    for _ in range(10 * ROOM):
        counted.wrong()
    assert counted.many
    now[0] = ROOM / 2
    assert counted.many
    now[0] = 2.0 * ROOM
    assert not counted.many


def test_a_code_of_ones_own_is_typed_at_the_door_or_at_the_panel() -> None:
    panel = panel_of(small_meeting(admission="single"))
    Token.objects.create(key="K7QL2XPA", panel=panel)
    Token.objects.create(key="M8RN3YQB", panel=panel)
    first, second = Phone(panel), Phone(panel)
    assert (
        "You are in"
        in first.post(first.get("/").page.entry() | {"code": "k7qi2xpa"}, "/").page.text
    )
    door = second.get()
    assert "Your own code" in door.page.text
    wrong = second.post(door.page.entry() | {"code": "ZZZZZZZZ"})
    assert wrong.status_code == 404
    assert "You are in" in second.post(wrong.page.entry() | {"code": "m8rn3yqb"}).page.text
    assert Token.objects.filter(arrived=True).count() == 2


def test_the_qr_code_of_ones_own_code_leads_in_and_out_of_the_address() -> None:
    panel = panel_of(small_meeting(admission="single"))
    Token.objects.create(key="K7QL2XPA", panel=panel)
    phone = Phone(panel)
    response = phone.get(f"/m/{panel.code}/K7QL2XPA/")
    assert not Token.objects.filter(arrived=True).exists()
    response = phone.client.post(phone.at, response.page.entry())
    assert response["Location"] == phone.at
    assert phone.mine.key == "K7QL2XPA"


def test_a_code_in_use_is_told_plainly_with_what_to_do() -> None:
    panel = panel_of(small_meeting(admission="single"))
    Token.objects.create(key="K7QL2XPA", panel=panel)
    open_question(panel, question_of(panel.meeting))
    stand_at(panel, "ideas")
    first, second = Phone(panel), Phone(panel)
    first.post(first.get(f"/m/{panel.code}/K7QL2XPA/").page.entry())
    response = second.post(second.get(f"/m/{panel.code}/K7QL2XPA/").page.entry())
    assert response.status_code == 409
    assert "The code is in use on another phone" in response.page.text
    assert "Ask one of those who lead" in response.page.text
    danish = Phone(panel, language="da")
    response = danish.post(danish.get(f"/m/{panel.code}/K7QL2XPA/").page.entry())
    assert "Koden er i brug på en anden telefon" in response.page.text
    assert "You are in" not in first.get().page.text
    assert "Your idea" in first.get().page.text


def test_a_retired_code_is_told_so() -> None:
    panel = panel_of(small_meeting(admission="single"))
    Token.objects.create(key="K7QL2XPA", panel=panel)
    phone = Phone(panel)
    phone.post(phone.get(f"/m/{panel.code}/K7QL2XPA/").page.entry())
    Token.objects.update(retired=True)
    response = phone.get()
    assert response.status_code == 403
    assert "The code has been replaced" in response.page.text


# --- who may send a form ---------------------------------------------------------------------


def test_another_site_cannot_let_a_phone_in_with_a_pass_it_knows(panel) -> None:
    phone = Phone(panel)
    theirs = str(Pass.new())
    response = phone.post({"do": "join", "pass": theirs}, Origin="https://elsewhere.example")
    assert response.status_code == 403
    phone.get()  # an old phone that was here before sends its cookie along, and no origin
    assert phone.post({"do": "join", "pass": theirs, "guard": "0" * 32}).status_code == 403
    new = Phone(panel)  # one that was never here gets no cookie at all
    new.post({"do": "join", "pass": theirs})
    assert f"vp-{panel.code}" not in new.client.cookies


def test_another_site_cannot_send_an_idea_or_a_vote(asked) -> None:
    phone = Phone(asked)
    form = phone.come_in().page.entry()
    for sent, headers in (
        (form | {"text": "x", "guard": "0" * 32}, {}),
        (form | {"text": "x"} | {"guard": ""}, {}),
        (form | {"text": "x"}, {"Origin": "https://elsewhere.example"}),
        (form | {"text": "x"}, {"Referer": "https://elsewhere.example/page"}),
    ):
        assert phone.post(sent, **headers).status_code == 403
    assert not Idea.objects.exists()


def test_a_form_whose_guard_is_old_comes_back_with_the_words(asked) -> None:
    phone = Phone(asked)
    form = phone.come_in().page.entry()
    response = phone.post(form | {"text": "mine ord", "guard": "f" * 32})
    assert "mine ord" in response.page.html
    assert "Your words are still here" in response.page.text
    phone.post(response.page.entry() | {"text": "mine ord"})
    assert Idea.objects.count() == 1


def test_words_are_shown_again_to_a_phone_that_lost_its_pass(asked) -> None:
    phone = Phone(asked)
    form = phone.come_in().page.entry()
    phone.client.cookies.clear()
    response = phone.post(form | {"text": "mine ord"})
    assert response.status_code == 403
    assert "mine ord" in response.page.text
    assert not Idea.objects.exists()


def test_a_pass_somebody_made_up_lets_nobody_vote(voting) -> None:
    panel, opening = voting
    phone = Phone(panel)
    phone.client.cookies[f"vp-{panel.code}"] = str(Pass.new())
    assert "Come in" in phone.get().page.text
    sent = {"do": "vote", "opening": opening.pk, "theme": opening.themes[0]}
    phone.post(sent | {"pass": str(Pass.new())})
    assert not OpenBallot.objects.exists()


# --- a phone without cookies -----------------------------------------------------------------


def test_a_phone_without_cookies_does_everything(asked) -> None:
    panel = asked
    phone = Phone(panel, cookies=False)
    response = phone.come_in()
    assert "Your idea" in response.page.text
    response = phone.post(response.page.entry() | {"text": "Tid"})
    assert "Your idea has been received" in response.page.text
    close(panel.openings.get())
    opening = open_vote(panel, vote_of(panel.meeting))
    stand_at(panel, "vote")
    moves = [one for one in response.page.forms if one.get("class") == "move"]
    response = phone.post(moves[0]["fields"] | moves[0]["buttons"])
    response = phone.post(response.page.entry() | {"theme": opening.themes[:2]})
    assert "Your vote has been received" in response.page.text
    change = next(one for one in response.page.forms if one["buttons"].get("do") == "change")
    response = phone.post(change["fields"] | change["buttons"])
    response = phone.post(response.page.entry() | {"theme": opening.themes[2:3]})
    assert OpenBallot.objects.get().marks == {opening.themes[2]: 1}
    assert Token.objects.count() == 1


def test_a_phone_without_cookies_moves_by_buttons_that_post_and_gets_no_cookie(asked) -> None:
    phone = Phone(asked, cookies=False)
    form = phone.get().page.entry()
    response = phone.client.post(phone.at, form)
    assert f"vp-{asked.code}" not in response.cookies
    page = Page(response.content.decode())
    assert page.forms
    assert {one["method"] for one in page.forms} == {"post"}
    assert all(one["fields"]["pass"] == form["pass"] for one in page.forms)
    secret = form["pass"].split(".")[1]
    assert not [one for one in page.named("a") if secret in one["href"]]
    assert not [one for one in page.forms if secret in one["action"]]
    assert "http-equiv" not in page.html, "loading the page anew would lose the pass"


def test_the_language_of_a_phone_without_cookies_travels_along(asked) -> None:
    phone = Phone(asked, cookies=False, language="xx")
    response = phone.come_in()
    assert "Din idé" in response.page.text
    speak = next(one for one in response.page.forms if "speak" in one["buttons"])
    response = phone.post(speak["fields"] | speak["buttons"])
    assert "Your idea" in response.page.text
    response = phone.post(response.page.entry() | {"text": "Tid"})
    assert "Your idea has been received" in response.page.text


# --- ideas -----------------------------------------------------------------------------------


def test_an_idea_is_sent_and_listed_as_ones_own(asked) -> None:
    phone = Phone(asked)
    response = phone.post(phone.come_in().page.entry() | {"text": "Ensomhed <b>i</b> skolen"})
    assert "Your idea has been received" in response.page.text
    assert "Ensomhed &lt;b&gt;i&lt;/b&gt; skolen" in response.page.html
    assert response.page.entry()["slot"] == "1"


def test_others_do_not_see_ideas_until_they_are_revealed(asked) -> None:
    writer, reader = Phone(asked), Phone(asked)
    writer.post(writer.come_in().page.entry() | {"text": "en hemmelighed"})
    assert "en hemmelighed" not in reader.come_in().page.text
    stand_at(asked, "ideas", revealed=True)
    assert "en hemmelighed" in reader.get().page.text
    Idea.objects.update(state=Idea.State.REMOVED)
    bump(asked)
    assert "en hemmelighed" not in reader.get().page.text


def test_many_ideas_are_shown_some_at_a_time(asked) -> None:
    question = question_of(asked.meeting)
    Idea.objects.bulk_create(
        Idea(panel=asked, question=question, text=f"nr. {n}") for n in range(90)
    )
    stand_at(asked, "ideas", revealed=True)
    phone = Phone(asked)
    phone.come_in()
    seen = []
    for first in ("0", "40", "80"):
        seen += re.findall(r"nr\. \d+", phone.get(f"{phone.at}?from={first}").page.text)
    assert len(set(seen)) == len(seen) == 90


def test_a_long_idea_comes_back_whole_with_a_sentence(asked) -> None:
    phone = Phone(asked)
    text = "æ" * 281
    response = phone.post(phone.come_in().page.entry() | {"text": text})
    assert response.status_code == 422
    assert "It may have 280 characters, and it has 281." in response.page.text
    assert text in response.page.html
    field = response.page.named("textarea")[0]
    assert "problem" in field["aria-describedby"].split()
    assert field["aria-invalid"] == "true"
    assert not Idea.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "\x00\u202e"])
def test_an_empty_idea_is_told(asked, text) -> None:
    phone = Phone(asked)
    response = phone.post(phone.come_in().page.entry() | {"text": text})
    assert response.status_code == 422
    assert "no words yet" in response.page.text


def test_a_hundred_thousand_characters_are_a_clear_page(asked) -> None:
    phone = Phone(asked)
    response = phone.post(phone.come_in().page.entry() | {"text": "ord " * 25_000})
    assert response.status_code == 422
    assert len(response.content) < 30_000


def test_the_last_idea_takes_the_form_away() -> None:
    panel = panel_of(small_meeting(ideas_each=1))
    open_question(panel, question_of(panel.meeting))
    stand_at(panel, "ideas")
    phone = Phone(panel)
    form = phone.come_in().page.entry()
    response = phone.post(form | {"text": "en"})
    assert "You have sent all the ideas you can here" in response.page.text
    assert not response.page.named("textarea")
    response = phone.post(form | {"text": "to"})
    assert response.status_code == 409
    assert "to" in response.page.text
    assert "This one was not sent" in response.page.text
    assert Idea.objects.count() == 1


def test_an_idea_that_comes_too_late_is_shown_again_and_not_counted(asked) -> None:
    phone = Phone(asked)
    form = phone.come_in().page.entry()
    close(asked.openings.get())
    response = phone.post(form | {"text": "for sent"})
    assert response.status_code == 409
    assert "What you sent came too late" in response.page.text
    assert "for sent" in response.page.text
    assert not Idea.objects.exists()


def test_the_page_warns_of_names_and_of_personal_cases(asked) -> None:
    text = Phone(asked, language="da").come_in().page.text
    assert "Skriv ikke navne" in text
    assert "Panelet kan ikke tage enkeltsager" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": "held"}, "It is read before it is shown"),
        ({"state": "removed", "reason": "Et navn"}, "Et navn"),
        ({"state": "personal_case"}, "about one person's case"),
        ({"redacted": True, "text": ""}, "The words were taken out"),
    ],
)
def test_ones_own_idea_says_what_became_of_it(asked, change, said) -> None:
    phone = Phone(asked)
    phone.post(phone.come_in().page.entry() | {"text": "Min idé"})
    Idea.objects.update(**change)
    assert said in phone.get().page.text


# --- votes -----------------------------------------------------------------------------------


def test_a_vote_gets_a_receipt_with_what_was_sent(voting) -> None:
    panel, opening = voting
    phone = Phone(panel, language="da")
    response = phone.post(phone.come_in().page.entry() | {"theme": opening.themes[1:3]})
    assert "Din stemme er modtaget" in response.page.text
    assert "Fattigdom" in response.page.text
    assert "Overgange" in response.page.text
    assert "Ensomhed" not in response.page.text
    assert "Ret min stemme" in response.page.text
    assert "Din stemme er modtaget" in phone.get().page.text, "a locked phone comes back to it"


def test_a_vote_is_changed_from_what_was_sent(voting) -> None:
    panel, opening = voting
    phone = Phone(panel)
    phone.post(phone.come_in().page.entry() | {"theme": opening.themes[:1]})
    response = phone.get(f"{phone.at}?do=change")
    checked = [one["value"] for one in response.page.named("input") if "checked" in one]
    assert checked == opening.themes[:1]
    phone.post(response.page.entry() | {"theme": opening.themes[3:]})
    assert OpenBallot.objects.get().marks == {opening.themes[3]: 1}


def test_where_votes_stand_the_page_says_so_before_and_after() -> None:
    panel = panel_of(small_meeting(may_change=False))
    opening = open_vote(panel, vote_of(panel.meeting))
    stand_at(panel, "vote")
    phone = Phone(panel)
    response = phone.come_in()
    assert "You cannot change your vote afterwards" in response.page.text
    form = response.page.entry()
    response = phone.post(form | {"theme": opening.themes[:1]})
    assert "Your vote counts as it stands here" in response.page.text
    assert "Change my vote" not in response.page.text
    assert not phone.get(f"{phone.at}?do=change").page.named("fieldset")
    response = phone.post(form | {"theme": opening.themes[1:2]})
    assert response.status_code == 409
    assert "Your first vote counts" in response.page.text
    assert "Loneliness" in response.page.text


def test_too_many_crosses_come_back_with_a_sentence_and_the_crosses(voting) -> None:
    panel, opening = voting
    phone = Phone(panel)
    response = phone.post(phone.come_in().page.entry() | {"theme": opening.themes})
    assert response.status_code == 422
    assert "You have set too many crosses. You may set 3." in response.page.text
    checked = [one["value"] for one in response.page.named("input") if "checked" in one]
    assert checked == opening.themes
    assert "problem" in response.page.named("fieldset")[0]["aria-describedby"].split()
    assert not OpenBallot.objects.exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "You have chosen nothing yet"),
        ({"blank": "1", "theme": 0}, "Keep one of the two"),
        ({"theme": "somebody's own"}, "could not be read"),
    ],
)
def test_a_ballot_that_says_nothing_or_two_things_comes_back(voting, sent, said) -> None:
    panel, opening = voting
    if sent.get("theme") == 0:
        sent = sent | {"theme": opening.themes[0]}
    phone = Phone(panel)
    response = phone.post(phone.come_in().page.entry() | sent)
    assert response.status_code == 422
    assert said in response.page.text
    assert not OpenBallot.objects.exists()


def test_a_blank_vote_is_a_vote(voting) -> None:
    panel, _ = voting
    phone = Phone(panel)
    response = phone.post(phone.come_in().page.entry() | {"blank": "1"})
    assert "You voted blank" in response.page.text
    assert OpenBallot.objects.get().marks == {}


@pytest.mark.parametrize(("choices", "tag"), [(5, "select"), (12, "input")])
def test_dots_are_given_in_fields(choices, tag) -> None:
    panel = panel_of(small_meeting(rule="dots", choices=choices))
    opening = open_vote(panel, vote_of(panel.meeting))
    stand_at(panel, "vote")
    phone = Phone(panel)
    response = phone.come_in()
    keys = [f"dots-{theme}" for theme in opening.themes]
    names = [one.get("name") for one in response.page.named(tag)]
    assert [name for name in names if name in keys] == keys
    form = {
        name: value for name, value in response.page.entry().items() if not name.startswith("dots")
    }
    response = phone.post(form | {keys[0]: str(choices), keys[1]: "1"})
    assert response.status_code == 422
    assert f"You have {choices} dots" in response.page.text
    response = phone.post(form | {keys[0]: "3", keys[1]: "", keys[3]: "2"})
    assert "Loneliness: 3" in response.page.text
    assert OpenBallot.objects.get().marks == {opening.themes[0]: 3, opening.themes[3]: 2}
    assert phone.post(form | {keys[0]: "-1"}).status_code == 422
    assert phone.post(form | {keys[0]: "many"}).status_code == 422


def test_a_vote_that_comes_too_late_is_shown_again_and_not_counted(voting) -> None:
    panel, opening = voting
    phone = Phone(panel)
    form = phone.come_in().page.entry()
    totals = close(opening)
    response = phone.post(form | {"theme": opening.themes[:1]})
    assert response.status_code == 409
    assert "Loneliness" in response.page.text
    assert totals["voted"] == 0
    assert not OpenBallot.objects.exists()


def test_a_form_of_an_earlier_round_is_too_late(voting) -> None:
    panel, opening = voting
    phone = Phone(panel)
    form = phone.come_in().page.entry()
    close(opening)
    open_vote(panel, vote_of(panel.meeting))
    assert phone.post(form | {"theme": opening.themes[:1]}).status_code == 409
    assert not OpenBallot.objects.exists()


# --- where the meeting is ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("welcome", "You are in"),
        ("ideas", "Soon you can write your ideas here"),
        ("grouping", "Ideas become themes"),
        ("vote", "Soon you can vote"),
        ("result", "The result comes soon"),
    ],
)
def test_waiting_pages_load_themselves_anew_only_without_scripts(panel, kind, said) -> None:
    stand_at(panel, kind)
    response = Phone(panel).come_in()
    assert said in response.page.text
    assert '<noscript><meta http-equiv="refresh"' in response.page.html


def test_no_page_with_a_form_is_ever_loaded_anew(voting, asked) -> None:
    for panel in (voting[0], asked):
        phone = Phone(panel)
        assert "http-equiv" not in phone.get().page.html
        assert "http-equiv" not in phone.come_in().page.html


def test_themes_are_shown_when_they_are_revealed(panel) -> None:
    stand_at(panel, "grouping")
    phone = Phone(panel)
    assert "Loneliness" not in phone.come_in().page.text
    stand_at(panel, "grouping", revealed=True)
    assert "Om ensomhed." in phone.get().page.text


def held_vote(panel, ballots):
    """Hold a vote whose ballots are numbers of themes."""
    opening = open_vote(panel, vote_of(panel.meeting))
    for ballot, mine in zip(ballots, phones(len(ballots)), strict=True):
        token = admit(panel, mine.key, mine.secret)
        cast(opening, token, mine.secret, {opening.themes[n]: 1 for n in ballot})
    close(opening)
    return opening


def test_a_result_is_shown_when_it_is_revealed_with_counts_and_ties(panel) -> None:
    held_vote(panel, [(0, 1), (0, 1), (0, 2), (0, 3), (0,), ()])
    stand_at(panel, "result")
    phone = Phone(panel)
    assert "Loneliness" not in phone.come_in().page.text
    stand_at(panel, "result", revealed=True)
    text = phone.get().page.text
    assert "6 people voted. 1 of them voted blank." in text
    assert re.search(r"1\. Loneliness 5 votes Chosen 2\. Poverty 2 votes Chosen", text)
    assert text.count("Tied for the last place") == 2


def test_with_few_voters_neither_numbers_nor_order_are_shown(panel) -> None:
    held_vote(panel, [(3,), (3,), (2, 3), (2,)])
    stand_at(panel, "result", revealed=True)
    text = Phone(panel).come_in().page.text
    assert "no numbers and no order are shown" in text
    assert not re.search(r"\d votes?", text)
    assert text.index("Transitions") < text.index("Trust"), "in the order of the ballot"


def test_the_theme_just_under_says_by_how_much_and_paper_counts(panel) -> None:
    opening = held_vote(panel, [(0, 1, 2)] * 4 + [(0, 1, 3)])
    batch = Batch.objects.create(panel=panel, opening=opening, kind="ballots", counted=True)
    for n, theme in enumerate((0, 2)):
        PaperBallot.objects.create(batch=batch, number=n, marks={opening.themes[theme]: 1})
    stand_at(panel, "result", revealed=True)
    text = Phone(panel).come_in().page.text
    assert "7 people voted." in text
    assert re.search(r"1\. Loneliness 6 votes", text)
    assert re.search(r"4\. Trust 1 vote Just under: 4 votes short", text)


def test_the_end_takes_the_pass_from_the_phone(panel) -> None:
    phone = Phone(panel)
    phone.come_in()
    stand_at(panel, "end")
    response = phone.get()
    assert "Thank you for today" in response.page.text
    assert response.cookies[f"vp-{panel.code}"]["max-age"] == 0
    assert "Thank you for today" in Phone(panel).get().page.text


def test_ones_place_is_the_same_after_the_phone_was_away(asked) -> None:
    phone = Phone(asked)
    phone.post(phone.come_in().page.entry() | {"text": "Tid"})
    forget()
    response = phone.get()
    assert "You have sent 1 idea" in response.page.text
    assert response.page.entry()["slot"] == "1"


# --- news --------------------------------------------------------------------------------------


def test_who_has_the_newest_version_gets_an_empty_answer(panel) -> None:
    phone = Phone(panel)
    first = phone.client.get(f"{phone.at}v")
    assert first.content.decode() == str(panel.version)
    held = {"If-None-Match": first["ETag"]}
    assert phone.client.get(f"{phone.at}v", headers=held).status_code == 304
    bump(panel)
    assert phone.client.get(f"{phone.at}v", headers=held).status_code == 200


def test_asking_for_news_costs_no_query_and_sets_no_cookie(
    panel, django_assert_num_queries
) -> None:
    phone = Phone(panel)
    phone.client.get(f"{phone.at}v")
    with django_assert_num_queries(0):
        response = phone.client.get(f"{phone.at}v")
    assert not response.cookies


def test_news_of_no_panel_are_a_clear_answer(panel) -> None:
    assert Client().get("/m/NOPE99/v").status_code == 404


def test_a_part_of_the_page_is_only_what_changes(panel) -> None:
    phone = Phone(panel)
    phone.come_in()
    part = phone.get(f"{phone.at}?part=1")
    assert "You are in" in part.page.text
    assert not part.page.named("html")
    assert len(part.content) < 1000


# --- size, speed and manners -------------------------------------------------------------------


def long_meeting() -> Any:
    """Give a panel that votes on the fifteen themes of a published list, with descriptions."""
    panel = panel_of(small_meeting())
    phase = panel.meeting.phases.get()
    for n in range(11):
        Theme.objects.create(
            meeting=panel.meeting,
            phase=phase,
            position=10 + n,
            title_da=f"Overgangen fra barn til voksen {n}",
            description_da="Et liv med mange skift og for lidt hjælp, når det gælder. " * 4,
        )
    open_vote(panel, vote_of(panel.meeting))
    stand_at(panel, "vote")
    return panel


def test_page_style_and_script_are_under_thirty_kilobytes() -> None:
    """Not compressed, and with the longest page there is but for ideas shown to all."""
    phone = Phone(long_meeting(), cookies=False)
    page = phone.come_in()
    sizes = [len(page.content), *(len(file(f"phone.{kind}")) for kind in ("css", "js"))]
    assert sum(sizes) <= 30_000, sizes
    assert sizes[2] < 3_000


def test_a_page_asks_for_one_style_and_one_script_and_has_none_inside(asked) -> None:
    page = Phone(asked).come_in().page
    assert [one.get("rel") for one in page.named("link")] == ["stylesheet"]
    assert [one["src"] for one in page.named("script")] == ["/static/phone.js"]
    assert "<style" not in page.html
    assert not [given for _, given in page.tags if "style" in given]
    assert not [name for _, given in page.tags for name in given if name.startswith("on")]


def file(name: str) -> bytes:
    """Give a file that is served beside the pages."""
    return Path(finders.find(name)).read_bytes()


def test_script_and_style_are_such_as_ten_year_old_phones_read() -> None:
    script = file("phone.js").decode("ascii")
    for new in ("=>", "let ", "const ", "`", "fetch(", "async ", "?.", "??", "class "):
        assert new not in script, new
    style = file("phone.css").decode("ascii")
    for new in ("var(", "display: grid", "gap:", "clamp(", ":is(", "inset"):
        assert new not in style, new


def test_pages_are_not_kept_by_the_phone_and_name_no_session(asked) -> None:
    phone = Phone(asked)
    phone.come_in()
    response = phone.get()
    assert response["Cache-Control"] == "no-store"
    assert set(phone.client.cookies) == {
        django_settings.LANGUAGE_COOKIE_NAME,
        "vp",
        f"vp-{asked.code}",
    }


def test_a_page_costs_two_queries(voting, asked, django_assert_num_queries) -> None:
    for panel in (voting[0], asked):
        phone = Phone(panel)
        phone.come_in()
        phone.get()
        with django_assert_num_queries(2):  # the token, and one's own ballot or ideas
            phone.get()


def test_a_vote_costs_five_queries(voting, django_assert_num_queries) -> None:
    panel, opening = voting
    phone = Phone(panel)
    form = phone.come_in().page.entry() | {"theme": opening.themes[:1]}
    with django_assert_num_queries(5):  # begin, hold, take, write, end
        phone.client.post(phone.at, form)


def test_an_idea_costs_seven_queries(asked, django_assert_num_queries) -> None:
    phone = Phone(asked)
    form = phone.come_in().page.entry() | {"text": "Tid"}
    with django_assert_num_queries(7):  # begin, hold, take, earlier ones, idea, claim, end
        phone.client.post(phone.at, form)


def secret_of(phone: Phone) -> str:
    return phone.mine.secret


def test_the_secret_stands_on_no_page_of_a_phone_with_cookies(asked) -> None:
    phone = Phone(asked)
    response = phone.come_in()
    assert secret_of(phone) not in response.page.html
    assert secret_of(phone) not in phone.get(f"{phone.at}kept").page.html


@pytest.mark.parametrize("language", ["da", "en"])
def test_what_is_kept_is_told_in_one_screen(panel, language) -> None:
    text = Phone(panel, language=language).get(f"/m/{panel.code}/kept").page.text
    told = {
        "da": ("Mens en afstemning er åben", "ser hjælperen din stemme", "Hvad gemmes?"),
        "en": ("While a vote is open", "the helper sees your vote", "What is kept?"),
    }
    for words in told[language]:
        assert words in text
    assert len(text.split()) < 220
    assert Phone(panel, language=language).get("/kept").status_code == 200


def test_every_page_can_be_had_in_the_other_language(panel) -> None:
    phone = Phone(panel, language="da")
    phone.come_in()
    for path in ("/", "/kept", phone.at, f"{phone.at}kept"):
        page = phone.get(path).page
        speak = next(one for one in page.forms if "speak" in one["buttons"])
        assert speak["action"] == path
        assert speak["buttons"]["speak"] == "en"
        assert [one["lang"] for one in page.named("html")] == ["da"]
    response = phone.get(f"{phone.at}?speak=en")
    assert "You are in" in response.page.text
    assert "You are in" in phone.get().page.text, "the choice is remembered"


def test_without_a_choice_the_language_is_that_of_the_meeting(panel) -> None:
    assert "Velkommen" in Page(Client().get(f"/m/{panel.code}/").content.decode()).text
    panel.meeting.language = "en"
    panel.meeting.save()
    forget()
    assert "Welcome" in Page(Client().get(f"/m/{panel.code}/").content.decode()).text


def test_theme_ids_are_the_values_of_the_crosses(voting) -> None:
    panel, _ = voting
    page = Phone(panel).come_in().page
    crosses = [one["value"] for one in page.named("input") if one.get("name") == "theme"]
    assert crosses == theme_ids(panel.meeting)


ASKED: dict[str, Callable[[Client, str], Any]] = {
    "get": lambda client, path: client.get(path),
    "post": lambda client, path: client.post(path, {"do": "vote", "opening": "x" * 50}),
    "put": lambda client, path: client.put(path),
}


ODD = ("AB\x00", "%F0%9F%99%82", "..", "A" * 3000)
PATHS = ["/", "/kept", *(f"/m/{{}}/{end}" for end in ("", "kept", "v", "AB\x00/", "%E2%80%AE/"))]
PATHS += [f"/m/{code}/{end}" for code in ODD for end in ("", "v", "kept")]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("how", ASKED)
def test_nothing_is_answered_with_a_fault(voting, path, how) -> None:
    response = ASKED[how](Client(), path.format(voting[0].code))
    assert response.status_code < 500
