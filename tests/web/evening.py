"""A whole meeting, stop by stop, with every page that somebody can have before them at each.

Used by tests that look at all pages: in a browser, with a marked language, with hostile input.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from tests.web.panels import small_meeting, vote_of

from vendepunkt.web.people.models import Person
from vendepunkt.web.room import clock, grouping, moderation, notes, rehearsing, steps, typing_in
from vendepunkt.web.room.admission import admit
from vendepunkt.web.room.board import Board
from vendepunkt.web.room.models import Group, Idea, Opening, Panel, Question, Theme
from vendepunkt.web.room.phone.place import places
from vendepunkt.web.room.secrets import Pass
from vendepunkt.web.room.sending import cast, send_idea
from vendepunkt.web.room.versions import bump

#: Ideas in both languages; the second is long and has no place to break a line in.
IDEAS = {
    "da": ("Man føler sig alene", "Pengene rækker ikke", "Skoleskift", "Min egen sag", "Skam"),
    "en": ("One feels alone", "The money is too little", "Moving school", "My own case", "Shame"),
}


@dataclass(frozen=True)
class Page:
    """A page: what it is called, where it is, and whose browser sees it.

    ``who`` is ``nobody``, ``phone`` (has come in), ``voter`` (has voted too), or a role.
    """

    name: str
    url: str
    who: str


class Evening:
    """A meeting of two panels and one life phase that is walked from its first step to its last."""

    def __init__(self, people: dict[str, Person], language: str) -> None:
        self.people, self.language = people, language
        self.owner, self.bo = people["owner"], people["facilitator"]
        self.meeting = small_meeting(language=language, invented=True)
        panels = self.meeting.panels.select_related("meeting")
        self.panel, self.other = panels.get(key="users"), panels.get(key="local")
        self.phase = self.meeting.phases.get()
        self.group = Group.objects.create(panel=self.panel, name="Bord 1")
        self.mine, self.voter = Pass.new(), Pass.new()

    def passes(self) -> dict[str, Pass]:
        """Give the passes of the two phones; both write, one of them votes."""
        return {"phone": self.mine, "voter": self.voter}

    def stops(self) -> Iterator[tuple[str, list[Page]]]:
        """Walk the meeting, and give at each stop the pages that are other than before."""
        yield "begin", [*self._accounts(), *self._preparing()]
        yield "welcome", [*self._phones("door", "nobody"), *self._leading()]
        for mine in self.passes().values():
            admit(self.panel, mine.key, mine.secret)
        yield "inside", self._phones("place")
        yield from self._ideas()
        yield from self._grouping()
        yield from self._voting()
        yield from self._result()
        self._go("end")
        yield "end", [*self._phones("place"), *self._leading()]

    def _ideas(self) -> Iterator[tuple[str, list[Page]]]:
        self._go("ideas")
        yield "ideas", [*self._phones("place"), *self._leading(), *self._paper()]
        clock.start(self.panel, 12, self.bo)
        steps.count_present(self.panel, 31, self.bo)
        (opening,) = steps.openings_now(self.panel)
        for at, text in enumerate(IDEAS[self.language]):
            token = admit(self.panel, self.mine.key, self.mine.secret)
            send_idea(opening, token, self.mine.secret, at, text)
        rehearsing.invented_answers(self.other, self.owner)
        rehearsing.invented_answers(self.panel, self.owner)
        board = Board(self.panel, self.phase)
        found = {one.text: one for one in board.ideas()}
        _, money, _, own, shame = (found[text] for text in IDEAS[self.language])
        for idea, turn in ((own, moderation.personal_case), (shame, moderation.hold)):
            turn(board, self.bo, [(str(idea.pk), board.card(idea).stamp)])
        stamp = board.card(money).stamp
        moderation.redact(board, self.bo, str(money.pk), stamp, "et navn")
        batch = typing_in.new_batch(opening, self.people["note_taker"], helper=False)
        typing_in.add_ideas(batch, ["En seddel"], uuid.uuid4().hex)
        slips = [self._room("a pile of slips", "pile", batch.pk, who="note_taker")]
        more = [*self._phones("place"), *self._leading(), *self._paper()]
        yield "written", [*more, *slips, self._room("the queue", "queue")]
        steps.reveal(self.panel, self.bo, shown=True)
        yield "ideas shown", [*self._phones("place"), *self._leading()]

    def _grouping(self) -> Iterator[tuple[str, list[Page]]]:
        for panel in (self.panel, self.other):
            self._go("grouping", panel)
        board = Board(self.panel, self.phase)
        yield "grouping", [*self._phones("place"), *self._leading(), self._table("group")]
        first, second, third, last = board.themes()
        texts = IDEAS[self.language]
        row = board.ideas().get(text=texts[0])
        erased = board.ideas().get(redacted=True)
        of_phones = board.ideas().filter(channel="phone", redacted=False)
        others = [one for one in of_phones if one.text not in texts]
        seen = [(str(one.pk), board.card(one).stamp) for one in (row, erased, *others[:4])]
        grouping.place(board, self.bo, seen, str(first.pk), "fordi")
        board = Board(self.panel, self.phase)
        twins = [(str(one.pk), board.card(one).stamp) for one in others[:2]]
        grouping.fold(board, self.bo, twins)
        grouping.carry(board, self.bo, str(third.pk), third.version, "Rådet", "vigtigt")
        grouping.ballot(board, self.bo, str(last.pk), last.version, on=False)
        note = notes.write(self.group, self.bo, self.phase, "Flere fortalte det samme.", second)
        steps.reveal(self.panel, self.bo, shown=True)
        pages = [
            self._table("group"),
            self._table("idea", row.pk),
            self._table("idea", others[0].pk),
            self._table("idea", erased.pk),
            self._table("theme", first.pk),
            self._room("history", "history"),
            self._room("notes", "notes", who="note_taker"),
            self._room("a note", "note", note.pk, who="note_taker"),
        ]
        yield "grouped", [*self._phones("place"), *self._leading(), *pages]

    def _voting(self) -> Iterator[tuple[str, list[Page]]]:
        for panel in (self.panel, self.other):
            self._go("vote", panel)
            rehearsing.invented_answers(panel, self.owner)
        (opening,) = steps.openings_now(self.panel)
        token = admit(self.panel, self.voter.key, self.voter.secret)
        cast(opening, token, self.voter.secret, dict.fromkeys(opening.themes[:2], 1))
        batch = typing_in.new_batch(opening, self.people["note_taker"], helper=False)
        typing_in.add_ballot(batch, "1 2", 1)
        typing_in.add_ballot(batch, "", 2, "to stemmer på én seddel")
        here = reverse("place", args=[self.panel.code])
        pages = [
            Page("the receipt", here, "voter"),
            Page("changing a vote", here + "?do=change", "voter"),
            self._table("group"),
            self._room("a pile of ballots", "pile", batch.pk, who="note_taker"),
            self._room("mending a ballot", "mend", batch.pk, 1, who="note_taker"),
            self._room("a second reading", "second_reading", batch.pk, who="researcher"),
        ]
        yield "vote", [*self._phones("place"), *self._leading(), *pages, *self._paper()]
        for ballot in ((1, "1 2"), (2, "")):
            typing_in.read_again(batch, ballot[1], ballot[0], self.people["researcher"])
        typing_in.count(batch, self.people["researcher"])
        steps.close_all(self.panel, self.bo)
        bump(self.panel)
        yield "vote closed", [*self._phones("place"), *self._leading()]

    def _result(self) -> Iterator[tuple[str, list[Page]]]:
        for panel in (self.panel, self.other):
            self._go("result", panel)
        yield "result to come", [*self._phones("place"), *self._leading()]
        for panel in (self.panel, self.other):
            steps.reveal(panel, self.bo, shown=True)
        names = ("results", "trail", "mapping", "release", "exports", "delete")
        after = [self._of_meeting(name, "owner") for name in names]
        more = [self._table("group"), self._of_meeting("meeting", "reader")]
        yield "result", [*self._phones("place"), *self._leading(), *after, *more]

    def _go(self, kind: str, panel: Panel | None = None) -> None:
        panel = panel or self.panel
        at = self.meeting.steps.get(kind=kind).position
        steps.go(panel, at, self.bo)
        if kind == "ideas" and panel is self.panel:
            steps.go(self.other, at, self.bo)
        places.forget(panel.code)

    def _accounts(self) -> list[Page]:
        bo = self.bo.pk
        plain = ("home", "account", "password", "second", "people", "person_new", "log")
        more = [("log_verify", ()), ("person", (bo,)), ("meetings", ()), ("new_meeting", ())]
        pages = [Page(name, reverse(name), "owner") for name in plain]
        pages += [Page(name, reverse(name, args=args), "owner") for name, args in more]
        nobody = ("sign_in", "door", "kept_anywhere", "accessibility")
        pages += [Page(name, reverse(name), "nobody") for name in nobody]
        return [
            *pages,
            Page("no such page", "/no-such-page/", "nobody"),
            Page("may not", reverse("people"), "reader"),
            Page("the list of a reader", reverse("meetings"), "reader"),
        ]

    def _preparing(self) -> list[Page]:
        slug, question = self.meeting.slug, Question.objects.get(phase=self.phase)
        rows = [
            ("panel", self.panel),
            ("phase", self.phase),
            ("question", question),
            ("group", self.group),
        ]
        edits = [
            Page(f"change a {kind}", reverse("edit", args=[slug, kind, row.pk]), "facilitator")
            for kind, row in rows
        ]
        adds = [
            Page(f"add a {kind}", reverse("add", args=[slug, kind]), "facilitator")
            for kind in ("panel", "phase")
        ]
        names = ("meeting", "prepare", "sheets", "results", "trail")
        return [*edits, *adds, *(self._of_meeting(name, "facilitator") for name in names)]

    def _phones(self, name: str, who: str = "phone") -> list[Page]:
        code = self.panel.code
        places.forget(code)
        pages = [Page(name, reverse("place", args=[code]), who)]
        return (
            [*pages, Page("kept", reverse("kept", args=[code]), who)] if who == "nobody" else pages
        )

    def _leading(self) -> list[Page]:
        screen = Page("screen", reverse("screen", args=[self.panel.screen_key]), "nobody")
        return [screen, self._room("lead", "lead")]

    def _paper(self) -> list[Page]:
        return [self._room("paper", "paper", who="note_taker")]

    def _room(self, name: str, url: str, *more: object, who: str = "facilitator") -> Page:
        return Page(name, reverse(url, args=[self.meeting.slug, self.panel.key, *more]), who)

    def _table(self, url: str, *more: object) -> Page:
        room = [self.meeting.slug, self.panel.key, self.phase.key]
        return Page(url, reverse(url, args=[*room, *more]), "facilitator")

    def _of_meeting(self, url: str, who: str) -> Page:
        return Page(url, reverse(url, args=[self.meeting.slug]), who)


def last_opening(evening: Evening) -> Opening:
    """Give the vote that was opened last."""
    return Opening.objects.filter(panel=evening.panel, vote=vote_of(evening.meeting)).last()


def everything_written(evening: Evening) -> list[str]:
    """Give all texts of people in the meeting."""
    ideas = Idea.objects.filter(panel__meeting=evening.meeting).values_list("text", flat=True)
    themes = Theme.objects.filter(meeting=evening.meeting).values_list("title_da", flat=True)
    return [*ideas, *themes]
