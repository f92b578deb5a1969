"""Addresses of typing from paper; they hang under ``meetings/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from vendepunkt.web.room.paper import views

_ROOM = "<slug:slug>/<slug:key>/paper/"

urlpatterns: list[URLPattern] = [
    path(_ROOM, views.piles, name="paper"),
    path(_ROOM + "new/", views.begin, name="begin_pile"),
    path(_ROOM + "<int:pk>/", views.pile, name="pile"),
    path(_ROOM + "<int:pk>/second/", views.second, name="second_reading"),
    path(_ROOM + "<int:pk>/count/", views.count, name="count_pile"),
    path(_ROOM + "<int:pk>/<int:number>/", views.mend, name="mend"),
]
