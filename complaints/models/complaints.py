"""What a complaint is about, who makes it, and what became of it."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, TextField
from django.db.models.functions import Length, Lower, Right
from django.db.models.lookups import Exact, GreaterThanOrEqual, LessThanOrEqual

from complaints.choices import CustomerType
from complaints.models.categories import ComplaintCategory, ComplaintName
from smart360.cases.models import Case
from smart360.documents.models import StoredFile
from smart360.trail.models import PersonalText
from smart360.trail.rules import WHOSE_CASE, door_of_erasure, refuse_the_erased

OWN = "(SELECT c.consumer_id FROM cases_case c WHERE c.id = OLD.case_id)"
"""Whose row it is, in a trigger."""
FEWEST_DESCRIPTION = 10
FEWEST_EXPECTED = 5


BARE = (
    "btrim(regexp_replace(normalize(%(expressions)s, NFC),"
    " '[\\u00AD\\u200B-\\u200F\\u2060\\uFEFF]', '', 'g'), E' \\t\\n\\r')"
)


def bare(field: str) -> Func:
    """A text as it is counted: composed, nothing invisible in it, no blanks at its ends (W19).

    The same as ``complaints.rules.bare``.
    """
    return Func(F(field), template=BARE, output_field=TextField())


class Complaint(models.Model):
    """What one complaint is about. Its status, priority and clocks stand on the case."""

    case = models.OneToOneField(
        Case, on_delete=models.PROTECT, primary_key=True, related_name="complaint"
    )
    name = models.ForeignKey(ComplaintName, on_delete=models.PROTECT, related_name="complaints")
    category = models.ForeignKey(
        ComplaintCategory,
        on_delete=models.PROTECT,
        related_name="complaints",
        help_text="The name's; the database sets it.",
    )
    incident_on = models.DateField()
    description = models.TextField()
    expected_resolution = models.TextField()
    notes = models.TextField(blank=True)
    service_address = models.CharField(
        max_length=200, blank=True, help_text="As it was at creation."
    )
    staff_named = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whom it is about; never sees it.",
    )
    disputed_amount = models.DecimalField(
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Fenced off from the debt while the complaint is open (BEY14).",
    )
    tracking_token = models.CharField(max_length=43, help_text="The customer's own link.")
    receipt = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tracking_token"], name="complaint_tracking_token_is_unique"
            ),
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length(bare("description")), FEWEST_DESCRIPTION),
                name="a_complaint_is_described",
            ),
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length(bare("expected_resolution")), FEWEST_EXPECTED),
                name="a_complaint_says_what_is_expected",
            ),
            models.CheckConstraint(
                condition=~Q(Exact(Lower(bare("description")), Lower(bare("expected_resolution")))),
                name="what_is_expected_is_not_the_description",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("notes"), 500),
                name="complaint_notes_have_at_most_500_characters",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("description"), 4000)
                & LessThanOrEqual(Length("expected_resolution"), 1000),
                name="a_complaint_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(disputed_amount__isnull=True)
                | Q(disputed_amount__gt=0, disputed_amount__lt=10**12),
                name="a_disputed_amount_is_positive",
            ),
        ]
        indexes = [
            models.Index(fields=["category", "case"], name="complaint_by_category"),
            models.Index(fields=["name", "case"], name="complaint_by_name"),
            models.Index(
                fields=["staff_named"],
                name="complaint_by_staff_named",
                condition=Q(staff_named__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="category_and_priority_follow_the_name",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[
                    ("wanted", "complaints_complaintcategory"),
                    ("begun", "cases_case"),
                    ("part", "bigint"),
                ],
                func=pgtrigger.Func(
                    """
                    SELECT n.subcategory_id INTO part
                      FROM complaints_complaintname n WHERE n.id = NEW.name_id;
                    SELECT g.* INTO wanted FROM complaints_complaintcategory g
                      JOIN complaints_complaintsubcategory s ON s.category_id = g.id
                     WHERE s.id = part;
                    SELECT c.* INTO begun FROM cases_case c WHERE c.id = NEW.case_id;
                    NEW.category_id := wanted.id;
                    IF begun.kind IS DISTINCT FROM 'COMPLAINT'
                       OR begun.status IS DISTINCT FROM 'PENDING' THEN
                        RAISE EXCEPTION 'a complaint is about a new case of its kind'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_complaint_is_a_new_case_of_its_kind';
                    END IF;
                    IF begun.topic IS DISTINCT FROM wanted.code THEN
                        RAISE EXCEPTION 'the topic is the category''s'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'topic_follows_the_category';
                    END IF;
                    IF begun.priority IS DISTINCT FROM wanted.priority THEN
                        RAISE EXCEPTION 'the priority is the category''s'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'priority_follows_the_category';
                    END IF;
                    IF NEW.incident_on > (begun.created_at AT TIME ZONE (SELECT u.time_zone
                          FROM organisation_utility u WHERE u.id = 1))::date THEN
                        RAISE EXCEPTION 'an incident lies in the past'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'an_incident_lies_in_the_past';
                    END IF;
                    UPDATE cases_case SET subtopic = part WHERE id = NEW.case_id;
                    RETURN NEW;
                    """
                ),
            ),
            pgtrigger.Trigger(
                name="what_was_complained_of_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    door_of_erasure(
                        OWN, "description", "expected_resolution", "notes", "tracking_token"
                    )
                    + """
                    -- A receipt is attached, once; the disputed amount follows its own lines.
                    IF TG_OP = 'UPDATE' THEN
                        IF to_jsonb(NEW) - ARRAY['receipt_id', 'disputed_amount']
                           = to_jsonb(OLD) - ARRAY['receipt_id', 'disputed_amount']
                           AND (OLD.receipt_id IS NULL OR NEW.receipt_id = OLD.receipt_id)
                        THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'what was complained of stays as it was'
                        USING ERRCODE = 'check_violation',
                              CONSTRAINT = 'what_was_complained_of_stays';
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"complaint {self.pk}"


class Complainant(models.Model):
    """Who complains without an account that we know of, in their own words (CMP2).

    When the case is linked to an account, the account's data counts; this stays as it was said.
    """

    complaint = models.OneToOneField(
        Complaint, on_delete=models.PROTECT, primary_key=True, related_name="complainant"
    )
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    service_address = models.CharField(max_length=200, blank=True)
    customer_type = models.CharField(max_length=15, choices=CustomerType, blank=True)
    account_said = models.CharField(
        "account number as told", max_length=40, blank=True, help_text="We found no such account."
    )
    search_text = models.TextField(
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="Name, address and account, upper case and without accents.",
    )
    phone_digits = models.CharField(
        max_length=20, blank=True, default="", db_default="", editable=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="a_complainant_has_a_name"),
            models.CheckConstraint(
                condition=~Q(phone="") | ~Q(email=""), name="a_complainant_can_be_reached"
            ),
            models.CheckConstraint(
                condition=Q(customer_type__in=[*CustomerType.values, ""]),
                name="customer_type_is_known",
            ),
        ]
        indexes = [
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="complainant_by_text"),
            models.Index(
                OpClass(F("phone_digits"), name="text_pattern_ops"), name="complainant_by_phone"
            ),
            models.Index(
                OpClass(Right("phone_digits", 10), name="text_pattern_ops"),
                name="complainant_by_phone_last_ten",
            ),
            models.Index(
                OpClass(Func(F("phone_digits"), function="reverse"), "text_pattern_ops"),
                name="complainant_by_phone_end",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="complainants_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    door_of_erasure(  # noqa: S608  (put together from our own words)
                        "(SELECT c.consumer_id FROM cases_case c WHERE c.id = OLD.complaint_id)",
                        "name",
                        "phone",
                        "email",
                        "service_address",
                        "account_said",
                        "search_text",
                        "phone_digits",
                    )
                    + """
                    RAISE EXCEPTION 'who complained stays as they said it'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'complainants_stay';
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"complainant of {self.pk}"


class Reopening(models.Model):
    """One time that a complaint was taken up again after its end (CMP5, W15)."""

    append_only = True

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="reopenings")
    had_ended_at = models.DateTimeField()
    reopened_at = models.DateTimeField()
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "had_ended_at"], name="an_end_is_reopened_once"
            ),
            models.CheckConstraint(
                condition=Q(reopened_at__gte=F("had_ended_at")),
                name="a_complaint_is_reopened_after_its_end",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="a_reopening_is_in_its_window",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("ended", "cases_case"), ("days", "integer")],
                func=pgtrigger.Func(
                    """
                    SELECT c.* INTO ended FROM cases_case c WHERE c.id = NEW.complaint_id;
                    SELECT s.reopen_within_days INTO days
                      FROM complaints_complaintsettings s WHERE s.id = 1;
                    IF ended.ended_at IS DISTINCT FROM NEW.had_ended_at
                       OR NEW.reopened_at > NEW.had_ended_at + make_interval(days => days)
                       OR NEW.reopened_at > clock_timestamp() + interval '5 seconds'
                    THEN
                        RAISE EXCEPTION 'too late to reopen'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_reopening_is_in_its_window';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"reopening of {self.complaint_id}"


class Rating(models.Model):
    """What the customer says of how the complaint was handled, once (BEY6)."""

    append_only = True

    complaint = models.OneToOneField(
        Complaint, on_delete=models.PROTECT, primary_key=True, related_name="rating"
    )
    stars = models.PositiveSmallIntegerField(help_text="1 to 5.")
    comment = models.ForeignKey(
        PersonalText, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    rated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="a_rating_has_1_to_5"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="what_was_resolved_is_rated",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(
                    refuse_the_erased(  # noqa: S608  (put together from our own words)
                        WHOSE_CASE.format(column="complaint_id")
                    )
                    + """
                    IF NOT EXISTS (SELECT 1 FROM cases_case c WHERE c.id = NEW.complaint_id
                                    AND c.status IN ('RESOLVED', 'REJECTED')) THEN
                        RAISE EXCEPTION 'only what was decided is rated'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'what_was_resolved_is_rated';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stars} of 5 for {self.pk}"
