"""What one visitor finds: things of their own, somebody else's, ended ones and none."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from complaints.models import Complaint
from consumers.choices import AccountStatus, LockPurpose, SupplyState, UtilityType
from consumers.models import Consumer
from consumers.operations import take_profile_lock
from disconnections.operations import close_request
from smart360.cases.operations import assign
from smart360.comms.choices import Channel
from smart360.comms.models import Message, Notice
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from tests.access.visiting import cookie_of
from tests.billing.paying import pay, propose, propose_back
from tests.complaints.conftest import MakeComplaint
from tests.complaints.working import bring_to
from tests.conftest import MakeConsumer, MakePerson, MakeRequest
from tests.fieldwork.working import order_from_profile
from tests.seeds import chance_for

OWN, FOREIGN, ENDED, MISSING = "own", "foreign", "ended", "missing"
OBJECTS = (OWN, FOREIGN, ENDED, MISSING)
NOBODY, LEFT = "nobody", "left"
ClientAs = Callable[..., Client]


@dataclass(frozen=True)
class Things:
    """Things to fill into the addresses."""

    number: str = "DIS-2024-999999"
    back: str = "REC-2024-999999"
    account: str = "NOBODY-1"
    tracking: str = "x" * 43
    message: int = 999_999
    payment: str = "PAY-2024-999999"
    refund: str = "REF-2024-999999"
    order: str = "SO-2024-999999"
    reversal: str = "REV-2024-999999"
    notice: int = 999_999
    complaint: str = "CMP-99999999"
    link: str = "y" * 43

    def path(self, path: str) -> str:
        """The address of this thing."""
        return path.format(**self.__dict__)


@dataclass(frozen=True)
class World:
    """One visitor's session, and the things they may come by."""

    cookie: str
    things: dict[str, Things]


def chosen(
    request: pytest.FixtureRequest, visitor: str, everything: list[Any], count: int
) -> list[Any]:
    """A seeded sample, or everything by night; see ``tests/seeds.py``."""
    if bool(request.config.getoption("--night")):
        return everything
    return chance_for(visitor).sample(everything, min(count, len(everything)))


class Worlds:
    """Makes the world of a visitor."""

    def __init__(
        self,
        make_consumer: MakeConsumer,
        make_request: MakeRequest,
        make_complaint: MakeComplaint,
        person: MakePerson,
        client_as: ClientAs,
        at: datetime,
    ) -> None:
        self.make_consumer = make_consumer
        self.make_request = make_request
        self.make_complaint = make_complaint
        self.person = person
        self.client_as = client_as
        self.at = at

    def of(self, visitor: Role | str) -> World:
        """Somebody of a role, nobody, or somebody who has left."""
        somebody = self.person(*([visitor] if isinstance(visitor, Role) else [Role.SUPERVISOR]))
        other = self.person(Role.CSE, full_name="Olivia Other")
        things = {
            OWN: self._thing(somebody, somebody),
            FOREIGN: self._thing(other, other),
            ENDED: self._thing(None, somebody, is_open=False),
            MISSING: Things(),
        }
        cookie = "" if visitor == NOBODY else cookie_of(self.client_as(somebody))
        if visitor == LEFT:
            Person.objects.filter(pk=somebody.pk).update(is_active=False)
        return World(cookie, things)

    def _thing(self, holder: Person | None, reader: Person, *, is_open: bool = True) -> Things:
        """A request with its consumer, message and notice; assigned to and held by ``holder``."""
        made = self.make_request(self.make_consumer(with_meters=False), notifies_consumer=True)
        consumer = made.case.consumer
        assert consumer is not None
        boss = self.person(Role.SUPERVISOR)
        if holder and holder.has_permission(Permission.ASSIGN):
            assign(case=made.pk, to=holder, by=boss, at=self.at)
        if holder and holder.has_permission(Permission.TAKE_PROFILE_LOCK):
            purpose = LockPurpose.EDIT_PROFILE
            take_profile_lock(consumer=consumer.pk, purpose=purpose, by=holder, at=self.at)
        if not is_open:
            close_request(case=made.pk, reason="CANCELLED", note="", by=boss, at=self.at)
        message = Message.objects.filter(case=made.pk, channel=Channel.EMAIL).latest("pk")
        notice = Notice.objects.create(
            person=reader,
            case=made.case,
            sentence="Something happened",
            path="/",
            at=self.at,
            dedupe_key=f"world:{made.pk}",
        )
        complaint = self._complaint(consumer, holder, boss, is_open=is_open)
        paid = pay(consumer, by=boss, at=self.at)
        return Things(
            number=made.case.number,
            back=self._back(boss, is_open=is_open),
            account=consumer.account_number,
            tracking=made.tracking_token,
            message=message.pk,
            payment=paid.number,
            refund=propose(consumer, by=boss, at=self.at).number,
            order=order_from_profile(consumer, by=boss, at=self.at).number,
            reversal=propose_back(paid, at=self.at).number,
            notice=notice.pk,
            complaint=complaint.case.number,
            link=complaint.tracking_token,
        )

    def _complaint(
        self, consumer: Consumer, holder: Person | None, boss: Person, *, is_open: bool
    ) -> Complaint:
        """A complaint of the same consumer, assigned to the same person."""
        made = self.make_complaint(consumer)
        if holder and holder.has_permission(Permission.WORK_ON_COMPLAINT):
            assign(case=made.pk, to=holder, by=boss, at=self.at)
        if not is_open:
            bring_to("RESOLVED", made, boss, self.at)
        return made

    def _back(self, boss: Person, *, is_open: bool) -> str:
        """A reconnection of somebody who was cut off."""
        off = {UtilityType.ELECTRICITY: SupplyState.OFF_FOR_NOW}
        cut = self.make_consumer(
            "Betty Back", status=AccountStatus.DISCONNECTED, services=off, with_meters=False
        )
        made = self.make_request(cut, reason="RC-001", notifies_consumer=True)
        if not is_open:
            close_request(case=made.pk, reason="CANCELLED", note="", by=boss, at=self.at)
        return made.case.number
