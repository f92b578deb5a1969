"""Addresses of accounts and the record of changes."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
