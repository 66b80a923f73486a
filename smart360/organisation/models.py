"""The utility and its business calendars."""

from zoneinfo import ZoneInfo

import pghistory
from django.db import models
from django.db.models import F, Q

from smart360.organisation.choices import PaperSize, Weekday


@pghistory.track()
class Utility(models.Model):
    """The one utility that this installation serves (ADM2). There is exactly one row."""

    name = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField("customer service phone", max_length=40)
    email = models.EmailField("customer service e-mail")
    emergency_phone = models.CharField("emergency number", max_length=40)
    business_hours = models.CharField(max_length=120, help_text="As consumers read it.")
    website = models.URLField(blank=True)
    currency = models.CharField(max_length=3, default="USD", help_text="ISO 4217 code.")
    time_zone = models.CharField(max_length=60, default="America/Chicago")
    language = models.CharField(max_length=10, default="en")
    paper_size = models.CharField(max_length=10, choices=PaperSize, default=PaperSize.LETTER)
    logo = models.BinaryField(null=True, blank=True, editable=False, help_text="A PNG, re-encoded.")

    class Meta:
        verbose_name = "utility"
        verbose_name_plural = "utility"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="there_is_one_utility"),
            models.CheckConstraint(
                condition=Q(paper_size__in=PaperSize.values), name="paper_size_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def uses_a4(self) -> bool:
        """Whether paper is A4; otherwise it is Letter."""
        return self.paper_size == PaperSize.A4

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the utility lives, for every date and time that people read."""
        return ZoneInfo(self.time_zone)


@pghistory.track()
class BusinessCalendar(models.Model):
    """Hours in which an SLA clock runs; days on which nobody is disconnected are its holidays."""

    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=60, default="America/Chicago")
    is_active = models.BooleanField(default=True, help_text="Retire a calendar; never delete it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="calendar_name_is_taken_once",
                violation_error_message="There is a calendar of this name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class BusinessHours(models.Model):
    """One window of one weekday; a day may have several, a lunch break between them."""

    removable = True

    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.PROTECT, related_name="hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        verbose_name = "business hours"
        verbose_name_plural = "business hours"
        constraints = [
            models.CheckConstraint(
                condition=Q(opens__lt=F("closes")),
                name="business_hours_open_before_they_close",
                violation_error_message="Closing time must be after opening time.",
            ),
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7)), name="business_hours_have_a_weekday"
            ),
            models.UniqueConstraint(
                fields=["calendar", "weekday", "opens"], name="business_hours_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Holiday(models.Model):
    """A day on which the calendar counts no time; ``blocks_visits`` keeps visits off it too."""

    removable = True

    calendar = models.ForeignKey(
        BusinessCalendar, on_delete=models.PROTECT, related_name="holidays"
    )
    day = models.DateField()
    name = models.CharField(max_length=80)
    blocks_visits = models.BooleanField(
        default=True, help_text="No disconnection can be asked for on this day."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "day"],
                name="holiday_is_named_once",
                violation_error_message="This day is a holiday already.",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="holiday_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
