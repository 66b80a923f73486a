"""What a complaint can be about: category, sub-category, complaint name (CMP2)."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from smart360.cases.choices import Priority


@pghistory.track()
class ComplaintCategory(models.Model):
    """What a complaint is about in the large; it sets the priority (W18)."""

    code = models.SlugField(max_length=30, help_text="Names it to SLA policies; never changes.")
    name = models.CharField(max_length=60)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.MEDIUM)
    is_about_staff = models.BooleanField(
        "about our staff",
        default=False,
        help_text="Only supervisors see such complaints, and never the person named.",
    )
    is_about_bills = models.BooleanField(
        "about bills",
        default=False,
        help_text="An amount can be disputed; a non-payment disconnection respects it.",
    )
    is_active = models.BooleanField(default=True, help_text="Retire a category; never delete it.")

    class Meta:
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(fields=["code"], name="complaint_category_code_is_taken_once"),
            models.UniqueConstraint(fields=["name"], name="complaint_category_is_named_once"),
            models.CheckConstraint(condition=~Q(name=""), name="a_complaint_category_has_a_name"),
            models.CheckConstraint(
                condition=Q(priority__in=Priority.values),
                name="complaint_category_priority_is_known",
            ),
            models.CheckConstraint(
                # Its disputed amount would show the complaint's number to whoever sees the account.
                condition=~Q(is_about_staff=True, is_about_bills=True),
                name="what_is_about_staff_disputes_nothing",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="category_code_stays", fields=["code", "is_about_staff"]),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class ComplaintSubcategory(models.Model):
    """A part of one category; it stays in it."""

    category = models.ForeignKey(
        ComplaintCategory, on_delete=models.PROTECT, related_name="subcategories"
    )
    name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True, help_text="Retire it; never delete it.")

    class Meta:
        verbose_name = "sub-category"
        verbose_name_plural = "sub-categories"
        constraints = [
            models.UniqueConstraint(
                fields=["category", "name"], name="a_complaint_subcategory_is_named_once"
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="a_complaint_subcategory_has_a_name"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="subcategory_stays_in_its_category", fields=["category"]),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class ComplaintName(models.Model):
    """What exactly somebody complains about; it stays in its sub-category."""

    subcategory = models.ForeignKey(
        ComplaintSubcategory, on_delete=models.PROTECT, related_name="names"
    )
    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True, help_text="Retire it; never delete it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subcategory", "name"],
                name="complaint_name_is_taken_once_in_its_subcategory",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="a_complaint_name_has_words"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="name_stays_in_its_subcategory", fields=["subcategory"]),
        ]

    def __str__(self) -> str:
        return self.name
