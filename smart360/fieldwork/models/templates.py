"""What service orders are made from, set by administrators."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from consumers.choices import UtilityType
from consumers.models import Category
from smart360.cases.choices import Priority
from smart360.fieldwork.choices import OrderKind

LONGEST_MINUTES = 24 * 60


@pghistory.track()
class Skill(models.Model):
    """Something that a technician is trained for, such as Electricity."""

    name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True, help_text="Retire a skill; never delete it.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="skill_name_is_taken_once")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class OrderTemplate(models.Model):
    """A service order type: what is done, for whom, how long it takes, who can do it (SO1)."""

    code = models.CharField(max_length=20, help_text="Such as DIS-E.")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=200, blank=True)
    kind = models.CharField("type", max_length=15, choices=OrderKind)
    utility_types = ArrayField(
        models.CharField(max_length=15, choices=UtilityType),
        default=list,
        blank=True,
        help_text="None: every utility.",
    )
    categories = models.ManyToManyField(
        Category, through="TemplateCategory", blank=True, related_name="+"
    )
    skill = models.ForeignKey(
        Skill, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    estimated_minutes = models.PositiveSmallIntegerField(default=60)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.MEDIUM)
    is_active = models.BooleanField(default=True, help_text="Retire a type; never delete it.")

    class Meta:
        verbose_name = "service order type"
        constraints = [
            models.UniqueConstraint(fields=["code"], name="order_template_code_is_taken_once"),
            models.CheckConstraint(
                condition=Q(kind__in=OrderKind.values), name="order_template_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(priority__in=Priority.values), name="order_template_priority_is_known"
            ),
            models.CheckConstraint(
                condition=Q(utility_types__contained_by=UtilityType.values),
                name="order_template_utilities_are_known",
            ),
            models.CheckConstraint(
                condition=Q(estimated_minutes__range=(1, LONGEST_MINUTES)),
                name="an_order_takes_at_most_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class TemplateCategory(models.Model):
    """A service order type is offered to consumers of this category; without any, to everybody."""

    removable = True

    template = models.ForeignKey(
        OrderTemplate,
        on_delete=models.PROTECT,
        related_name="category_rows",
        db_column="ordertemplate_id",
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "fieldwork_ordertemplate_categories"
        verbose_name = "category"
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(
                fields=["template", "category"], name="a_type_names_a_category_once"
            )
        ]

    def __str__(self) -> str:
        return f"category {self.category_id}"
