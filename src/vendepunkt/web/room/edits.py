"""How something is changed together with others: what was seen is checked, what was is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from django.db.models import F, Model

from vendepunkt.web.people.models import Person
from vendepunkt.web.record import changing, record
from vendepunkt.web.room.models import (
    Action,
    Cite,
    Idea,
    Meeting,
    Note,
    Panel,
    Phase,
    Placement,
    Theme,
)
from vendepunkt.web.room.versions import bump

#: Something that can be changed: ``theme:KEY``, ``idea:KEY``, ``note:KEY`` or ``cite:T:idea:I``.
Thing: TypeAlias = str

_TABLES: Final[dict[str, type[Model]]] = {"theme": Theme, "idea": Idea, "note": Note}
#: What :func:`read` gives where the thing itself is not there any more.
MISSING: Final = object()
#: Fields that do not make a new version of a theme or note.
_LIGHT: Final = frozenset({"position"})


@dataclass(frozen=True, slots=True)
class Clash:
    """One thing that somebody else changed meanwhile.

    Attributes
    ----------
    thing
        Which.
    title
        The words it is known by on the page.
    theirs
        How it stands now, in words.
    by
        Who changed it; empty where that is not known.
    """

    thing: Thing
    title: str
    theirs: str
    by: str = ""


class ConflictError(Exception):
    """What was to be changed is no longer as it was when the page was made.

    Parameters
    ----------
    clashes
        What changed meanwhile, at least one.
    """

    def __init__(self, clashes: Sequence[Clash]) -> None:
        self.clashes = tuple(clashes)
        super().__init__(len(self.clashes))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a change belongs.

    Attributes
    ----------
    meeting, panel, phase
        The meeting, and the panel and life phase where it is about one.
    """

    meeting: Meeting
    panel: Panel | None = None
    phase: Phase | None = None

    @property
    def about(self) -> str:
        """Give the key that changes without words of anybody stand under in the record."""
        parts = [self.meeting.slug]
        parts += [part.key for part in (self.panel, self.phase) if part is not None]
        return f"meeting:{'/'.join(parts)}"


@contextmanager
def alone(meeting: Meeting) -> Iterator[None]:
    """Open a transaction in which nobody else changes anything of the meeting.

    Parameters
    ----------
    meeting
        Its version is counted up, so that screens see that there is something new.
    """
    with changing():
        Meeting.objects.filter(pk=meeting.pk).update(version=F("version") + 1)
        yield


def thing(row: Theme | Idea | Note) -> Thing:
    """Give the name a row is known by in an edit and in the record."""
    return f"{type(row).__name__.lower()}:{row.pk}"


def cite_of(theme: Theme, source: Idea | Note) -> Thing:
    """Give the name of a citation."""
    return f"cite:{theme.pk}:{thing(source)}"


class Edit:
    """A change that can be undone: fields that are set, with what stood there before.

    Parameters
    ----------
    who
        Who does it.
    what
        Short name of the kind of change, as in :func:`vendepunkt.web.record.record`.
    place
        Where it belongs.
    about
        The thing it is about, where words about that thing are in it; else the place.
    undoes
        The action that is undone by it.
    """

    def __init__(
        self,
        who: Person | None,
        what: str,
        place: Place,
        *,
        about: Thing = "",
        undoes: Action | None = None,
    ) -> None:
        self.who = who
        self.what = what
        self.place = place
        self.about = about or place.about
        self.undoes = undoes
        self.said: dict[str, Any] = {}
        self._before: dict[Thing, dict[str, Any]] = {}
        self._after: dict[Thing, dict[str, Any]] = {}
        self._rests_on: set[str] = set()

    def set(self, row: Theme | Idea | Note, **values: Any) -> None:
        """Set fields of a row, and keep what stood there."""
        for field, value in values.items():
            self.put(thing(row), field, value)
        row.refresh_from_db(fields=list(values))

    def put(self, name: Thing, field: str, value: Any) -> None:
        """Set one field of a thing, and keep what stood there."""
        was = read(name, field)
        if was == value:
            # It is so already, and whoever asked for it counts on it.
            self._rests_on.add(f"{name}.{field}")
            return
        self._before.setdefault(name, {}).setdefault(field, was)
        self._after.setdefault(name, {})[field] = value
        write(name, field, value)

    def move(self, idea: Idea, theme: Theme | None, why: str = "") -> None:
        """Put an idea under a theme, or under none; the placement that stood stays on the record.

        Parameters
        ----------
        idea
            The idea.
        theme
            Where it goes.
        why
            Why, in the facilitator's words; may be empty.
        """
        stands: int | None = None
        if theme is not None:
            made = Placement(idea=idea, theme=theme, by=self.who, why=why, undone=True)
            made.save()
            stands = made.pk
            self.rests_on(theme, "gone")
        # Undoing puts it back: then the theme it was under has to be there.
        was = Placement.objects.filter(idea=idea, undone=False).select_related("theme").first()
        if was is not None:
            self.rests_on(was.theme, "gone")
        self.rests_on(idea, "state", "same_as")
        self.put(thing(idea), "placement", stands)

    def rests_on(self, row: Theme | Idea | Note, *fields: str) -> None:
        """Say that the change needs fields of another thing to be as they are."""
        self._rests_on.update(f"{thing(row)}.{field}" for field in fields)

    def write(self) -> Action | None:
        """Write the change into the record; None where nothing was changed.

        Returns
        -------
        Action
            What can be undone.
        """
        if not self._after:
            return None
        self._count_versions()
        # Where people see the themes already, they see that they changed.
        for panel in Panel.objects.filter(meeting=self.place.meeting, revealed=True):
            bump(panel)
        change = record(
            self.who,
            self.what,
            self.about,
            {"rows": self._before},
            {"rows": self._after, **({"said": self.said} if self.said else {})},
        )
        touched = [f"{name}.{field}" for name, row in self._after.items() for field in row]
        return Action.objects.create(
            change=change,
            meeting=self.place.meeting,
            panel=self.place.panel,
            phase=self.place.phase,
            touched=touched,
            rests_on=sorted(self._rests_on),
            undoes=self.undoes,
        )

    def _count_versions(self) -> None:
        """Count versions of themes and notes up, also when undoing: no number comes twice."""
        for name, fields in self._after.items():
            kind, key = name.split(":", 1)
            if kind in {"theme", "note"} and fields.keys() - _LIGHT:
                table = _TABLES[kind]
                table._default_manager.filter(pk=key).update(version=F("version") + 1)  # noqa: SLF001 — Django's documented name


def read(name: Thing, field: str) -> Any:
    """Give what stands in a field of a thing.

    Parameters
    ----------
    name
        The thing.
    field
        A column; or ``placement`` of an idea (key of the one that stands), ``there`` of a citation.
    """
    kind, key = name.split(":", 1)
    if kind == "cite":
        return Cite.objects.filter(**_cite(key)).exists()
    if (kind, field) == ("idea", "placement"):
        stands = Placement.objects.filter(idea_id=key, undone=False)
        return stands.values_list("pk", flat=True).first()
    rows = _TABLES[kind]._default_manager.filter(pk=key)  # noqa: SLF001 — Django's documented name
    if not rows.exists():
        return MISSING
    value = rows.values_list(field, flat=True).get()
    return str(value) if field in {"same_as", "theme"} and value is not None else value


def write(name: Thing, field: str, value: Any) -> None:
    """Set a field of a thing; see :func:`read`."""
    kind, key = name.split(":", 1)
    if kind == "cite":
        if value:
            Cite.objects.create(**_cite(key))
        else:
            Cite.objects.filter(**_cite(key)).delete()
    elif (kind, field) == ("idea", "placement"):
        Placement.objects.filter(idea_id=key, undone=False).update(undone=True)
        Placement.objects.filter(pk=value).update(undone=False)
    else:
        _TABLES[kind]._default_manager.filter(pk=key).update(**{field: value})  # noqa: SLF001 — Django's documented name


def _cite(key: str) -> dict[str, str]:
    theme, kind, source = key.split(":")
    return {"theme_id": theme, f"{kind}_id": source}
