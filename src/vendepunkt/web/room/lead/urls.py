"""Addresses of those who lead a panel or take notes in it."""

from __future__ import annotations

from django.urls import URLPattern, path

from vendepunkt.web.room.lead import groups, note_pages, queues, rooms

_ROOM = "<slug:slug>/<slug:key>/"
_TABLE = _ROOM + "group/<slug:phase>/"

urlpatterns: list[URLPattern] = [
    path(_ROOM + "lead/", rooms.lead, name="lead"),
    path(_ROOM + "lead/state", rooms.lead_state, name="lead_state"),
    path(_ROOM + "lead/do/", rooms.lead_do, name="lead_do"),
    path(_ROOM + "queue/", queues.queue, name="queue"),
    path(_ROOM + "history/", queues.history, name="history"),
    path(_ROOM + "history/undo/", queues.undo, name="undo"),
    path(_ROOM + "notes/", note_pages.notes, name="notes"),
    path(_ROOM + "notes/do/", note_pages.note_do, name="note_do"),
    path(_ROOM + "notes/<uuid:pk>/", note_pages.note, name="note"),
    path(_TABLE, groups.group, name="group"),
    path(_TABLE + "table", groups.group_table, name="group_table"),
    path(_TABLE + "do/", groups.group_do, name="group_do"),
    path(_TABLE + "idea/<uuid:pk>/", groups.idea, name="idea"),
    path(_TABLE + "theme/<uuid:pk>/", groups.theme, name="theme"),
]
