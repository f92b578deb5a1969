"""What can be said about a meeting before it is held, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from vendepunkt.web.room.models import Group, Meeting, Panel, Phase, Question, Vote

#: Most codes made at a time; more are made by asking again.
MOST_CODES: Final = 500


if TYPE_CHECKING:
    # Django's forms name their model to a type checker only.
    RowForm = forms.ModelForm[Any]
else:
    RowForm = forms.ModelForm


class TitledForm(RowForm):
    """A form with a text in Danish and English, of which one may be empty but not both."""

    titled: str = "title"

    def clean(self) -> dict[str, Any]:
        """Ask for one language at least."""
        found = super().clean() or {}
        pair = (f"{self.titled}_da", f"{self.titled}_en")
        if not any((found.get(name) or "").strip() for name in pair):
            self.add_error(pair[0], _("Write it in Danish or in English."))
        return found

    def title(self) -> str:
        """Give the text that a key is made of."""
        return str(self.cleaned_data["title_da"] or self.cleaned_data["title_en"])


class MeetingForm(TitledForm):
    """How a meeting is to be held."""

    class Meta:
        """All that people decide; the rest follows."""

        model = Meeting
        fields = (
            "title_da",
            "title_en",
            "date",
            "language",
            "admission",
            "common_themes",
            "may_change",
            "held_back",
            "theme_help",
            "second_reader",
            "record_groups",
            "ideas_each",
            "idea_length",
            "delete_by",
        )
        labels = {
            "title_da": _("Title in Danish"),
            "title_en": _("Title in English"),
            "date": _("Date"),
            "language": _("Language of the meeting"),
            "admission": _("How do people come in?"),
            "common_themes": _("The panels share one list of themes"),
            "may_change": _("People may change their vote until it closes"),
            "held_back": _("A facilitator reads each idea before others see it"),
            "theme_help": _("Suggest themes beside each idea"),
            "second_reader": _("Paper ballots are read by two people"),
            "record_groups": _("Keep which small group an idea or a vote came from"),
            "ideas_each": _("Most ideas from one person to one question"),
            "idea_length": _("Most characters in an idea"),
            "delete_by": _("Delete everything on this day"),
        }
        help_texts = {
            "admission": _("A code to each person makes sure that each votes once."),
            "common_themes": _("Panels can be compared only on themes that they share."),
            "record_groups": _("Then votes of one group can be told apart. Say so to people."),
            "delete_by": _("What was frozen in the study stays there."),
        }
        widgets = {
            "date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "delete_by": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        admission = self.fields["admission"]
        if isinstance(admission, forms.ChoiceField):
            admission.choices = [
                (Meeting.Admission.OPEN, _("One code for everybody, and the room is counted")),
                (Meeting.Admission.SINGLE, _("A code on paper to each person")),
            ]

    def clean_ideas_each(self) -> int:
        """Hold the number of ideas within what a meeting can read."""
        return _between(self.cleaned_data["ideas_each"], 1, 50)

    def clean_idea_length(self) -> int:
        """Hold the length within what fits a phone and a screen."""
        return _between(self.cleaned_data["idea_length"], 40, 1000)


class PanelForm(TitledForm):
    """A panel."""

    class Meta:
        """Its name, and whether there is anybody else who could have come."""

        model = Panel
        fields = ("title_da", "title_en", "all_members")
        labels = {
            "title_da": _("Name in Danish"),
            "title_en": _("Name in English"),
            "all_members": _("All members of the panel take part"),
        }
        help_texts = {
            "all_members": _("Then nobody else could have come, and no margin is given."),
        }


class PhaseForm(TitledForm):
    """A life phase and the vote on its themes."""

    #: Fields that belong to the vote.
    OF_THE_VOTE = ("rule", "choices", "places", "text_da", "text_en")

    rule = forms.ChoiceField(
        label=_("How do people vote?"),
        choices=[
            (Vote.Rule.CHOOSE_K, _("Choose up to a number of themes")),
            (Vote.Rule.APPROVAL, _("Choose as many themes as you like")),
            (Vote.Rule.DOTS, _("Share out a number of dots")),
        ],
    )
    choices = forms.IntegerField(
        label=_("Most themes, or number of dots"), min_value=1, max_value=20, required=False
    )
    places = forms.IntegerField(label=_("How many themes are chosen"), min_value=1, max_value=10)
    text_da = forms.CharField(
        label=_("What the ballot asks, in Danish"),
        help_text=_("May be empty: then it asks which themes matter most."),
        max_length=300,
        required=False,
    )
    text_en = forms.CharField(
        label=_("What the ballot asks, in English"), max_length=300, required=False
    )

    class Meta:
        """Its name."""

        model = Phase
        fields = ("title_da", "title_en")
        labels = {"title_da": _("Name in Danish"), "title_en": _("Name in English")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vote = self.instance.votes.first() if self.instance.pk else Vote()
        for name in self.OF_THE_VOTE:
            self.fields[name].initial = getattr(vote, name)

    def clean(self) -> dict[str, Any]:
        """Ask for a cap where the rule has one, and for none where it has not."""
        found = super().clean()
        if found.get("rule") == Vote.Rule.APPROVAL:
            found["choices"] = None
        elif "choices" in found and found["choices"] is None:
            self.add_error("choices", _("Write a number from 1 to 20."))
        return found

    def save(self, commit: bool = True) -> Phase:
        """Keep the phase and its vote together."""
        phase: Phase = super().save(commit)
        vote = phase.votes.first() or Vote(phase=phase, key=phase.key)
        for name in self.OF_THE_VOTE:
            setattr(vote, name, self.cleaned_data[name])
        vote.save()
        return phase


class QuestionForm(TitledForm):
    """What ideas are asked for."""

    titled = "text"

    class Meta:
        """Its kind and words."""

        model = Question
        fields = ("kind", "text_da", "text_en")
        labels = {
            "kind": _("What is asked for"),
            "text_da": _("Question in Danish"),
            "text_en": _("Question in English"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            kind.choices = [
                (Question.Kind.PUSHES_OUT, _("What pushes people out")),
                (Question.Kind.LETS_IN, _("What lets people in")),
                (Question.Kind.FREE, _("Something else")),
            ]


class GroupForm(RowForm):
    """A small group."""

    class Meta:
        """Its name, such as "Table 3"."""

        model = Group
        fields = ("name",)
        labels = {"name": _("Name of the small group")}


class CodesForm(forms.Form):
    """How many codes to hand out, and at which table."""

    count = forms.IntegerField(
        label=_("How many new codes"), min_value=1, max_value=MOST_CODES, initial=30
    )
    group = forms.ModelChoiceField(
        label=_("For the small group"), queryset=Group.objects.none(), required=False
    )

    def __init__(self, panel: Panel, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if panel.meeting.record_groups:
            group = self.fields["group"]
            if isinstance(group, forms.ModelChoiceField):
                group.queryset = panel.groups.all()
        else:
            del self.fields["group"]


def _between(value: int, least: int, most: int) -> int:
    if not least <= value <= most:
        raise forms.ValidationError(
            _("Write a number from %(least)s to %(most)s."), params={"least": least, "most": most}
        )
    return value
