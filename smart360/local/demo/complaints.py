"""Complaints over three months, of accounts and of people who are not in the system yet.

They are registered and decided by the real operations, each with the moment at which it happened.
"""

import uuid
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from random import Random

from complaints.models import Complaint, ComplaintName
from complaints.operations import create_complaint
from complaints.operations.deciding import reject_complaint, resolve_complaint
from complaints.rules import ComplaintWish, Stranger
from consumers.models import Consumer
from smart360.cases.models import HoldReason
from smart360.cases.operations import acknowledge, assign, put_on_hold, send_message
from smart360.local.demo.requests import DAYS, LEFT_TO_WORKERS, ZONE, Team, hand_over
from smart360.local.operations import settle_the_past
from smart360.staff.models import Person

HOW_MANY = 90
JUST_NOW = (4, 7)
"""Minutes ago; sooner than anybody takes note."""
SAID = {
    "Reading differs from meter": (
        "The bill says 18,425 and the display of my meter shows 18,245.",
        "A corrected bill before it is due",
    ),
    "Bill is too high": (
        "This month's bill is more than twice the usual one, and nothing has changed here.",
        "Somebody checks the reading and explains the amount",
    ),
    "Payment not credited": (
        "I paid at the bank on the first of the month and the payment is not on my account.",
        "The payment shown on my account",
    ),
    "Frequent interruptions": (
        "The supply went off four times this week, each time for about twenty minutes.",
        "A supply that stays on",
    ),
    "Low water pressure": (
        "In the mornings there is hardly any water on the second floor.",
        "Normal pressure in the morning",
    ),
    "Visit missed": (
        "I took the day off for the visit between ten and twelve, and nobody came or called.",
        "A new appointment that is kept",
    ),
    "Meter runs too fast": (
        "The meter counts even when everything in the house is switched off.",
        "The meter tested or replaced",
    ),
    "Leak": (
        "Water runs along the curb in front of the house since yesterday evening.",
        "The leak found and repaired",
    ),
    "Rude or disrespectful": (
        "The technician shouted at my mother when she asked for his name.",
        "An apology, and somebody else next time",
    ),
}
OUTCOMES = (
    "We checked it on site, corrected the account and told the customer by phone.",
    "The cause was found and removed; the customer confirmed that all is well.",
    "Explained with the readings of twelve months; the customer accepts the bill.",
)
REFUSALS = (
    "The meter was tested and is exact; the report went to the customer.",
    "The matter concerns the house's own pipes, for which the owner is responsible.",
)
STRANGERS = (
    ("Nina Petrov", "+12175550181", "nina.petrov@example.com", "14 Harbor Road"),
    ("Luis Ortega", "+12175550182", "", "3 Mill Lane"),
    ("Green Leaf Cafe", "", "owner@greenleaf.example.com", "220 Spring Street"),
)


def make_complaints(*, at: datetime) -> None:
    """Make what is still missing of the demo's complaints."""
    chance, team = Random(361), Team.of_the_demo()
    accounts = list(Consumer.objects.filter(status="ACTIVE").order_by("pk")[40:400])
    made = Complaint.objects.count()
    for position, moment in enumerate(sorted(_moments(at, chance))):
        account, words = chance.choice(accounts), chance.choice(list(SAID))
        is_stranger = position % 15 == 7
        if position >= made:
            complaint = _register(
                words, None if is_stranger else account, moment, team=team, chance=Random(position)
            )
            _live(complaint, moment, at, team=team, chance=Random(position))
    settle_the_past(before=at - LEFT_TO_WORKERS, at=at)


def _moments(at: datetime, chance: Random) -> list[datetime]:
    """When people complained: over three months, at office hours, the last ones just now."""
    long_ago = []
    for _ in range(HOW_MANY - 15 - len(JUST_NOW)):
        day = at.astimezone(ZONE).date() - timedelta(days=chance.randint(2, DAYS))
        office = time(chance.randint(8, 16), chance.randrange(60))
        long_ago.append(datetime.combine(day, office, ZONE).astimezone(UTC))
    recent = [chance.randint(5, 30 * 60) for _ in range(15)]
    return long_ago + [at - timedelta(minutes=each) for each in (*recent, *JUST_NOW)]


def _register(
    words: str, account: Consumer | None, moment: datetime, *, team: Team, chance: Random
) -> Complaint:
    name = ComplaintName.objects.select_related("subcategory__category").get(name=words)
    description, expected = SAID[words]
    somebody = chance.choice(STRANGERS)
    category = name.subcategory.category
    disputes = category.is_about_bills and account is not None and chance.random() < 0.3
    wish = ComplaintWish(
        consumer=account.pk if account else None,
        stranger=None if account else Stranger(*somebody),
        category=category.pk,
        subcategory=name.subcategory_id,
        name=name.pk,
        incident_on=moment.astimezone(ZONE).date() - timedelta(days=chance.randint(0, 6)),
        description=description,
        expected_resolution=expected,
        disputed_amount=Decimal(chance.randint(20, 90)) if disputes else None,
        notifies_consumer=chance.random() < 0.9,
    )
    by = chance.choice(team.desk + team.callers)
    return create_complaint(wish=wish, by=by, at=moment, form_key=uuid.uuid4())


def _live(
    complaint: Complaint, created_at: datetime, at: datetime, *, team: Team, chance: Random
) -> None:
    """What happened to it since: the older, the further."""
    case = complaint.case_id
    hand_over(case, at)
    noted_at = created_at + timedelta(minutes=chance.choice((9, 20, 35, 60, 150)))
    if noted_at >= at or (at - created_at < timedelta(hours=6) and chance.random() < 0.4):
        return
    worker = _worker(complaint, team, chance)
    acknowledge(case=case, by=worker, at=noted_at)
    assign(case=case, to=worker, by=worker, at=noted_at + timedelta(minutes=1))
    _answer(complaint, worker, noted_at + timedelta(minutes=chance.choice((10, 25, 60))), at)
    ends_at = created_at + timedelta(hours=chance.choice((3, 6, 10, 15, 20, 22, 30)))
    if ends_at >= at:
        if chance.random() < 0.4 and noted_at + timedelta(minutes=30) < at:
            _hold(case, worker, noted_at + timedelta(minutes=30), at)
    elif chance.random() < 0.8:
        words = chance.choice(OUTCOMES)
        resolve_complaint(case=case, words=words, by=worker, at=ends_at)
    else:
        reject_complaint(case=case, words=chance.choice(REFUSALS), by=worker, at=ends_at)
    hand_over(case, at)


def _worker(complaint: Complaint, team: Team, chance: Random) -> Person:
    """Complaints about staff are a supervisor's."""
    if complaint.category.is_about_staff:
        return team.supervisor
    return chance.choice([person for person in team.desk if "CSE" in person.roles])


def _answer(complaint: Complaint, worker: Person, answered_at: datetime, at: datetime) -> None:
    """The first word by a person, to whoever has an address."""
    case = complaint.case
    email = case.consumer.email if case.consumer else complaint.complainant.email
    if email and answered_at < at:
        words = "Thank you for telling us. I look into it and write to you again."
        key = uuid.uuid4()
        send_message(case=case.pk, subject="", words=words, by=worker, at=answered_at, form_key=key)


def _hold(case: int, worker: Person, since: datetime, at: datetime) -> None:
    reason = HoldReason.objects.get(code="WAITING_CONSUMER")
    put_on_hold(
        case=case, reason=reason.pk, resume_by=at + timedelta(days=2), at_resume_by="REMINDS",
        by=worker, at=since,
    )  # fmt: skip
