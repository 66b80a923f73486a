"""Onboarding: an account is opened, Pending, and somebody approves it (CON5)."""

import uuid
from datetime import datetime

from django.db import connection

from consumers import guards
from consumers.choices import AccountStatus
from consumers.models import Category, Consumer
from consumers.occupancy import open_account, set_status
from consumers.queries.accounts import same_phone
from consumers.rules.occupancy import NewAccount
from consumers.rules.profiles import phone_digits_of
from smart360.kernel.db import operation, step
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED, REQUIRED, is_blank
from smart360.staff.models import Person
from smart360.web import form_keys

REGISTER = "consumers.register_consumer"


class UnableToRegister(Refusal):
    """The account cannot be opened or approved like this."""

    sentence_by_default = "This account cannot be opened"


class SamePhone(UnableToRegister):
    """Somebody is reached under this number already."""

    sentence_by_default = "Somebody with this phone number is here already"


@operation
def register_consumer(
    *,
    account: NewAccount,
    is_somebody_else: bool = False,
    by: Person,
    at: datetime,
    form_key: uuid.UUID,
) -> Consumer:
    """Open an account that waits for its approval; nothing supplies it yet.

    Nobody is to be here twice: with the phone number of an account that there is, it has to be
    said that ``is_somebody_else``. The same form again gives the first account. Raises
    SamePhone, UnableToRegister.
    """
    earlier = form_keys.claim(
        form_key, by=by.pk, act=REGISTER, about=form_keys.with_contents("", vars(account)), at=at
    )
    if earlier is not None:
        return Consumer.objects.get(pk=int(earlier))
    if is_blank(account.name):
        raise UnableToRegister(REQUIRED, field="name")
    if not Category.objects.filter(pk=account.category).exists():
        raise UnableToRegister(NOT_OFFERED, field="category")
    if account.phone and not is_somebody_else:
        _wait_for(account.phone)
        if same_phone(account.phone):
            raise SamePhone(field="phone")
    made = open_account(account, status=AccountStatus.PENDING, by=by, at=at)
    form_keys.submitted(form_key, form="", by=by.pk, act=REGISTER, result=str(made.pk))
    return made


@step
def _wait_for(phone: str) -> None:
    """Who opens an account with the same number at this moment is before us, or after us."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"consumers.phone:{phone_digits_of(phone)}"],
        )


@operation
def approve_account(*, consumer: int, by: Person, at: datetime) -> Consumer:
    """Who was looked at and approved is Active. Approved already, nothing is changed.

    Raises NoSuchConsumer, LockIsHeld, UnableToRegister.
    """
    row = guards.lock_consumer(consumer)
    guards.refuse_if_held(consumer, by, at)
    if row.status == AccountStatus.ACTIVE:
        return row
    if row.status != AccountStatus.PENDING:
        raise UnableToRegister("Only a Pending account is approved", is_conflict=True)
    guards.act_as(by)
    set_status(row, AccountStatus.ACTIVE, by=by, at=at)
    return row
