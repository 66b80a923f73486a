"""The log of everything said, what became of each message, templates, and staff notices."""

from datetime import datetime

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from smart360.comms.choices import Channel, DeliveryState, Direction, TemplateKind, Visibility
from smart360.trail.models import PersonalText
from smart360.trail.rules import WHOSE_CASE, refuse_the_erased


@pghistory.track()
class Template(models.Model):
    """The wording of one kind of message, edited by administrators (COM2)."""

    code = models.CharField(max_length=60, help_text="Event and channel, such as received.")
    name = models.CharField(max_length=80)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    kind = models.CharField(max_length=10, choices=TemplateKind, default=TemplateKind.COURTESY)
    subject = models.CharField(max_length=160)
    body = models.TextField()
    is_active = models.BooleanField(default=True, help_text="Off: no such message is sent.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "channel"], name="template_per_event_and_channel"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="template_channel_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=TemplateKind.values), name="template_kind_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind=TemplateKind.STATUTORY) | Q(is_active=True),
                name="statutory_templates_stay_on",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """One thing said to or by a consumer, or an internal note, exactly as it was said (COM1).

    The row is never changed: later edits of templates or consumers leave it alone (N6). What
    became of it stands in its ``Delivery``.
    """

    append_only = True

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    consumer = models.ForeignKey(
        "consumers.Consumer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
    )
    channel = models.CharField(max_length=10, choices=Channel)
    direction = models.CharField(max_length=15, choices=Direction)
    visibility = models.CharField(max_length=10, choices=Visibility)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty for what the system sent by itself.",
    )
    template = models.ForeignKey(
        Template, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_statutory = models.BooleanField(default=False)
    to = models.ForeignKey(
        PersonalText, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    subject = models.ForeignKey(
        PersonalText, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    body = models.ForeignKey(PersonalText, on_delete=models.PROTECT, related_name="+")
    call_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    dedupe_key = models.CharField(max_length=160, help_text="One message per event and channel.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dedupe_key"], name="a_message_is_said_once"),
            models.UniqueConstraint(
                fields=["id", "visibility"], name="message_with_its_visibility"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="message_channel_is_known"
            ),
            models.CheckConstraint(
                condition=Q(direction=Direction.WITHIN, visibility=Visibility.INTERNAL)
                | Q(
                    direction__in=[Direction.TO_CONSUMER, Direction.FROM_CONSUMER],
                    visibility=Visibility.CONSUMER,
                ),
                name="only_notes_are_internal",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "-at"], name="message_by_case"),
            models.Index(fields=["consumer", "-at"], name="message_by_consumer"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="messages_are_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="nothing_is_said_to_the_erased",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(
                    refuse_the_erased(
                        f"coalesce(NEW.consumer_id, {WHOSE_CASE.format(column='case_id')})"
                    )
                    + "RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.at:%Y-%m-%d %H:%M}"


DELIVERY_ARROWS = [
    (DeliveryState.QUEUED.value, DeliveryState.SENT.value),
    (DeliveryState.QUEUED.value, DeliveryState.FAILED.value),
    (DeliveryState.QUEUED.value, DeliveryState.NOT_SENT.value),
    (DeliveryState.FAILED.value, DeliveryState.QUEUED.value),
    (DeliveryState.FAILED.value, DeliveryState.SENT.value),
]
"""How a delivery may move. The last one: a slow copy arrived after its worker was given up."""


class Delivery(models.Model):
    """What became of one message to a consumer. An internal message can have none (N4)."""

    message = models.OneToOneField(
        Message, on_delete=models.PROTECT, primary_key=True, related_name="delivery"
    )
    visibility = models.CharField(
        max_length=10, choices=Visibility, default=Visibility.CONSUMER, editable=False
    )
    state = models.CharField(max_length=10, choices=DeliveryState)
    state_at = models.DateTimeField()
    why = models.CharField(max_length=120, blank=True, help_text="Why not sent or not delivered.")

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=DeliveryState.values), name="delivery_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(visibility=Visibility.CONSUMER), name="only_consumer_messages_go_out"
            ),
        ]
        indexes = [
            # What waits too long, and what failed (quality.md, N2).
            models.Index(
                fields=["state", "state_at"],
                name="delivery_not_settled",
                condition=Q(state__in=[DeliveryState.QUEUED, DeliveryState.FAILED]),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="deliveries_move_along_arrows", field="state", transitions=DELIVERY_ARROWS
            ),
            pgtrigger.Protect(name="deliveries_are_never_removed", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.get_state_display()

    def put(self, state: DeliveryState, *, at: datetime, why: str = "") -> None:
        """Move to ``state``, along an arrow; the trigger refuses any other move."""
        self.state = state
        self.state_at = at
        self.why = why
        self.save(update_fields=["state", "state_at", "why"])


class Notice(models.Model):
    """One line in one person's bell (COM5)."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices"
    )
    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, null=True, blank=True, related_name="notices"
    )
    sentence = models.CharField(
        max_length=200, help_text="No personal data: it goes by e-mail too."
    )
    path = models.CharField(max_length=200, help_text="Where it leads.")
    is_urgent = models.BooleanField(default=False)
    dedupe_key = models.CharField(max_length=160)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "dedupe_key"], name="a_person_is_told_once_of_an_event"
            ),
            models.CheckConstraint(
                condition=Q(path__regex=r"^/([^/]|$)"), name="a_notice_leads_to_a_page_of_ours"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-at"], name="notice_by_person"),
            models.Index(
                fields=["person"], name="unread_notices", condition=Q(read_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.sentence
