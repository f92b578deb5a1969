"""Addresses of what follows a meeting; they hang under ``meetings/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from vendepunkt.web.room.after import exporting, mapping, views

urlpatterns: list[URLPattern] = [
    path("<slug:slug>/results/", views.results, name="results"),
    path("<slug:slug>/results/<slug:vote>/<slug:panel>.svg", views.picture, name="picture"),
    path(
        "<slug:slug>/results/side-by-side-<int:number>.svg", views.side_by_side, name="side_by_side"
    ),
    path("<slug:slug>/trail/", views.trail, name="trail"),
    path("<slug:slug>/same/", mapping.mapping, name="mapping"),
    path("<slug:slug>/release/", views.release, name="release"),
    path("<slug:slug>/export/", exporting.exports, name="exports"),
    path("<slug:slug>/export/<slug:name>/", exporting.export, name="export"),
    path("<slug:slug>/freeze/", views.freeze, name="freeze"),
    path("<slug:slug>/delete/", views.delete, name="delete"),
]
