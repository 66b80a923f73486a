"""What an account shows to whoever judges whether it may be cut off (DIS12)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Q

from consumers.choices import AccountHoldKind, DocumentState
from consumers.models import AccountHold
from consumers.rules.protections import is_close, lost_certificate
from smart360.staff.models import Person

# One statement however many accounts: the non-payment run asks of five thousand at once.
ACCOUNTS = """
SELECT c.id, c.is_vip, g.name,
       coalesce((SELECT json_agg(json_build_array(s.id, s.utility_type, p.area,
                                                  s.supply_state = 'CONNECTED'))
                   FROM consumers_serviceconnection s
                   JOIN consumers_premise p ON p.id = s.premise_id
                  WHERE s.consumer_id = c.id), '[]'),
       coalesce((SELECT json_agg(json_build_array(h.kind, h.from_on, h.to_on))
                   FROM consumers_accounthold h
                  WHERE h.consumer_id = c.id AND h.lifted_at IS NULL), '[]')
  FROM consumers_consumer c JOIN consumers_category g ON g.id = c.category_id
 WHERE c.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class ServiceStanding:
    """One service of an account: what is supplied, where, and whether it is now."""

    id: int
    utility: str
    area: str
    is_connected: bool


@dataclass(frozen=True, slots=True)
class HoldStanding:
    """One hold of the account that nobody lifted."""

    kind: str
    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """What of one account matters when a cut is judged; no name."""

    id: int
    is_vip: bool
    category: str
    services: tuple[ServiceStanding, ...]
    holds: tuple[HoldStanding, ...]


def accounts_standing(consumers: Sequence[int]) -> dict[int, AccountStanding]:
    """How these accounts stand, by their keys; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNTS, [list(consumers)])
        return {
            key: AccountStanding(
                id=key,
                is_vip=is_vip,
                category=category,
                services=tuple(ServiceStanding(*each) for each in services),
                holds=tuple(
                    HoldStanding(
                        kind,
                        date.fromisoformat(from_on),
                        date.fromisoformat(to_on) if to_on else None,
                    )
                    for kind, from_on, to_on in holds
                ),
            )
            for key, is_vip, category, services, holds in cursor.fetchall()
        }


# ------------------------------------------------------------------ on the profile
MOST_HOLDS = 20
HOLDS_NO_MORE = Q(withdrawn_at__isnull=False) | Q(state=DocumentState.REJECTED)
"""The certificates of which ``lost_certificate`` says that something became of them."""


@dataclass(frozen=True, slots=True)
class ShownHold:
    """One hold of an account as its page shows it; ``state`` is the tone's code."""

    id: int
    kind: str
    state: str
    source: str
    from_on: date
    to_on: date | None
    amount: Decimal | None
    placed_by: str
    proposed_by: str
    can_be_lifted: bool
    certificate: int | None
    is_close: bool
    """Whether only those who need to know may read it (BEY11)."""
    lost: str
    """What became of its certificate, if it holds no more."""

    @property
    def slug(self) -> str:
        """The id of its panel."""
        return f"hold-{self.id}"


def account_holds(consumer: int, *, today: date) -> list[ShownHold]:
    """What protects an account or did, newest first; one statement."""
    rows = AccountHold.objects.filter(consumer=consumer).select_related(
        "placed_by", "proposal__proposed_by", "protection", "certificate"
    )
    return [
        ShownHold(
            id=row.pk,
            kind=row.protection.name if row.protection else row.get_kind_display(),
            state=hold_state(row, today),
            source=row.source,
            from_on=row.from_on,
            to_on=row.to_on,
            amount=row.amount,
            placed_by=row.placed_by.full_name if row.placed_by else "",
            proposed_by=row.proposal.proposed_by.full_name if hasattr(row, "proposal") else "",
            can_be_lifted=row.lifted_at is None and row.kind != AccountHoldKind.ARRANGEMENT,
            certificate=row.certificate_id,
            is_close=is_close(row.kind, row.protection_id),
            lost=lost_with(row),
        )
        for row in rows.order_by("-pk")[:MOST_HOLDS]
    ]


def has_hold(consumer: int, hold: int) -> bool:
    """Whether this hold is one of this consumer."""
    return AccountHold.objects.filter(pk=hold, consumer=consumer).exists()


def hold_state(hold: AccountHold, today: date) -> str:
    """Whether a hold stands, has lapsed or was lifted; right with every worker dead."""
    if hold.lifted_at is not None:
        return "LIFTED"
    return "LAPSED" if hold.to_on is not None and hold.to_on < today else "STANDS"


def lost_with(hold: AccountHold) -> str:
    """What became of the certificate that a hold, read with it, rests on; ``""`` if nothing."""
    if hold.certificate is None:
        return ""
    is_withdrawn = hold.certificate.withdrawn_at is not None
    return lost_certificate(hold.certificate.state, is_withdrawn=is_withdrawn)


def resting_on(document: int, *, today: date) -> list[AccountHold]:
    """The protections that rest on this certificate and are not over, begun or still to begin."""
    entries = AccountHold.objects.filter(certificate=document, lifted_at=None)
    with_people = entries.select_related("placed_by", "proposal__proposed_by")
    return list(with_people.exclude(to_on__lt=today).order_by("pk"))


def registered_by(entries: Iterable[AccountHold]) -> list[Person]:
    """Who proposed or placed these protections, read with them."""
    proposed = [each.proposal.proposed_by for each in entries if hasattr(each, "proposal")]
    return [*proposed, *(each.placed_by for each in entries if each.placed_by is not None)]
