"""Protections: the rules as rows, what they answered, and what they count from (DIS12, BEY1)."""

from typing import Final

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from consumers.choices import AccountHoldKind, UtilityType
from disconnections.choices import (
    REQUEST_KINDS,
    Answer,
    Condition,
    NoticeWay,
    Stage,
    WeatherKind,
)
from smart360.cases.choices import CaseKind
from smart360.cases.models import Case
from smart360.comms.models import Message

WITH_AN_AMOUNT = (Condition.AMOUNT_BELOW, Condition.AMOUNT_ABOVE, Condition.BILLED_ABOVE)
WITH_DAYS = (Condition.OVERDUE_LESS, Condition.NOTICE_RUNS)
MONTH_DAY: Final = r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
REQUEST_KIND_CHOICES = [
    (CaseKind.DISCONNECTION.value, CaseKind.DISCONNECTION.label),
    (CaseKind.RECONNECTION.value, CaseKind.RECONNECTION.label),
]


def each_stage() -> list[str]:
    """A new rule counts at every stage."""
    return list(Stage.values)


def disconnections_only() -> list[str]:
    """A new rule is about disconnections."""
    return [CaseKind.DISCONNECTION.value]


def _wants(conditions: tuple[str, ...], present: Q, absent: Q) -> Q:
    """These conditions have something, the others do not."""
    return (Q(condition__in=conditions) & present) | (~Q(condition__in=conditions) & absent)


class RulePackManager(models.Manager["RulePack"]):
    """Finds packs as fixtures name them."""

    def get_by_natural_key(self, code: str) -> "RulePack":
        """The pack of this code."""
        return self.get(code=code)


@pghistory.track()
class RulePack(models.Model):
    """Rules that belong together, such as those of one state. Its rules count while it is on."""

    code = models.CharField(max_length=30, help_text="Such as US-NY.")
    name = models.CharField(max_length=80)
    note = models.CharField(max_length=250, blank=True)
    is_enabled = models.BooleanField("enabled", default=False)

    objects = RulePackManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="rule_pack_code_is_taken_once"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9-]*$"), name="rule_pack_code_is_a_code"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="rule_packs_are_never_deleted", operation=pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class ProtectionRule(models.Model):
    """When somebody is not to be cut off, or only with approval, and the source that says so.

    An empty scope is every one. Retired it never counts again and stays; each change of it is a
    new version, and verdicts name the version that spoke.
    """

    code = models.CharField(max_length=30, help_text="Such as NY-HOURS.")
    name = models.CharField(max_length=80, help_text="As the line on the request says it.")
    pack = models.ForeignKey(
        RulePack, on_delete=models.PROTECT, null=True, blank=True, related_name="rules"
    )
    answer = models.CharField(
        max_length=15,
        choices=[(each.value, each.label) for each in (Answer.NEEDS_APPROVAL, Answer.BLOCKED)],
    )
    condition = models.CharField(max_length=15, choices=Condition)
    sentence = models.CharField(
        max_length=250,
        help_text="What is shown when it applies, such as {{ outstanding }} is above {{ amount }}.",
    )
    source = models.CharField(max_length=250, help_text="The law, decision or page it rests on.")
    stages = ArrayField(
        models.CharField(max_length=10, choices=Stage), default=each_stage, verbose_name="asked at"
    )
    # what it applies to
    kinds = ArrayField(
        models.CharField(max_length=15, choices=REQUEST_KIND_CHOICES),
        default=disconnections_only,
        verbose_name="types",
    )
    only_for_debt = models.BooleanField("only for non-payment", default=True)
    reasons = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    utilities = ArrayField(
        models.CharField(max_length=15, choices=UtilityType), default=list, blank=True
    )
    categories = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    areas = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    # what its condition needs
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    counts_business_days = models.BooleanField(default=False)
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, help_text="1 is Monday."
    )
    not_before = models.TimeField(null=True, blank=True)
    not_after = models.TimeField(null=True, blank=True)
    and_the_day_before = models.BooleanField("also the day before a holiday", default=False)
    season_from = models.CharField(
        max_length=5, blank=True, help_text="Month and day, such as 12-01."
    )
    season_to = models.CharField(
        max_length=5, blank=True, help_text="The last day; may lie in the next year."
    )
    weather = models.CharField(max_length=10, choices=WeatherKind, blank=True)
    hold_kind = models.CharField(max_length=15, choices=AccountHoldKind, blank=True)
    # when it counts
    from_on = models.DateField(null=True, blank=True, help_text="The first day; empty: always.")
    until_on = models.DateField(null=True, blank=True, help_text="The last day; empty: for good.")
    is_active = models.BooleanField(default=True, help_text="Retire a rule; never delete it.")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="protection_code_is_taken_once"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9-]*$"), name="protection_code_is_a_code"
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(sentence="") & ~Q(source=""),
                name="a_protection_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(answer__in=[Answer.NEEDS_APPROVAL, Answer.BLOCKED]),
                name="a_protection_stands_in_the_way",
            ),
            models.CheckConstraint(
                condition=Q(condition__in=Condition.values), name="protection_condition_is_known"
            ),
            models.CheckConstraint(
                condition=Q(stages__contained_by=Stage.values) & ~Q(stages=[]),
                name="protection_stages_are_known",
            ),
            models.CheckConstraint(
                condition=Q(kinds__contained_by=list(REQUEST_KINDS)) & ~Q(kinds=[]),
                name="protection_is_for_requests",
            ),
            models.CheckConstraint(
                condition=Q(utilities__contained_by=UtilityType.values),
                name="protection_utilities_are_known",
            ),
            models.CheckConstraint(
                condition=_wants(
                    WITH_AN_AMOUNT,
                    Q(amount__isnull=False, amount__range=(0, 10**12)),
                    Q(amount__isnull=True),
                ),
                name="a_protection_by_amount_has_one",
            ),
            models.CheckConstraint(
                condition=_wants(
                    WITH_DAYS, Q(days__isnull=False, days__range=(1, 3660)), Q(days__isnull=True)
                ),
                name="a_protection_by_days_has_them",
            ),
            models.CheckConstraint(
                condition=Q(counts_business_days=False) | Q(condition=Condition.NOTICE_RUNS),
                name="only_a_notice_counts_business_days",
            ),
            models.CheckConstraint(
                condition=_wants(
                    (Condition.WEEKDAY,),
                    Q(weekdays__contained_by=list(range(1, 8))) & ~Q(weekdays=[]),
                    Q(weekdays=[]),
                ),
                name="a_protection_by_weekday_has_some",
            ),
            models.CheckConstraint(
                condition=_wants(
                    (Condition.HOURS,),
                    Q(not_before__isnull=False, not_after__isnull=True)
                    | Q(not_before__isnull=True, not_after__isnull=False)
                    | Q(
                        not_before__isnull=False,
                        not_after__isnull=False,
                        not_before__lt=F("not_after"),
                    ),
                    Q(not_before__isnull=True, not_after__isnull=True),
                ),
                name="a_protection_by_hours_has_them",
            ),
            models.CheckConstraint(
                condition=Q(and_the_day_before=False) | Q(condition=Condition.HOLIDAY),
                name="only_a_holiday_has_a_day_before",
            ),
            models.CheckConstraint(
                condition=_wants(
                    (Condition.SEASON,),
                    Q(season_from__regex=MONTH_DAY, season_to__regex=MONTH_DAY),
                    Q(season_from="", season_to=""),
                ),
                name="a_protection_by_season_has_one",
            ),
            models.CheckConstraint(
                condition=_wants(
                    (Condition.WEATHER,), Q(weather__in=WeatherKind.values), Q(weather="")
                ),
                name="a_protection_by_weather_has_one",
            ),
            models.CheckConstraint(
                condition=_wants(
                    (Condition.ACCOUNT_HOLD,), Q(hold_kind__in=AccountHoldKind.values),
                    Q(hold_kind=""),
                ),
                name="a_protection_by_hold_has_one",
            ),
            models.CheckConstraint(
                condition=~Q(condition=Condition.ALWAYS)
                | ~Q(reasons=[])
                | ~Q(categories=[])
                | ~Q(utilities=[])
                | ~Q(areas=[]),
                name="what_always_applies_says_to_what",
            ),
            models.CheckConstraint(
                condition=Q(from_on__isnull=True)
                | Q(until_on__isnull=True)
                | Q(until_on__gte=F("from_on")),
                name="a_protection_ends_after_it_begins",
            ),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Trigger(
                name="each_change_of_a_rule_is_a_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    """
                    IF TG_OP = 'DELETE' THEN
                        RAISE EXCEPTION 'protection rules are retired, never deleted'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'protection_rules_are_never_deleted';
                    END IF;
                    IF NEW.code <> OLD.code THEN
                        RAISE EXCEPTION 'verdicts name a rule by its code'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_protection_keeps_its_code';
                    END IF;
                    NEW.version := OLD.version;
                    IF to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD) THEN
                        NEW.version := OLD.version + 1;
                    END IF;
                    RETURN NEW;
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"


@pghistory.track()
class WeatherAlert(models.Model):
    """Weather that an administrator declared: nobody in the area should be without supply."""

    kind = models.CharField(max_length=10, choices=WeatherKind)
    area = models.CharField(max_length=60, blank=True, help_text="Empty: everywhere.")
    from_on = models.DateField("from")
    to_on = models.DateField("to", help_text="The last day.")
    source = models.CharField(max_length=120, help_text="Who forecast it.")
    is_active = models.BooleanField(default=True, help_text="Take an alert back; never delete it.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=WeatherKind.values), name="weather_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")), name="weather_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="weather_has_a_source"),
        ]
        indexes = [
            # What is declared and not over.
            models.Index(
                fields=["to_on"], name="weather_that_is_declared", condition=Q(is_active=True)
            )
        ]
        triggers = [
            pgtrigger.Protect(name="weather_alerts_are_never_deleted", operation=pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.from_on} – {self.to_on}"


class ProtectionVerdict(models.Model):
    """What the protections answered about one request at one stage, and from which facts.

    ``findings``  a list: code, version, name, answer, sentence, source, until of each rule
    ``facts``     codes and figures, never a name or a word that somebody wrote
    """

    append_only = True

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="verdicts")
    stage = models.CharField(max_length=10, choices=Stage)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.CharField(max_length=15, choices=Answer)
    findings = models.JSONField(default=list)
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=Stage.values), name="verdict_stage_is_known"
            ),
            models.CheckConstraint(
                condition=Q(answer__in=Answer.values), name="verdict_answer_is_known"
            ),
        ]
        indexes = [
            # What the request's page shows: the last verdict.
            models.Index(fields=["case", "-id"], name="verdict_by_case"),
        ]
        triggers = [
            pgtrigger.Protect(name="verdicts_stay", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.stage} of case {self.case_id}: {self.answer}"


def not_of_the_future(day: str, at: str) -> pgtrigger.Trigger:
    """A notice is not given on a day that had not come when it was kept, ``at``."""
    return pgtrigger.Trigger(
        name="a_notice_is_not_of_the_future",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=pgtrigger.Func(
            f"""
            IF NEW.{day} > (least(NEW.{at}, clock_timestamp() + interval '5 seconds')
                            AT TIME ZONE (SELECT u.time_zone FROM organisation_utility u
                                           WHERE u.id = 1))::date
            THEN
                RAISE EXCEPTION 'a notice is not given on a day that has not come'
                    USING ERRCODE = 'check_violation',
                          CONSTRAINT = 'a_notice_is_not_of_the_future';
            END IF;
            RETURN NEW;
            """  # noqa: S608  (our own columns)
        ),
    )


class DisconnectionNotice(models.Model):
    """One time that a consumer was told that they will be cut off unless they pay.

    The notice period counts from ``served_on``. One by e-mail counts unless its delivery failed.
    """

    append_only = True

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="disconnection_notices")
    way = models.CharField(max_length=15, choices=NoticeWay)
    served_on = models.DateField()
    served_at = models.DateTimeField(help_text="When it was recorded.")
    served_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(way__in=NoticeWay.values), name="notice_way_is_known"
            ),
            models.CheckConstraint(
                condition=Q(way=NoticeWay.EMAIL, message__isnull=False)
                | (~Q(way=NoticeWay.EMAIL) & Q(message__isnull=True)),
                name="a_notice_by_email_has_its_message",
            ),
            models.UniqueConstraint(
                fields=["case", "way", "served_on"], name="a_notice_is_served_once_a_day"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="notices_stay", operation=pgtrigger.Update | pgtrigger.Delete),
            not_of_the_future("served_on", "served_at"),
        ]

    def __str__(self) -> str:
        return f"notice of case {self.case_id} on {self.served_on}"
