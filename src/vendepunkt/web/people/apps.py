"""The Django application of the people who work here."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts, roles and the record of changes."""

    name = "vendepunkt.web.people"
    label = "people"
