"""Addresses of the projector; the key in them cannot be guessed, and nobody signs in."""

from __future__ import annotations

from django.urls import URLPattern, path

from vendepunkt.web.room.screen import views

urlpatterns: list[URLPattern] = [
    path("<str:key>/", views.screen, name="screen"),
    path("<str:key>/v", views.version, name="screen_version"),
    path("<str:key>/qr.svg", views.picture, name="screen_picture"),
]
