"""Who sits, what is asked, what is voted on, and where a panel has come to."""

from __future__ import annotations

from django.db import models

from vendepunkt.web.room.models.meeting import Meeting


class Panel(models.Model):
    """A panel in its room: its code, its screen, and the step it has come to."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="panels")
    key = models.SlugField(max_length=40)
    title_da = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    all_members = models.BooleanField(default=False)
    #: What people type to come in: capital letters and digits without 0, O, 1 and I.
    code = models.CharField(max_length=12, unique=True)
    #: In the address of the projector, which nobody signs in to.
    screen_key = models.CharField(max_length=40, unique=True)
    #: Position of the step the panel has come to.
    at = models.PositiveSmallIntegerField(default=0)
    present = models.PositiveIntegerField(null=True, blank=True)
    #: When the time that was set ends; a time of the room, never of a person.
    ends_at = models.DateTimeField(null=True, blank=True)
    #: Whether the screen shows what is there (ideas, result) or waits for the facilitator.
    revealed = models.BooleanField(default=False)
    #: Which page of the ideas the screen shows; turned by the facilitator.
    page = models.PositiveSmallIntegerField(default=0)
    #: Counts up whenever a phone or a screen has something new to show.
    version = models.PositiveIntegerField(default=0)

    class Meta:
        """In the order they were made."""

        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["meeting", "key"], name="panel_key"),)

    def __str__(self) -> str:
        return f"{self.meeting_id}/{self.key}"


class Phase(models.Model):
    """A part of life."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="phases")
    key = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    title_da = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)

    class Meta:
        """In the order of life."""

        ordering = ("position", "id")
        constraints = (models.UniqueConstraint(fields=["meeting", "key"], name="phase_key"),)

    def __str__(self) -> str:
        return self.key


class Question(models.Model):
    """What ideas are asked for."""

    class Kind(models.TextChoices):
        """What is asked for."""

        PUSHES_OUT = "pushes_out"
        LETS_IN = "lets_in"
        FREE = "free"

    phase = models.ForeignKey(Phase, models.CASCADE, related_name="questions")
    key = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.PUSHES_OUT)
    text_da = models.CharField(max_length=300, blank=True)
    text_en = models.CharField(max_length=300, blank=True)

    class Meta:
        """In the order asked."""

        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.key


class Vote(models.Model):
    """A vote on the themes of a life phase."""

    class Rule(models.TextChoices):
        """The rules that also work on a phone and on paper."""

        CHOOSE_K = "choose-k"
        APPROVAL = "approval"
        DOTS = "dots"

    phase = models.ForeignKey(Phase, models.CASCADE, related_name="votes")
    key = models.SlugField(max_length=40)
    rule = models.CharField(max_length=20, choices=Rule.choices, default=Rule.CHOOSE_K)
    choices = models.PositiveSmallIntegerField(null=True, blank=True, default=3)
    places = models.PositiveSmallIntegerField(default=3)
    text_da = models.CharField(max_length=300, blank=True)
    text_en = models.CharField(max_length=300, blank=True)

    class Meta:
        """In the order made."""

        ordering = ("phase__position", "id")

    def __str__(self) -> str:
        return self.key


class Step(models.Model):
    """One step of the agenda, common to all panels of the meeting."""

    class Kind(models.TextChoices):
        """What happens."""

        WELCOME = "welcome"
        IDEAS = "ideas"
        GROUPING = "grouping"
        VOTE = "vote"
        RESULT = "result"
        END = "end"

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    #: The life phase of all kinds but welcome and end.
    phase = models.ForeignKey(Phase, models.CASCADE, null=True, blank=True)
    #: The vote of the kinds vote and result.
    vote = models.ForeignKey(Vote, models.CASCADE, null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        """In the order of the meeting."""

        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["meeting", "position"], name="step_position"),
        )

    def __str__(self) -> str:
        return f"{self.position} {self.kind}"


class Opening(models.Model):
    """That a question or vote was opened to a panel, and closed, with totals and nothing else."""

    class State(models.TextChoices):
        """Open, closed with traces still to be erased, or closed and erased."""

        OPEN = "open"
        CLOSED = "closed"
        ERASED = "erased"

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="openings")
    question = models.ForeignKey(Question, models.CASCADE, null=True, blank=True)
    vote = models.ForeignKey(Vote, models.CASCADE, null=True, blank=True)
    #: Counts up when a vote is held again; earlier rounds stay.
    round = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    #: What the ballot listed when it opened: theme ids in their order.
    themes = models.JSONField(default=list, blank=True)
    totals = models.JSONField(default=dict, blank=True)

    class Meta:
        """One opening per panel, question or vote, and round."""

        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["panel", "question", "round"], name="opening_question"),
            models.UniqueConstraint(fields=["panel", "vote", "round"], name="opening_vote"),
        )

    def __str__(self) -> str:
        return f"{self.panel_id} {self.question_id or self.vote_id} {self.state}"
