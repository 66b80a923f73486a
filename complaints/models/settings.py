"""Limits of complaints that an administrator sets."""

import pghistory
from django.db import models
from django.db.models import Q


@pghistory.track()
class ComplaintSettings(models.Model):
    """The one row of limits for complaints (CMP2, CMP5)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    longest_incident_days = models.PositiveSmallIntegerField(
        "oldest incident (days)", default=365, help_text="How long ago an incident may lie."
    )
    reopen_within_days = models.PositiveSmallIntegerField(
        "reopen within (days)", default=30, help_text="How long after its end it can be reopened."
    )
    draft_kept_days = models.PositiveSmallIntegerField(
        "drafts are kept (days)", default=7, help_text="Then a draft goes with its files."
    )
    most_files = models.PositiveSmallIntegerField("files per complaint", default=5)
    most_megabytes = models.PositiveSmallIntegerField("megabytes per complaint", default=50)

    class Meta:
        verbose_name = "complaint settings"
        verbose_name_plural = "complaint settings"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="complaint_settings_are_one_row"),
            models.CheckConstraint(
                condition=Q(longest_incident_days__range=(1, 3650)),
                name="an_incident_lies_within_ten_years",
            ),
            models.CheckConstraint(
                condition=Q(reopen_within_days__range=(1, 365)), name="reopening_ends_within_a_year"
            ),
            models.CheckConstraint(
                condition=Q(draft_kept_days__range=(1, 90)), name="a_draft_is_kept_for_some_days"
            ),
            models.CheckConstraint(
                condition=Q(most_files__range=(1, 20)), name="a_complaint_takes_some_files"
            ),
            models.CheckConstraint(
                condition=Q(most_megabytes__range=(1, 200)), name="a_complaint_takes_some_megabytes"
            ),
        ]

    def __str__(self) -> str:
        return "Complaint settings"
