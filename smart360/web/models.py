"""One-time form keys, drafts, and how often somebody may search."""

from django.conf import settings
from django.db import models


class FormKey(models.Model):
    """One submission of one form by one person, with what came of it.

    A double click, a retry or the back button posts the same key again and gets the first result
    (quality.md, R4).
    """

    removable = True

    key = models.UUIDField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=60)
    about = models.CharField(max_length=80, help_text="What the first submission was about.")
    result = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "person", "act"], name="form_key_is_used_once_per_person_and_act"
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="form_key_by_age")]  # nightly sweep

    def __str__(self) -> str:
        return f"{self.act} {self.key}"


class Draft(models.Model):
    """What one person has typed into one form and not yet submitted."""

    removable = True

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=60)
    typed = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "form"], name="one_draft_per_person_and_form")
        ]

    def __str__(self) -> str:
        return f"{self.form} of {self.person_id}"


class Allowance(models.Model):
    """How many searches one person has left at a moment; it fills by so many each second.

    The table is not logged: after a crash everybody may simply ask again.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    turns_left = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(turns_left__gte=0), name="an_allowance_is_not_negative"
            )
        ]

    def __str__(self) -> str:
        return f"allowance of {self.person_id}"
