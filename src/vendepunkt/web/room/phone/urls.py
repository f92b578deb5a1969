"""Addresses of participants' pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from vendepunkt.web.room.phone import doors, views

urlpatterns: list[URLPattern] = [
    path("", doors.door, name="door"),
    path("kept", views.kept_anywhere, name="kept_anywhere"),
    path("m/<str:code>/", views.place, name="place"),
    path("m/<str:code>/v", views.version, name="place_version"),
    path("m/<str:code>/kept", views.kept, name="kept"),
    path("m/<str:code>/<str:token>/", doors.own_code, name="own_code"),
]
