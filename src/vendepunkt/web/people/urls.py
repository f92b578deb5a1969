"""Addresses of accounts and the record of changes."""

from __future__ import annotations

from django.urls import URLPattern, path

from vendepunkt.web.people.views import account, log, pages, people, signing

urlpatterns: list[URLPattern] = [
    path("home/", pages.home, name="home"),
    path("language/", pages.language, name="language"),
    path("favicon.ico", pages.icon, name="icon"),
    path("was/", pages.accessibility, name="accessibility"),
    path("first/<str:key>/", signing.first, name="first"),
    path("sign-in/", signing.sign_in, name="sign_in"),
    path("sign-in/code/", signing.sign_in_code, name="sign_in_code"),
    path("sign-out/", signing.sign_out, name="sign_out"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password, name="password"),
    path("account/sessions/", account.end_sessions, name="end_sessions"),
    path("account/second/", account.second, name="second"),
    path("account/second/picture.svg", account.second_picture, name="second_picture"),
    path("account/second/remove/", account.second_remove, name="second_remove"),
    path("account/codes/", account.new_codes, name="new_codes"),
    path("people/", people.people, name="people"),
    path("people/new/", people.new, name="person_new"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/active/", people.active, name="person_active"),
    path("people/<int:pk>/link/", people.link, name="person_link"),
    path("welcome/<int:pk>/<str:token>/", people.welcome, name="welcome"),
    path("log/", log.log, name="log"),
    path("log/verify/", log.log_verify, name="log_verify"),
    path("log/log.jsonl", log.log_export, name="log_export"),
]
