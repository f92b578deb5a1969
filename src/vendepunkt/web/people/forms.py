"""The forms of accounts; they do all checking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from vendepunkt.web.people.models import Person, Role

if TYPE_CHECKING:
    SetPassword = SetPasswordForm[Person]
    OfPerson = forms.ModelForm[Person]
else:  # Django's own forms name no type of theirs
    SetPassword = SetPasswordForm
    OfPerson = forms.ModelForm

_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "short"}


class SignInForm(forms.Form):
    """User name and password."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    """A code of the second factor, or a recovery code."""

    code = forms.CharField(label=_("Code"), max_length=40, widget=forms.TextInput(attrs=_CODE))

    def clean_code(self) -> str:
        """Take away the spaces that people type for the eye."""
        return "".join(str(self.cleaned_data["code"]).split()).casefold()


class MoveForm(CodeForm):
    """A code of the app that takes the place of another, and the password."""

    present = forms.CharField(
        label=_("Present password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordForm(SetPassword):
    """Choose a password, twice."""

    def __init__(self, user: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password1"].help_text = _(
            "At least 12 characters. A sentence that only you would think of is good and easy to "
            "remember."
        )
        self.fields["new_password2"].label = _("The new password once more")
        self.fields["new_password2"].help_text = ""
        for name in ("new_password1", "new_password2"):
            self.fields[name].max_length = 1000  # type: ignore[attr-defined]


class ChangePasswordForm(PasswordForm):
    """Change one's own password: the present one first."""

    present = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("present", "new_password1", "new_password2")

    def clean_present(self) -> str:
        """Compare with the password that holds now."""
        present = str(self.cleaned_data["present"])
        if not self.user.check_password(present):
            raise ValidationError(_("This is not your present password."), code="present")
        return present


class PersonForm(OfPerson):
    """Who somebody is, and what they may do."""

    class Meta:
        """The fields that the owner fills in."""

        model = Person
        fields: tuple[str, ...] = ("username", "first_name", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["username"].help_text = _("Short, without spaces; to sign in with.")
        self.fields["first_name"].label = _("Name")
        self.fields["first_name"].help_text = _("As colleagues know the person.")
        self.fields["role"].label = _("Role")

    def clean_username(self) -> str:
        """Refuse a name that differs from another in the case of its letters only."""
        name = str(self.cleaned_data["username"])
        if Person.objects.filter(username__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Somebody has this user name already."), code="taken")
        return name

    def clean(self) -> dict[str, Any]:
        """Keep at least one owner."""
        cleaned = super().clean() or {}
        role, before = cleaned.get("role"), self.initial.get("role")
        if before == Role.OWNER and role != Role.OWNER and last_owner(self.instance):
            self.add_error("role", _("This is the only owner; make somebody else an owner first."))
        return cleaned


class OwnerForm(PersonForm):
    """The first account."""

    class Meta(PersonForm.Meta):
        """Who the owner is; the role is given."""

        fields = ("username", "first_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        forms.ModelForm.__init__(self, *args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["username"].help_text = _("Short, without spaces; to sign in with.")
        self.fields["username"].widget.attrs["autocomplete"] = "username"
        self.fields["first_name"].label = _("Your name")
        self.fields["first_name"].widget.attrs["autocomplete"] = "name"


def last_owner(person: Person) -> bool:
    """Say whether nobody else who may sign in is an owner."""
    owners = Person.objects.filter(role=Role.OWNER, is_active=True)
    return not owners.exclude(pk=person.pk).exists()
