"""What is typed from paper."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from vendepunkt.web.room.models import Batch, Group

#: Most characters of a page of slips; what is longer is typed in more than one go.
_MOST: Final = 200_000


class SlipsForm(forms.Form):
    """Slips with ideas, one a line."""

    lines = forms.CharField(
        label=_("One slip on each line"),
        help_text=_("Type the words as they stand. Leave out names."),
        max_length=_MOST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "autofocus": True}),
    )
    group = forms.ModelChoiceField(
        label=_("From the small group"), queryset=Group.objects.none(), required=False
    )
    sending = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, batch: Batch, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if batch.panel.meeting.record_groups:
            group = self.fields["group"]
            if isinstance(group, forms.ModelChoiceField):
                group.queryset = batch.panel.groups.all()
        else:
            del self.fields["group"]


class BallotForm(forms.Form):
    """One paper ballot: its number, and the numbers of the themes that are marked."""

    number = forms.IntegerField(label=_("Number on the paper"), min_value=1, max_value=100_000)
    marks = forms.CharField(
        label=_("Marks"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "off", "inputmode": "numeric"}
        ),
    )
    spoilt = forms.CharField(
        label=_("It does not count, because"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, second: bool = False, dots: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["marks"].help_text = (
            _("Number of the theme = its dots, such as 2=3 5=1. Empty is a blank ballot.")
            if dots
            else _("Numbers of the themes, such as 2 5 7. Empty is a blank ballot.")
        )
        self.fields["number"].widget.attrs["class"] = "short"
        if second:
            del self.fields["spoilt"]
