"""What supply costs: tariffs with versions, slabs and taxes, and the utility's billing policy."""

from decimal import Decimal

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from consumers.choices import UtilityType
from consumers.models import Category

USED_STAYS = """
IF EXISTS (SELECT 1 FROM billing_invoicesection s WHERE s.tariff_id = {version}) THEN
    RAISE EXCEPTION 'an invoice was made by this tariff: it stays, make a new version'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'a_used_tariff_stays';
END IF;
"""


@pghistory.track()
class Tariff(models.Model):
    """What one utility costs one category of consumers from a day on: one version of the rates.

    Once an invoice was made by it, it never changes, but for the day on which it ends.
    """

    name = models.CharField(max_length=80, help_text="As bills show it, such as Residential 2026.")
    utility_type = models.CharField(max_length=15, choices=UtilityType)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    valid = DateRangeField(help_text="From the first day to before the last; the end may be open.")
    fixed_charge = models.DecimalField(
        max_digits=14, decimal_places=2, default=0, help_text="A month; prorated by days."
    )

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_tariff_at_a_time",
                expressions=[
                    ("utility_type", RangeOperators.EQUAL),
                    ("category", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Another tariff is valid for them on some of these days.",
            ),
            models.CheckConstraint(
                condition=Q(utility_type__in=UtilityType.values), name="tariff_utility_is_known"
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__startswith__isnull=False),
                name="a_tariff_begins_some_day",
                violation_error_message="Say on which day the tariff begins.",
            ),
            models.CheckConstraint(
                condition=Q(fixed_charge__range=(0, 10**9)), name="a_fixed_charge_is_not_negative"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="a_used_tariff_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    """
                    IF TG_OP = 'UPDATE' THEN
                        IF (NEW.id, NEW.name, NEW.utility_type, NEW.category_id, NEW.fixed_charge,
                            lower(NEW.valid))
                           = (OLD.id, OLD.name, OLD.utility_type, OLD.category_id,
                              OLD.fixed_charge, lower(OLD.valid))
                        THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    """
                    + USED_STAYS.format(version="OLD.id")
                    + """
                    IF TG_OP = 'DELETE' THEN
                        RETURN OLD;
                    END IF;
                    RETURN NEW;
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name


RATES_STAY = pgtrigger.Trigger(
    name="rates_of_a_used_tariff_stay",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func=pgtrigger.Func(
        "IF TG_OP <> 'INSERT' THEN"
        + USED_STAYS.format(version="OLD.tariff_id")
        + "END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;"
        + USED_STAYS.format(version="NEW.tariff_id")
        + "RETURN NEW;"
    ),
)


SLABS_BEGIN_AT_NOTHING = pgtrigger.Trigger(
    # Each slab ends where the next begins, whatever order they were typed in: what can lack is the
    # first. What lies below it would be free, and nobody would have said so.
    name="slabs_begin_at_nothing",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    timing=pgtrigger.Deferred,
    func=pgtrigger.Func(
        """
        IF EXISTS (
            SELECT 1 FROM billing_tariffslab s
             WHERE s.tariff_id IN (OLD.tariff_id, NEW.tariff_id)
             GROUP BY s.tariff_id HAVING min(s.above) > 0)
        THEN
            RAISE EXCEPTION 'the first slab of a tariff begins at 0'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'slabs_begin_at_nothing';
        END IF;
        RETURN NULL;
        """
    ),
)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class TariffSlab(models.Model):
    """What a unit costs from a monthly consumption on, up to where the next slab begins."""

    removable = True  # until an invoice was made by it

    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="slabs")
    above = models.DecimalField(
        max_digits=12, decimal_places=3, default=0, help_text="Units a month; 0 for the first."
    )
    rate = models.DecimalField(max_digits=12, decimal_places=6, help_text="Price of one unit.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tariff", "above"],
                name="a_slab_begins_once",
                violation_error_message="Another slab begins there.",
            ),
            models.CheckConstraint(
                condition=Q(above__range=(0, 10**9)), name="a_slab_begins_at_a_number"
            ),
            models.CheckConstraint(
                condition=Q(rate__range=(0, 10**6)), name="a_rate_is_not_negative"
            ),
        ]
        triggers = [RATES_STAY, SLABS_BEGIN_AT_NOTHING]

    def __str__(self) -> str:
        return f"above {self.above}: {self.rate}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class TariffTax(models.Model):
    """A tax on the charges of a tariff, rounded per line."""

    removable = True  # until an invoice was made by it

    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="taxes")
    name = models.CharField(max_length=60)
    percent = models.DecimalField(max_digits=6, decimal_places=3)
    is_on_fixed = models.BooleanField("on fixed charges", default=True)
    is_on_usage = models.BooleanField("on consumption", default=True)

    class Meta:
        verbose_name_plural = "tariff taxes"
        constraints = [
            models.UniqueConstraint(
                fields=["tariff", "name"],
                name="a_tax_is_named_once",
                violation_error_message="This tariff has a tax of that name.",
            ),
            models.CheckConstraint(
                condition=Q(percent__range=(0, 100)),
                name="a_tax_is_a_percentage",
                violation_error_message="Enter a percentage from 0 to 100.",
            ),
            models.CheckConstraint(
                condition=Q(is_on_fixed=True) | Q(is_on_usage=True),
                name="a_tax_is_on_something",
                violation_error_message="Say what the tax is on.",
            ),
        ]
        triggers = [RATES_STAY]

    def __str__(self) -> str:
        return f"{self.name} {self.percent} %"


@pghistory.track()
class BillingPolicy(models.Model):
    """The utility's rules for money. There is exactly one row."""

    days_to_pay = models.PositiveSmallIntegerField(
        default=20, help_text="From the invoice's day to its due date."
    )
    two_people_from = models.DecimalField(
        "final bill needs a second person above",
        max_digits=14,
        decimal_places=2,
        default=Decimal("250.00"),
        help_text="Billed amount above which who generated a final bill may not approve it.",
    )
    refund_two_people_from = models.DecimalField(
        "refund needs a second person above",
        max_digits=14,
        decimal_places=2,
        default=Decimal("50.00"),
    )
    largest_payment = models.DecimalField(
        max_digits=14, decimal_places=2, default=Decimal("9999999999.99")
    )
    deposit_interest = models.DecimalField(
        "interest on deposits, percent a year",
        max_digits=6,
        decimal_places=3,
        default=0,
        help_text="0: none.",
    )
    unusual_from = models.PositiveSmallIntegerField(
        "consumption is unusual from", default=10, help_text="Times the consumer's usual one."
    )

    class Meta:
        verbose_name = "billing policy"
        verbose_name_plural = "billing policy"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="there_is_one_billing_policy"),
            models.CheckConstraint(
                condition=Q(days_to_pay__range=(1, 365)),
                name="days_to_pay_are_within_a_year",
                violation_error_message="Enter 1 to 365 days.",
            ),
            models.CheckConstraint(
                condition=Q(two_people_from__range=(0, 10**12)),
                name="bill_threshold_is_a_number",
            ),
            models.CheckConstraint(
                condition=Q(refund_two_people_from__range=(0, 10**12)),
                name="refund_threshold_is_a_number",
            ),
            models.CheckConstraint(
                condition=Q(largest_payment__gt=0, largest_payment__lt=10**12),
                name="largest_payment_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(deposit_interest__range=(0, 100)),
                name="deposit_interest_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(unusual_from__gt=1), name="unusual_is_above_the_usual"
            ),
        ]

    def __str__(self) -> str:
        return "billing policy"
