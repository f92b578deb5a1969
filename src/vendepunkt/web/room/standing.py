"""How a vote of the room came out, from the ballots of phones and those typed from paper."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vendepunkt.convene import Words
from vendepunkt.convene.tally import Tally, tally
from vendepunkt.web.room.freezing import paper_marks
from vendepunkt.web.room.models import CastBallot, Opening, Panel, PaperBallot, Phase, Theme

#: With fewer voters neither number nor order is shown outside: one could tell who voted what.
FEWEST: Final = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a theme stands after the last vote.

    Attributes
    ----------
    words
        In one sentence.
    under
        Whether it is the one just below those chosen.
    """

    words: str
    under: bool


def last_closed(panel: Panel, phase: Phase) -> Opening | None:
    """Give the latest round of a phase's vote that is closed."""
    closed = Opening.objects.filter(panel=panel, vote__phase=phase).exclude(
        state=Opening.State.OPEN
    )
    return closed.select_related("vote", "panel__meeting").order_by("-round", "-id").first()


def tally_of(opening: Opening) -> Tally | None:
    """Count a vote that was closed; None for a question.

    Ballots typed from paper count once their pile is counted; those that were spoilt do not.
    """
    vote, panel = opening.vote, opening.panel
    if vote is None:
        return None
    keys = [str(key) for key in opening.themes]
    cast = CastBallot.objects.filter(opening=opening).order_by("key")
    marks = [(one.marks, one.channel) for one in cast]
    typed = PaperBallot.objects.filter(batch__opening=opening, batch__counted=True, spoilt="")
    marks += [
        (paper_marks(one), "helper" if one.batch.helper else "paper")
        for one in typed.select_related("batch")
    ]
    titles = {str(t.pk): Words(t.title_da, t.title_en) for t in Theme.objects.filter(pk__in=keys)}
    return tally(
        [{key: Fraction(m) for key, m in one.items() if key in keys and m} for one, _how in marks],
        keys,
        rule=vote.rule,
        places=vote.places,
        choices=vote.choices,
        present=panel.present,
        all_members=panel.all_members,
        chance=False,
        titles=titles,
        vote=vote.key,
        panel=panel.key,
    )


def standing_of(panel: Panel, phase: Phase) -> dict[str, Standing]:
    """Give for each theme how it stands after the last closed vote; nothing before there is one."""
    opening = last_closed(panel, phase)
    counted = tally_of(opening) if opening else None
    if counted is None or not counted.voters:
        return {}
    under = {one.theme for one in counted.just_under}
    found = {}
    for one in counted.standings:
        votes = ngettext("%(n)s vote", "%(n)s votes", int(one.votes)) % {"n": int(one.votes)}
        if one.status == "chosen":
            words = _("%(votes)s; chosen") % {"votes": votes}
        elif one.status == "tied":
            words = _("%(votes)s; tied for the last place") % {"votes": votes}
        elif one.theme in under and one.margin is not None:
            words = _("%(votes)s; just below the top, %(short)s short") % {
                "votes": votes,
                "short": abs(int(one.margin)),
            }
        else:
            words = votes
        found[one.theme] = Standing(words, one.theme in under)
    return found
