"""Addresses of preparing a meeting; they hang under ``meetings/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from vendepunkt.web.room.prepare import sheets, views

urlpatterns: list[URLPattern] = [
    path("", views.list_meetings, name="meetings"),
    path("new/", views.new_meeting, name="new_meeting"),
    path("show-me/", views.show_me, name="show_me"),
    path("<slug:slug>/", views.overview, name="meeting"),
    path("<slug:slug>/prepare/", views.prepare, name="prepare"),
    path("<slug:slug>/prepare/rehearsal/", views.end_rehearsal, name="end_rehearsal"),
    path(
        "<slug:slug>/prepare/invented/<slug:key>/", views.invented_answers, name="invented_answers"
    ),
    path("<slug:slug>/prepare/add/<slug:kind>/", views.add, name="add"),
    path("<slug:slug>/prepare/add/<slug:kind>/<int:parent>/", views.add, name="add_to"),
    path("<slug:slug>/prepare/<slug:kind>/<int:pk>/", views.edit, name="edit"),
    path("<slug:slug>/prepare/<slug:kind>/<int:pk>/remove/", views.remove, name="remove"),
    path("<slug:slug>/print/", sheets.sheets, name="sheets"),
    path("<slug:slug>/print/codes/<slug:key>/", sheets.make_codes, name="make_codes"),
    path("<slug:slug>/print/<slug:kind>.pdf", sheets.sheet, name="sheet"),
]
