"""Technicians, and how much of each of their days is planned."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from smart360.fieldwork.models.templates import LONGEST_MINUTES, Skill


@pghistory.track()
class Technician(models.Model):
    """Somebody who carries out service orders: where, what, and for how long a day."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="technician",
    )
    areas = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, help_text="None: every area."
    )
    skills = models.ManyToManyField(
        Skill, through="TechnicianSkill", blank=True, related_name="technicians"
    )
    minutes_a_day = models.PositiveSmallIntegerField(default=480)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes_a_day__range=(0, LONGEST_MINUTES)),
                name="a_technician_works_at_most_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"technician {self.pk}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class TechnicianSkill(models.Model):
    """A technician is trained for something; removed when they are not any more."""

    removable = True

    technician = models.ForeignKey(Technician, on_delete=models.PROTECT, related_name="skill_rows")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "fieldwork_technician_skills"
        verbose_name = "skill"
        constraints = [
            models.UniqueConstraint(
                fields=["technician", "skill"], name="a_technician_has_a_skill_once"
            )
        ]

    def __str__(self) -> str:
        return f"skill {self.skill_id}"


class TechnicianDay(models.Model):
    """One day of a technician: the minutes there are, and those that are planned (SO3).

    The counter can never pass what there is, so that two dispatchers never fill one hour twice.
    """

    technician = models.ForeignKey(Technician, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    minutes = models.PositiveSmallIntegerField(help_text="A dispatcher may set them for one day.")
    planned = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["technician", "day"], name="a_day_is_counted_once"),
            models.CheckConstraint(
                condition=Q(planned__lte=F("minutes")), name="a_day_is_never_overplanned"
            ),
            models.CheckConstraint(
                condition=Q(minutes__range=(0, LONGEST_MINUTES)), name="a_day_has_24_hours"
            ),
        ]
        indexes = [models.Index(fields=["day"], name="technicians_of_a_day")]

    def __str__(self) -> str:
        return f"{self.technician_id} on {self.day}"
