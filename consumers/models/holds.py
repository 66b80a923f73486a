"""What protects an account: arrangements, certificates, disputes, legal matters."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consumers.choices import AccountHoldKind, HoldProposalState
from consumers.models.accounts import Consumer
from consumers.models.documents import ConsumerDocument
from consumers.models.merging import nothing_begins
from smart360.trail.rules import door_of_erasure

REGISTRABLE = (AccountHoldKind.MEDICAL, AccountHoldKind.LEGAL, AccountHoldKind.DECEASED)
"""Kinds of holds that an entry of the register may be: what people place, about no amount."""


@pghistory.track()
class ProtectionKind(models.Model):
    """Why a household stands in the register of protected consumers, such as life support.

    ``hold_kind`` is what the protections read of it (BEY11).
    """

    name = models.CharField(max_length=60)
    hold_kind = models.CharField(
        max_length=15,
        choices=[(each.value, each.label) for each in REGISTRABLE],
        default=AccountHoldKind.MEDICAL,
        help_text="How the rules of protection read an entry of this kind.",
    )
    needs_certificate = models.BooleanField(
        default=True, help_text="No entry without a certificate among the documents."
    )
    is_active = models.BooleanField(default=True, help_text="Retire a kind; never delete it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"], name="a_protection_kind_has_a_name_of_its_own"
            ),
            models.CheckConstraint(
                condition=Q(hold_kind__in=REGISTRABLE), name="a_protection_kind_is_registrable"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="a_protection_kind_stays_what_it_is", fields=["hold_kind"]),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class AccountHold(models.Model):
    """A reason for which this consumer is not cut, from a day to a day (design.md §2).

    Protections read these rows, so that they need not know arrangements or complaints.
    """

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=15, choices=AccountHoldKind)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True, help_text="The last day; empty: until lifted.")
    source = models.CharField(max_length=60, help_text="The number of what it rests on.")
    amount = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, help_text="Disputed: so much of it."
    )
    protection = models.ForeignKey(
        ProtectionKind, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="An entry of the register of protected consumers: of which kind.",
    )  # fmt: skip
    certificate = models.ForeignKey(
        ConsumerDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reminded_at = models.DateTimeField(
        null=True, blank=True, help_text="When somebody was told that it ends soon."
    )
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AccountHoldKind.values), name="account_hold_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="an_account_hold_ends_after_it_began",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="a_hold_has_a_source"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0, amount__lt=10**12),
                name="a_held_amount_is_positive",
            ),
            models.UniqueConstraint(
                fields=["consumer", "kind", "source"],
                condition=Q(lifted_at__isnull=True),
                name="a_source_holds_an_account_once",
            ),
            models.CheckConstraint(
                condition=Q(protection__isnull=True, certificate__isnull=True)
                | Q(protection__isnull=False, to_on__isnull=False),
                name="an_entry_of_the_register_has_an_end",
            ),
        ]
        indexes = [
            # The register, what ends first.
            models.Index(
                fields=["to_on", "id"],
                name="protection_by_end",
                condition=Q(protection__isnull=False),
            ),
            # What protects this account today.
            models.Index(
                fields=["consumer"],
                name="account_hold_that_stands",
                condition=Q(lifted_at__isnull=True),
            ),
        ]
        triggers = [
            nothing_begins(also=pgtrigger.Update),  # a lapsed one would stand again
            pgtrigger.Trigger(
                name="an_entry_rests_on_its_own_certificate",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__protection__isnull=False),
                func=pgtrigger.Func(
                    """
                    IF NOT EXISTS (SELECT 1 FROM consumers_protectionkind k
                                    WHERE k.id = NEW.protection_id AND k.hold_kind = NEW.kind
                                      AND (NEW.certificate_id IS NOT NULL
                                           OR NOT k.needs_certificate))
                       OR (NEW.certificate_id IS NOT NULL AND NOT EXISTS (
                           SELECT 1 FROM consumers_consumerdocument d
                            WHERE d.id = NEW.certificate_id AND d.kind = 'CERTIFICATE'
                              AND d.consumer_id = NEW.consumer_id)) THEN
                        RAISE EXCEPTION 'an entry of the register rests on a certificate of its own'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'an_entry_rests_on_its_own_certificate';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"


class HoldProposal(models.Model):
    """The wish of one person that an account be protected, and what a supervisor decided (X6).

    It protects nothing and stops nothing until it is accepted; then ``hold`` is what was placed.
    """

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="hold_proposals")
    kind = models.CharField(max_length=15, choices=AccountHoldKind)
    source = models.CharField(max_length=60, help_text="The number of what it rests on.")
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True, help_text="The last day; empty: until lifted.")
    amount = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, help_text="Disputed: so much of it."
    )
    protection = models.ForeignKey(
        ProtectionKind, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    certificate = models.ForeignKey(
        ConsumerDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=250, help_text="What the supervisor has to know.")
    state = models.CharField(
        max_length=10, choices=HoldProposalState, default=HoldProposalState.PROPOSED
    )
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision = models.CharField(max_length=250, blank=True, help_text="Why it was declined.")
    hold = models.OneToOneField(
        AccountHold, on_delete=models.PROTECT, null=True, blank=True, related_name="proposal"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AccountHoldKind.values)
                & ~Q(kind=AccountHoldKind.ARRANGEMENT),  # it protects by itself
                name="a_proposed_hold_is_placed_by_hand",
            ),
            models.CheckConstraint(
                condition=Q(state__in=HoldProposalState.values),
                name="hold_proposal_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="a_proposed_hold_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(note=""), name="a_proposed_hold_says_why"
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0, amount__lt=10**12),
                name="a_proposed_amount_is_positive",
            ),
            models.UniqueConstraint(
                fields=["consumer", "kind", "source"],
                condition=Q(state=HoldProposalState.PROPOSED),
                name="a_hold_is_proposed_once",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("proposed_by")),
                name="a_proposed_hold_is_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=HoldProposalState.PROPOSED,
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                    hold__isnull=True,
                )
                | Q(
                    state=HoldProposalState.ACCEPTED,
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    hold__isnull=False,
                )
                | (
                    Q(
                        state=HoldProposalState.DECLINED,
                        decided_at__isnull=False,
                        decided_by__isnull=False,
                        hold__isnull=True,
                    )
                    & ~Q(decision="")
                ),
                name="a_decided_hold_says_by_whom",
            ),
        ]
        indexes = [
            # What waits for a supervisor, oldest first.
            models.Index(
                fields=["proposed_at"],
                name="hold_that_waits",
                condition=Q(state=HoldProposalState.PROPOSED),
            ),
        ]
        triggers = [
            nothing_begins(),
            pgtrigger.Trigger(
                name="hold_proposals_are_decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    door_of_erasure("OLD.consumer_id", "note", "decision")  # noqa: S608  (put together from our own words)
                    + """
                    IF TG_OP = 'INSERT' THEN
                        IF NEW.state = 'PROPOSED' THEN
                            RETURN NEW;
                        END IF;
                    ELSIF TG_OP = 'UPDATE' AND OLD.state = 'PROPOSED' THEN
                        -- Accepted, its hold is what was proposed, placed by who decided; a
                        -- certificate that was to follow has come by then.
                        IF to_jsonb(NEW) - ARRAY['state', 'decided_at', 'decided_by_id', 'decision',
                                                 'hold_id', 'certificate_id']
                           = to_jsonb(OLD) - ARRAY['state', 'decided_at', 'decided_by_id',
                                                   'decision', 'hold_id', 'certificate_id']
                           AND (NEW.certificate_id IS NOT DISTINCT FROM OLD.certificate_id
                                OR OLD.certificate_id IS NULL AND NEW.state = 'ACCEPTED')
                           AND (NEW.state <> 'ACCEPTED' OR EXISTS (
                                SELECT 1 FROM consumers_accounthold h
                                 WHERE h.id = NEW.hold_id
                                   AND (h.consumer_id, h.kind, h.source, h.from_on, h.placed_by_id)
                                     = (NEW.consumer_id, NEW.kind, NEW.source, NEW.from_on,
                                        NEW.decided_by_id)
                                   AND (h.to_on, h.amount, h.protection_id, h.certificate_id)
                                       IS NOT DISTINCT FROM (NEW.to_on, NEW.amount,
                                           NEW.protection_id, NEW.certificate_id)))
                        THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'a proposed hold is decided once, and stays as it was decided'
                        USING ERRCODE = 'check_violation',
                              CONSTRAINT = 'hold_proposals_are_decided_once';
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}: {self.state}"
