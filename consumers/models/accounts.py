"""Consumers, where they live, what is supplied, and who holds the profile."""

from datetime import datetime

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consumers.choices import AccountStatus, LockPurpose, SupplyState, UtilityType
from consumers.models.areas import (
    A_PREMISE_KEEPS_ITS_KEY,
    CONNECTIONS_FOLLOW_THE_AREA,
    THE_AREA_IS_THE_PREMISES,
)
from consumers.models.collecting import STATUS_IS_COLLECTION_BY_A_MOVE
from consumers.models.ending import (
    COMES_BACK_BY_EXECUTION,
    ENDS_BY_EXECUTION,
    STATUS_MOVES_ALONG_ARROWS,
)
from consumers.models.erasing import STAYS_ERASED
from consumers.models.listing import LISTED_BY, SEARCHED_BY
from consumers.models.merging import OPENS_UNMERGED, STAYS_MERGED, nothing_begins
from consumers.models.tallying import (
    ACCOUNTS_ARE_TALLIED,
    NEW_ACCOUNTS_ARE_TALLIED,
    NEW_ACCOUNTS_HAVE_FIGURES,
)


@pghistory.track()
class Category(models.Model):
    """What kind of consumer, such as Residential."""

    name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True, help_text="Retire a category; never delete it.")

    class Meta:
        verbose_name_plural = "categories"
        constraints = [models.UniqueConstraint(fields=["name"], name="category_name_is_taken_once")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Subcategory(models.Model):
    """A finer kind within a category, such as Standard."""

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="subcategories")
    name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "subcategories"
        constraints = [
            models.UniqueConstraint(
                fields=["category", "name"], name="subcategory_name_is_taken_once"
            ),
            models.UniqueConstraint(fields=["id", "category"], name="subcategory_in_its_category"),
        ]

    def __str__(self) -> str:
        return self.name


class Consumer(models.Model):
    """One account with the utility and the person or firm behind it."""

    account_number = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=15, choices=AccountStatus, default=AccountStatus.PENDING)
    is_vip = models.BooleanField(default=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    subcategory = models.ForeignKey(
        Subcategory, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    phone = models.CharField(max_length=40, blank=True)
    phone_digits = models.CharField(max_length=20, blank=True, editable=False)
    email = models.EmailField(blank=True)
    billing_address = models.CharField(
        max_length=200, blank=True, help_text="Empty: the same as the service address."
    )
    registered_on = models.DateField()
    search_text = models.TextField(
        editable=False, help_text="Name and addresses, upper case and without accents."
    )
    version = models.PositiveIntegerField(default=1, help_text="Grows with each profile change.")
    archived_at = models.DateTimeField(
        null=True, blank=True, help_text="Since then out of default lists and billing runs."
    )
    erased_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Since then nobody is behind the account: it takes no act any more (R8).",
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="merged_accounts",
        help_text="The account that goes on instead; this one takes no act meanwhile.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_number"], name="account_number_is_unique"),
            models.CheckConstraint(
                condition=Q(status__in=AccountStatus.values), name="account_status_is_known"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="consumer_has_a_name"),
            models.CheckConstraint(
                condition=Q(account_number__regex=r"^[A-Z0-9][A-Z0-9./-]*$"),
                name="account_number_is_upper_case",
            ),
        ]
        indexes = [
            *SEARCHED_BY,
            *LISTED_BY,
        ]
        triggers = [
            NEW_ACCOUNTS_HAVE_FIGURES,
            NEW_ACCOUNTS_ARE_TALLIED,
            ACCOUNTS_ARE_TALLIED,
            STATUS_IS_COLLECTION_BY_A_MOVE,
            pgtrigger.Trigger(
                name="profile_guarded",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=pgtrigger.Func(
                    """
                    IF NEW.account_number <> OLD.account_number THEN
                        RAISE EXCEPTION 'an account number never changes'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'account_number_never_changes';
                    END IF;
                    IF EXISTS (SELECT 1 FROM consumers_profilelock l
                                WHERE l.consumer_id = OLD.id AND l.expires_at > clock_timestamp()
                                  AND l.holder_id::text <>
                                      coalesce(current_setting('smart360.actor', true), ''))
                    THEN
                        RAISE EXCEPTION 'somebody else holds this profile'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'profile_is_held';
                    END IF;
                    IF (NEW.name, NEW.status, NEW.category_id, NEW.subcategory_id)
                       IS DISTINCT FROM (OLD.name, OLD.status, OLD.category_id, OLD.subcategory_id)
                       AND coalesce(current_setting('smart360.guard', true), '') <> 'lifted'
                       AND EXISTS (SELECT 1 FROM consumers_guard g WHERE g.consumer_id = OLD.id)
                    THEN
                        RAISE EXCEPTION 'an open request guards this profile'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'profile_is_guarded';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
            STAYS_ERASED,
            STAYS_MERGED,
            OPENS_UNMERGED,
            ENDS_BY_EXECUTION,
            COMES_BACK_BY_EXECUTION,
            STATUS_MOVES_ALONG_ARROWS,
            pgtrigger.Trigger(
                name="an_account_is_archived_by_execution",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("archived_at"),
                condition=pgtrigger.Condition("OLD.archived_at IS DISTINCT FROM NEW.archived_at"),
                func=pgtrigger.Func(
                    """
                    IF NOT EXISTS (
                        SELECT 1 FROM disconnections_execution x
                          JOIN cases_case c ON c.id = x.request_id
                         WHERE c.consumer_id = NEW.id
                           AND x.in_transaction = pg_current_xact_id()::text::bigint
                           AND CASE WHEN NEW.archived_at IS NULL THEN c.kind = 'RECONNECTION'
                                    ELSE c.kind = 'DISCONNECTION' AND NEW.status = 'INACTIVE'
                                         AND x.account_status = 'INACTIVE' END)
                       AND (NEW.archived_at IS NOT NULL OR NOT EXISTS (
                           SELECT 1 FROM consumers_occupancychange o WHERE o.moved_in_id = NEW.id
                              AND o.in_transaction = pg_current_xact_id()::text::bigint))
                    THEN
                        RAISE EXCEPTION 'an account is archived when it is closed for good'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'an_account_is_archived_by_execution';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.account_number


class Premise(models.Model):
    """A place that is supplied."""

    address = models.CharField(max_length=200)
    area = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(address=""), name="premise_has_address")]
        indexes = [models.Index(fields=["area"], name="premise_by_area")]
        triggers = [
            A_PREMISE_KEEPS_ITS_KEY,
            CONNECTIONS_FOLLOW_THE_AREA,
            pgtrigger.Trigger(
                name="address_guarded",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("address"),
                func=pgtrigger.Func(
                    """
                    IF NEW.address IS DISTINCT FROM OLD.address
                       AND coalesce(current_setting('smart360.guard', true), '') <> 'lifted'
                       AND EXISTS (SELECT 1 FROM consumers_serviceconnection s
                                     JOIN consumers_guard g ON g.consumer_id = s.consumer_id
                                    WHERE s.premise_id = OLD.id)
                    THEN
                        RAISE EXCEPTION 'an open request guards this address'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'profile_is_guarded';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"premise {self.pk}"


class ServiceConnection(models.Model):
    """One utility supplied to one consumer at one premise."""

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="connections")
    premise = models.ForeignKey(Premise, on_delete=models.PROTECT, related_name="connections")
    utility_type = models.CharField(max_length=15, choices=UtilityType)
    supply_state = models.CharField(
        max_length=15, choices=SupplyState, default=SupplyState.CONNECTED
    )
    connected_on = models.DateField()
    billing_frozen_at = models.DateTimeField(
        null=True, blank=True, help_text="Since then nothing but settling is posted (M14)."
    )
    area = models.CharField(
        max_length=60, blank=True, editable=False, help_text="The premise's, which it follows."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consumer", "premise", "utility_type"],
                name="a_utility_is_connected_once_per_premise",
            ),
            models.CheckConstraint(
                condition=Q(supply_state__in=SupplyState.values), name="supply_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(utility_type__in=UtilityType.values), name="utility_type_is_known"
            ),
        ]
        indexes = [
            # The list, by area: from one of a few accounts to its consumers, and from one to all.
            models.Index(fields=["area", "consumer"], name="connection_by_area_consumer")
        ]
        triggers = [
            nothing_begins(),
            THE_AREA_IS_THE_PREMISES,
            pgtrigger.Trigger(
                name="a_connection_stays_where_it_is",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("consumer_id", "premise_id", "utility_type"),
                func=pgtrigger.Func(
                    """
                    IF (NEW.consumer_id, NEW.premise_id, NEW.utility_type)
                       IS DISTINCT FROM (OLD.consumer_id, OLD.premise_id, OLD.utility_type)
                    THEN
                        RAISE EXCEPTION 'a service connection keeps consumer, premise and utility'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_connection_stays_where_it_is';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
            pgtrigger.Trigger(
                name="supply_ends_by_execution",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("supply_state"),
                func=pgtrigger.Func(
                    """
                    -- Who moves out leaves it on for who moves in; everybody else is cut off.
                    IF NEW.supply_state = 'MOVED_OUT' AND OLD.supply_state = 'CONNECTED'
                       AND EXISTS (
                           SELECT 1 FROM consumers_handedoverservice h
                             JOIN consumers_occupancychange o ON o.id = h.change_id
                            WHERE h.from_connection_id = NEW.id
                              AND o.in_transaction = pg_current_xact_id()::text::bigint)
                    THEN
                        RETURN NEW;
                    END IF;
                    IF NEW.supply_state <> 'CONNECTED' AND NEW.supply_state <> OLD.supply_state
                       AND (NEW.supply_state = 'MOVED_OUT' OR NOT EXISTS (
                           SELECT 1 FROM disconnections_execution x
                             JOIN disconnections_requestedservice s ON s.request_id = x.request_id
                            WHERE s.service_connection_id = NEW.id
                              AND x.in_transaction = pg_current_xact_id()::text::bigint))
                    THEN
                        RAISE EXCEPTION 'a service is switched off by carrying out a request for it'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'supply_ends_by_execution';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
            pgtrigger.Trigger(
                name="supply_comes_back_by_execution",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("supply_state"),
                func=pgtrigger.Func(
                    """
                    IF NEW.supply_state <> 'CONNECTED' OR OLD.supply_state = 'CONNECTED' THEN
                        RETURN NEW;
                    END IF;
                    IF NOT EXISTS (
                        SELECT 1 FROM disconnections_execution x
                          JOIN cases_case c ON c.id = x.request_id
                          JOIN disconnections_requestedservice s ON s.request_id = x.request_id
                         WHERE s.service_connection_id = NEW.id AND c.kind = 'RECONNECTION'
                           AND x.in_transaction = pg_current_xact_id()::text::bigint)
                       AND NOT EXISTS (
                        SELECT 1 FROM consumers_handedoverservice h
                          JOIN consumers_occupancychange o ON o.id = h.change_id
                         WHERE h.to_connection_id = NEW.id
                           AND o.in_transaction = pg_current_xact_id()::text::bigint)
                    THEN
                        RAISE EXCEPTION 'a service comes back by carrying out a reconnection'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'supply_comes_back_by_execution';
                    END IF;
                    -- Who moves in at the same moment waits here for the other.
                    PERFORM 1 FROM consumers_premise p
                      WHERE p.id = NEW.premise_id FOR NO KEY UPDATE;
                    IF EXISTS (
                        SELECT 1 FROM consumers_serviceconnection o
                         WHERE o.premise_id = NEW.premise_id
                           AND o.utility_type = NEW.utility_type
                           AND o.consumer_id <> NEW.consumer_id
                           AND o.supply_state = 'CONNECTED')
                    THEN
                        RAISE EXCEPTION 'somebody else is supplied there'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_premise_has_one_occupier';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_utility_type_display()} {self.pk}"


class ProfileLock(models.Model):
    """Who holds a consumer's profile just now, for how long, under which token (W8, AC002).

    The token grows each time the lock passes to somebody else, so that a lapsed holder's submit
    can be told from a live one's.
    """

    consumer = models.OneToOneField(
        Consumer, on_delete=models.PROTECT, primary_key=True, related_name="profile_lock"
    )
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="profile_locks"
    )
    purpose = models.CharField(max_length=20, choices=LockPurpose)
    token = models.PositiveIntegerField(default=1)
    taken_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gte=F("taken_at")), name="a_lock_ends_after_it_began"
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="tokens_only_grow",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    """
                    -- A row that is gone would begin at 1 again: an old token would count.
                    IF TG_OP = 'UPDATE' THEN
                        IF NEW.consumer_id = OLD.consumer_id
                           AND NEW.token >= OLD.token + (NEW.holder_id <> OLD.holder_id)::int
                        THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the token of a profile grows with each holder'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'tokens_only_grow';
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return f"lock of consumer {self.consumer_id}"

    def end(self, at: datetime, *, is_broken: bool = False) -> None:
        """Let it lapse now; a broken lock's token is worth nothing any more."""
        self.expires_at = max(at, self.taken_at)
        self.token += int(is_broken)
        self.save(update_fields=["expires_at", "token"])


class Guard(models.Model):
    """An open request keeps guarded data of a consumer as they are (CON14).

    ``placed_by`` is the request's number, so that consumers need not know cases.
    """

    removable = True

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="guards")
    placed_by = models.CharField(max_length=30)
    placed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["placed_by"], name="a_request_places_one_guard")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="guards_stay_while_the_request_is_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    """
                    IF TG_OP = 'UPDATE' THEN
                        RAISE EXCEPTION 'a guard is placed and removed, never changed'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'guards_stay';
                    END IF;
                    IF TG_OP = 'INSERT' THEN
                        IF EXISTS (SELECT 1 FROM cases_case c WHERE c.number = NEW.placed_by
                                    AND (c.consumer_id IS DISTINCT FROM NEW.consumer_id
                                         OR c.ended_at IS NOT NULL))
                        THEN
                            RAISE EXCEPTION 'an ended or foreign request guards nothing'
                                USING ERRCODE = 'check_violation', CONSTRAINT = 'guards_are_needed';
                        END IF;
                        RETURN NEW;
                    END IF;
                    IF EXISTS (SELECT 1 FROM cases_case c WHERE c.number = OLD.placed_by
                                AND c.ended_at IS NULL)
                    THEN
                        RAISE EXCEPTION 'the request that placed this guard is open'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'guards_stay';
                    END IF;
                    RETURN OLD;
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return self.placed_by
