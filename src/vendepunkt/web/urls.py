"""Every address of the web application; each room adds its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

#: Module of addresses → where it hangs.
ROOMS = {
    "vendepunkt.web.people.urls": "",
    "vendepunkt.web.room.phone.urls": "",
    # Before those of a panel: no panel has the key "prepare".
    "vendepunkt.web.room.prepare.urls": "meetings/",
    "vendepunkt.web.room.lead.urls": "meetings/",
    "vendepunkt.web.room.screen.urls": "screen/",
    "vendepunkt.web.room.paper.urls": "meetings/",
    "vendepunkt.web.room.after.urls": "meetings/",
}

urlpatterns: list[URLPattern | URLResolver] = [
    path(where, include(module)) for module, where in ROOMS.items()
]
