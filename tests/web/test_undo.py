"""Undoing: the very state before, also of what others did, and never over what rests on it."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
from tests.web.panels import vote_of
from tests.web.table_twin import Twin
from tests.web.tables import TEXTS, a_table, bo, carla, idea, lies, seen, theme

from vendepunkt.convene import Words
from vendepunkt.terms import RefusedError
from vendepunkt.web.record import erase, verify
from vendepunkt.web.room import grouping, moderation
from vendepunkt.web.room.edits import thing
from vendepunkt.web.room.models import Action, Idea, Theme
from vendepunkt.web.room.openings import open_vote
from vendepunkt.web.room.undo import BlockedError, history, last_to_undo, resting_on, undo

pytestmark = pytest.mark.django_db


class Player:
    """Does the same commands on the table and on its twin."""

    def __init__(self, seed: int) -> None:
        self.lot = random.Random(seed)
        self.board = a_table()
        start = lies(self.board)
        laid = [t | {"at": at, "gone": False} for at, t in enumerate(start["themes"])]
        self.start = Twin(copy.deepcopy(laid), dict(start["ideas"]))
        self.themes = {t.title_da: t for t in self.board.themes()}
        self.done: list[tuple[Action, tuple[Any, ...]]] = []
        self.undone: set[int] = set()

    def twin(self) -> Twin:
        """Do everything that stands once more, from the beginning."""
        twin = copy.deepcopy(self.start)
        for action, command in self.done:
            if action.pk not in self.undone:
                twin.do(command)
        return twin

    def there(self) -> list[str]:
        """Give the names, as first given, of themes that are there."""
        keys = {t.pk for t in self.board.themes()}
        return [name for name, t in self.themes.items() if t.pk in keys]

    def pick(self, state: str = "shown", folded: bool = False) -> list[int]:
        rows = {i.text: i for i in self.board.ideas()}
        return [
            at
            for at, text in enumerate(TEXTS)
            if rows[text].state == state and (rows[text].same_as_id is not None) == folded
        ]

    def step(self) -> None:
        """Do one command by lot, by one of two people."""
        kind = self.lot.choice(KINDS)
        last = Action.objects.last()
        command = getattr(self, f"do_{kind}")(self.lot.choice([bo(), carla()]))
        action = Action.objects.last()
        if command is not None and action is not None and action != last:
            self.done.append((action, command))

    def some(self, among: list[int]) -> list[int]:
        return sorted(self.lot.sample(among, self.lot.randint(1, min(3, len(among)))))

    def do_place(self, who: Any) -> Any:
        among, names = self.pick(), self.there()
        if not among or not names:
            return None
        chosen, name = self.some(among), self.lot.choice(names)
        grouping.place(self.board, who, seen(self.board, *chosen), str(self.themes[name].pk))
        return ("place", [TEXTS[at] for at in chosen], name)

    def do_unplace(self, who: Any) -> Any:
        if not (among := self.pick()):
            return None
        chosen = self.some(among)
        grouping.unplace(self.board, who, seen(self.board, *chosen))
        return ("unplace", [TEXTS[at] for at in chosen])

    def do_fold(self, who: Any) -> Any:
        if len(among := self.pick()) < 2:
            return None
        chosen = self.lot.sample(among, 2)
        head = idea(self.board, chosen[0])
        grouping.fold(self.board, who, seen(self.board, *chosen), head_key=str(head.pk))
        return ("fold", [TEXTS[at] for at in chosen], head.text)

    def do_unfold(self, who: Any) -> Any:
        if not (among := self.pick(folded=True)):
            return None
        row = idea(self.board, self.lot.choice(among))
        grouping.unfold(self.board, who, str(row.pk))
        return ("unfold", row.text)

    def do_new(self, who: Any) -> Any:
        chosen = self.some(self.pick()) if self.pick() and self.lot.random() < 0.5 else []
        name = f"N{len(self.themes)}"
        made = grouping.new_theme(self.board, who, Words(da=name), seen(self.board, *chosen))
        self.themes[name] = made
        return ("new_theme", name, [TEXTS[at] for at in chosen])

    def do_describe(self, who: Any) -> Any:
        if not (names := self.there()):
            return None
        name, title = self.lot.choice(names), f"T{self.lot.random()}"
        row = Theme.objects.get(pk=self.themes[name].pk)
        grouping.describe(
            self.board, who, str(row.pk), row.version, Words(da=title), Words(da="ord")
        )
        return ("describe", name, title, "ord")

    def do_split(self, who: Any) -> Any:
        names = self.there()
        old = self.lot.choice(names) if names else None
        key = self.themes[old].pk if old else None
        among = [at for at in self.pick() if self._under(at) == key] if old else []
        if not among:
            return None
        chosen, name = self.some(among), f"N{len(self.themes)}"
        self.themes[name] = grouping.split(
            self.board, who, str(key), seen(self.board, *chosen), Words(da=name)
        )
        return ("split", [TEXTS[at] for at in chosen], name, self._places())

    def _places(self) -> dict[str, int]:
        """Give the places that the themes of the table have now."""
        keys = {t.pk: t.position for t in self.board.themes()}
        return {name: keys[t.pk] for name, t in self.themes.items() if t.pk in keys}

    def _under(self, at: int) -> Any:
        placed = self.board.card(idea(self.board, at)).placement
        return placed.theme_id if placed else None

    def do_merge(self, who: Any) -> Any:
        if len(names := self.there()) < 2:
            return None
        name, into = self.lot.sample(names, 2)
        row = Theme.objects.get(pk=self.themes[name].pk)
        grouping.merge(self.board, who, str(row.pk), str(self.themes[into].pk), row.version)
        return ("merge", name, into)

    def do_remove(self, who: Any) -> Any:
        if not (names := self.there()):
            return None
        row = Theme.objects.get(pk=self.themes[name := self.lot.choice(names)].pk)
        grouping.remove(self.board, who, str(row.pk), row.version)
        return ("remove", name)

    def do_order(self, who: Any) -> Any:
        if not (names := self.there()):
            return None
        name, by = self.lot.choice(names), self.lot.choice([-1, 1])
        keys = [t.pk for t in self.board.themes()]
        key = self.themes[name].pk
        grouping.order(self.board, who, str(key), by, keys.index(key))
        return ("order", self._places())

    def do_cite(self, who: Any) -> Any:
        if not (names := self.there()):
            return None
        name, row = self.lot.choice(names), idea(self.board, self.lot.randrange(len(TEXTS)))
        there = self.lot.random() < 0.7
        grouping.cite(self.board, who, str(self.themes[name].pk), row, there=there)
        return ("cite", name, row.text, there)

    def do_carry(self, who: Any) -> Any:
        if not (names := self.there()):
            return None
        row = Theme.objects.get(pk=self.themes[name := self.lot.choice(names)].pk)
        by, why = self.lot.choice([("Rådet", "vigtigt"), ("", "")])
        grouping.carry(self.board, who, str(row.pk), row.version, by, why)
        return ("carry", name, by, why)

    def do_ballot(self, who: Any) -> Any:
        if not (names := self.there()):
            return None
        row = Theme.objects.get(pk=self.themes[name := self.lot.choice(names)].pk)
        on = self.lot.random() < 0.5
        grouping.ballot(self.board, who, str(row.pk), row.version, on=on)
        return ("ballot", name, on)

    def do_turn(self, who: Any) -> Any:
        row = idea(self.board, self.lot.randrange(len(TEXTS)))
        stamp = [(str(row.pk), self.board.card(row).stamp)]
        state = self.lot.choice(list(Idea.State.values))
        if state == row.state:
            return None
        reason = "grund" if state == "removed" else ""
        turn = getattr(
            moderation, {"shown": "show", "held": "hold", "removed": "remove"}.get(state, state)
        )
        turn(self.board, who, stamp, *([reason] if reason else []))
        return ("turn", row.text, state, reason)

    def undo_one(self) -> None:
        """Undo, or redo, something by lot; if it is blocked, nothing may have changed."""
        before = lies(self.board)
        action = self.lot.choice(list(Action.objects.all()))
        try:
            later = self.lot.random() < 0.3
            made = undo(self.board.panel.meeting, bo(), action.pk, with_later=later)
        except RefusedError:
            assert lies(self.board) == before
            return
        if made is None:
            assert not Action.objects.get(pk=action.pk).stands
            return
        self.undone = {a.pk for a, _c in self.done if not Action.objects.get(pk=a.pk).stands}


KINDS = [name.removeprefix("do_") for name in vars(Player) if name.startswith("do_")]


@pytest.mark.parametrize(
    "seed", [*range(8), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(8, 60))]
)
def test_any_commands_and_undoings_leave_what_doing_the_rest_again_would(seed) -> None:
    player = Player(seed)
    for turn in range(40):
        player.step()
        if turn > 5 and player.lot.random() < 0.45:
            player.undo_one()
        assert lies(player.board) == player.twin().lies(), player.done[-1:]


@pytest.mark.parametrize("seed", range(100, 104))
def test_undoing_everything_backwards_gives_the_table_of_the_beginning(seed) -> None:
    player = Player(seed)
    for _turn in range(25):
        player.step()
    while line := last_to_undo(player.board.panel, player.board.phase):
        assert undo(player.board.panel.meeting, carla(), line.change.number) is not None
    assert lies(player.board) == player.start.lies()
    assert verify() == ()


def test_an_undoing_is_undone_too() -> None:
    board = a_table()
    done = grouping.place(board, bo(), seen(board, 0), str(theme(board, "Tillid").pk))
    after = lies(board)
    taken_back = undo(board.panel.meeting, carla(), done.pk)
    undo(board.panel.meeting, bo(), taken_back.pk)
    assert lies(board) == after
    assert Action.objects.get(pk=done.pk).stands


def test_undoing_twice_counts_once() -> None:
    board = a_table()
    done = grouping.place(board, bo(), seen(board, 0), str(theme(board, "Tillid").pk))
    assert undo(board.panel.meeting, bo(), done.pk) is not None
    assert undo(board.panel.meeting, bo(), done.pk) is None


def test_what_others_built_on_is_not_pulled_away() -> None:
    board = a_table()
    made = grouping.new_theme(board, bo(), Words(da="Ny"))
    first = Action.objects.get()
    grouping.place(board, carla(), seen(board, 0), str(made.pk))
    with pytest.raises(BlockedError) as caught:
        undo(board.panel.meeting, bo(), first.pk)
    assert [one.change.who for one in caught.value.later] == [carla()]
    assert resting_on(first) == caught.value.later


def test_what_rests_on_it_is_undone_with_it_where_that_is_asked_for() -> None:
    board = a_table()
    before = lies(board)
    made = grouping.new_theme(board, bo(), Words(da="Ny"))
    first = Action.objects.get()
    grouping.place(board, carla(), seen(board, 0), str(made.pk))
    grouping.fold(board, carla(), seen(board, 0, 1), str(idea(board, 0).pk))
    undo(board.panel.meeting, bo(), first.pk, with_later=True)
    assert lies(board)["themes"] == before["themes"]
    # Folding rests on neither the theme nor the placement.
    assert idea(board, 1).same_as == idea(board, 0)


def test_a_version_number_never_comes_twice() -> None:
    board = a_table()
    one = theme(board, "Tillid")
    done = grouping.describe(board, bo(), str(one.pk), 1, Words(da="Mistillid"), Words())
    undo(board.panel.meeting, bo(), done.pk)
    one.refresh_from_db()
    assert (one.title_da, one.version) == ("Tillid", 3)


def test_what_was_erased_cannot_be_brought_back() -> None:
    board = a_table()
    one = theme(board, "Tillid")
    done = grouping.describe(board, bo(), str(one.pk), 1, Words(da="Hans Hansen"), Words())
    erase(thing(one))
    with pytest.raises(RefusedError) as caught:
        undo(board.panel.meeting, bo(), done.pk)
    assert caught.value.code == "undo_erased"
    assert history(board.panel.meeting)[0].may_undo is False


def test_nothing_that_is_voted_on_is_undone() -> None:
    board = a_table()
    made = grouping.new_theme(board, bo(), Words(da="Ny"))
    open_vote(board.panel, vote_of(board.panel.meeting))
    with pytest.raises(RefusedError) as caught:
        undo(board.panel.meeting, bo(), Action.objects.get().pk)
    assert caught.value.code == "vote_open"
    assert made in board.themes()


def test_the_history_says_who_did_what_last_first() -> None:
    board = a_table()
    grouping.place(board, bo(), seen(board, 0, 1), str(theme(board, "Tillid").pk))
    grouping.unplace(board, carla(), seen(board, 1))
    lines = history(board.panel.meeting, board.panel, board.phase)
    assert [(line.change.what, str(line.change.who)) for line in lines] == [
        ("idea.unplaced", "Carla"),
        ("idea.placed", "Bo"),
    ]
    assert lines[1].said == {"theme": str(theme(board, "Tillid").pk), "n": 2}
