"""The tables of the room, one file per kind of thing."""

from vendepunkt.web.room.models.actions import Action
from vendepunkt.web.room.models.agenda import Opening, Panel, Phase, Question, Step, Vote
from vendepunkt.web.room.models.ballots import Batch, CastBallot, OpenBallot, PaperBallot
from vendepunkt.web.room.models.ideas import Group, Idea, IdeaClaim, Note
from vendepunkt.web.room.models.meeting import Meeting
from vendepunkt.web.room.models.themes import Cite, HelpUse, Placement, Theme
from vendepunkt.web.room.models.tokens import Token

__all__ = [
    "Action",
    "Batch",
    "CastBallot",
    "Cite",
    "Group",
    "HelpUse",
    "Idea",
    "IdeaClaim",
    "Meeting",
    "Note",
    "OpenBallot",
    "Opening",
    "Panel",
    "PaperBallot",
    "Phase",
    "Placement",
    "Question",
    "Step",
    "Theme",
    "Token",
    "Vote",
]
