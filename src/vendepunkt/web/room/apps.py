"""The Django application of the meeting room."""

from django.apps import AppConfig


class RoomConfig(AppConfig):
    """Meetings, ideas, themes, votes."""

    name = "vendepunkt.web.room"
    label = "room"
