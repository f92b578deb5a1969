"""Invented answers for rehearsals and for the meeting that shows how it works. Nobody said them."""

from __future__ import annotations

from typing import Final

from vendepunkt.convene import Words

#: What invented people write, whatever the question; for a first and for later life phases.
IDEAS: Final[tuple[tuple[Words, ...], ...]] = (
    (
        Words("ingen at sidde sammen med i frikvarteret", "nobody to sit with at break"),
        Words("forældre der ikke har råd til fritidsting", "parents who cannot pay for clubs"),
        Words("skiftede skole fire gange", "changed school four times"),
        Words("man lærer at det er pinligt at bede om hjælp", "you learn it is shameful to ask"),
        Words("ventede to år på hjælp fra psykiatrien", "waited two years for psychiatric help"),
        Words("ny sagsbehandler hver gang", "a new case worker every time"),
        Words("mobning som ingen voksne så", "bullying that no adult saw"),
        Words("plejefamilien holdt op dagen jeg blev 18", "foster care ended the day I turned 18"),
        Words("mobning som ingen voksne greb ind overfor", "bullying that no adult stopped"),
        Words("karakterræs og angst", "the race for marks, and anxiety"),
        Words("børn der passer deres forældre", "children who look after their parents"),
        Words("ingen voksen der blev ved med at spørge", "no adult who kept on asking"),
    ),
    (
        Words("alt foregår på nettet nu", "everything is online now"),
        Words("mistede jobbet og så vennerne", "lost the job and then the friends"),
        Words("kontanthjælp og skam", "benefits and shame"),
        Words("ingen ringer når man bliver gammel", "nobody calls when you grow old"),
        Words("et sted at komme uden at skulle forklare sig", "a place to go without explaining"),
        Words("for dyrt at tage bussen ud til de andre", "too dear to take the bus to the others"),
        Words("systemet tror ikke på en", "the system does not believe you"),
        Words(
            "mit hus brændte og så faldt alt fra hinanden", "my house burned, then all fell apart"
        ),
        Words("straffet for noget jeg gjorde som ung", "punished for what I did when young"),
        Words("naboen der bankede på hver dag", "the neighbour who knocked every day"),
        Words("alt foregår på internettet", "all of it happens on the internet"),
        Words("skilsmisse og sorg på en gang", "divorce and grief at once"),
    ),
)

#: Themes that the meeting which shows how it works begins with, for each of its phases.
THEMES: Final[tuple[tuple[Words, ...], ...]] = (
    (
        Words("Ensomhed og mobning", "Loneliness and bullying"),
        Words("Fattigdom i barndommen", "Poverty in childhood"),
        Words("Skiftende voksne", "Adults who come and go"),
        Words("Ventetid i psykiatrien", "Waiting for psychiatric help"),
        Words("Pres og nulfejlskultur", "Pressure to be perfect"),
        Words("Overgangen til voksenlivet", "Becoming an adult"),
    ),
    (
        Words("Digitalisering", "Everything going online"),
        Words("Arbejdsløshed og pres fra systemet", "Unemployment and pressure from the system"),
        Words("Ensomhed", "Loneliness"),
        Words("Sorg og tab", "Grief and loss"),
        Words("Steder at høre til", "Places to belong"),
        Words("Straf og stempel", "Punishment and stigma"),
    ),
)
